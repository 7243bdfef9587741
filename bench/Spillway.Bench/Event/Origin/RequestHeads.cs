namespace Spillway.Bench.Event.Origin;

/// <summary>
/// Finds the requests in what a client sends on one connection. Only requests without a body are expected; what follows a WebSocket's
/// upgrade is frames, not requests.
/// </summary>
internal sealed class RequestHeads(Action<OriginKind> found)
{
    private const int Longest = 32 * 1024;

    private readonly List<byte> _head = [];
    private bool _isSocket;

    public void Add(ReadOnlySpan<byte> sent)
    {
        while (!_isSocket && sent.Length > 0)
        {
            // The end of a head may lie in two pieces.
            var before = _head.Count;
            _head.AddRange(sent);
            var head = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_head);
            var end = head.IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                if (_head.Count > Longest)
                    throw new InvalidDataException("A request's head at the origin is longer than 32 KB.");
                return;
            }
            found(KindOf(head[..end]));
            _isSocket = IsUpgrade(head[..end]);
            sent = sent[(end + 4 - before)..];
            _head.Clear();
        }
    }

    private static bool IsUpgrade(ReadOnlySpan<byte> head) =>
        System.Text.Encoding.ASCII.GetString(head).Contains("\r\nupgrade: websocket", StringComparison.OrdinalIgnoreCase);

    private static OriginKind KindOf(ReadOnlySpan<byte> head)
    {
        var line = head[..Math.Max(0, head.IndexOf((byte)'\r'))];
        var target = line[(line.IndexOf((byte)' ') + 1)..];
        target = target[..Math.Max(0, target.IndexOf((byte)' '))];
        return target.StartsWith("/tracker/"u8) ? OriginKind.Tracker
            : target.StartsWith("/reports/"u8) ? OriginKind.Reports
            : target.StartsWith("/health"u8) || target.StartsWith("/metrics"u8) ? OriginKind.Health
            : target.StartsWith("/hls/"u8) ? OriginKind.Multivariant
            : target.EndsWith("/playlist.m3u8"u8)
                ? target.Count((byte)'/') == 2 ? OriginKind.Multivariant
                    : OriginKind.MediaPlaylist
            : target.SequenceEqual("/"u8) || target.StartsWith("/watch/"u8) ? OriginKind.Page
            : OriginKind.Other;
    }
}
