namespace Spillway.TestSupport;

/// <param name="Target">Path and query as they came, escaped.</param>
/// <param name="Length">Content-Length, or 0.</param>
internal sealed record ProxiedRequest(string Method, string Target, long Length);

/// <param name="Target">Path as it came, escaped.</param>
/// <param name="Status">The server's answer.</param>
/// <param name="Body">Of a playlist or a JSON document; else empty.</param>
/// <param name="Received">When its head came, as a <see cref="System.Diagnostics.Stopwatch"/>'s time stamp.</param>
internal sealed record ProxiedPut(string Target, int Status, byte[] Body, long Received);

/// <summary>What <see cref="FaultProxy"/> can do to a request.</summary>
internal abstract record ProxyFault
{
    private ProxyFault() { }

    /// <summary>Does not send it on, and answers so.</summary>
    public sealed record Answer(int Status, string Code) : ProxyFault;

    /// <summary>Does not send it on, and never answers.</summary>
    public sealed record Stall : ProxyFault;

    /// <summary>Takes all of it, does not send it on, and breaks the connection so much later without an answer.</summary>
    public sealed record Hang(TimeSpan Lasting) : ProxyFault;

    /// <summary>Does not send it on, and breaks the connection.</summary>
    public sealed record Reset : ProxyFault;

    /// <summary>Sends it on, and breaks the connection instead of passing on the answer: it happened, and the client does not know.</summary>
    public sealed record LoseAnswer : ProxyFault;

    /// <summary>Sends on so many bytes of the upload, and breaks both connections.</summary>
    public sealed record CutUpload(long After) : ProxyFault;

    /// <summary>Takes all of it, breaks the connection, and sends it on so much later: after the client has tried again.</summary>
    public sealed record ArriveLate(TimeSpan After) : ProxyFault;

    /// <summary>Sends it on, and breaks the connection after so many bytes of the answer's body.</summary>
    public sealed record CutAnswer(long After) : ProxyFault;
}
