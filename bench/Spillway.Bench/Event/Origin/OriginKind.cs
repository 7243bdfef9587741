namespace Spillway.Bench.Event.Origin;

/// <summary>What is asked of the origin.</summary>
internal enum OriginKind
{
    Tracker,
    Reports,
    Health,
    Multivariant,
    MediaPlaylist,
    Page,
    Other,
}

/// <param name="Requests">HTTP requests, WebSocket upgrades among them.</param>
/// <param name="BytesIn">From viewers: requests with their heads, and frames.</param>
/// <param name="BytesOut">To viewers: the same.</param>
internal readonly record struct OriginTraffic(long Requests, long BytesIn, long BytesOut)
{
    public long Bytes => BytesIn + BytesOut;

    public static OriginTraffic operator +(OriginTraffic a, OriginTraffic b) =>
        new(a.Requests + b.Requests, a.BytesIn + b.BytesIn, a.BytesOut + b.BytesOut);

    public static OriginTraffic operator -(OriginTraffic a, OriginTraffic b) =>
        new(a.Requests - b.Requests, a.BytesIn - b.BytesIn, a.BytesOut - b.BytesOut);
}
