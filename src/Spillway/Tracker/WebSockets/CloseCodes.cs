using System.Net.WebSockets;

namespace Spillway.Tracker.WebSockets;

/// <summary>https://www.rfc-editor.org/rfc/rfc6455#section-7.4</summary>
internal static class CloseCodes
{
    /// <summary>
    /// Whether a close frame may carry it: what IANA lists, without the three that only an API may name (1005, 1006, 1015) and the
    /// reserved 1004, and what libraries and applications may choose.
    /// </summary>
    public static bool MayBeSent(int code) => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);

    /// <summary>What to answer to a close: its own code. One without a code asks for an ordinary end.</summary>
    public static WebSocketCloseStatus Echo(WebSocketCloseStatus received) =>
        received == WebSocketCloseStatus.Empty ? WebSocketCloseStatus.NormalClosure : received;
}
