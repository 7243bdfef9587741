namespace Spillway.Sources.Hls;

/// <summary>
/// Owncast ends a stream with a clip of its own, and serves that clip alone while nobody streams. It is not the show.
/// </summary>
internal static class OfflineClip
{
    /// <summary>Whether a segment's URI is that of Owncast's clip: <c>offline.ts</c>, <c>offline-v2.ts</c>, <c>stream-offline-…</c>.</summary>
    public static bool Is(string uri)
    {
        var path = SegmentIdentity.PathOf(uri);
        var name = path[(path.LastIndexOf('/') + 1)..];
        var dot = name.LastIndexOf('.');
        var stem = dot < 0 ? name : name[..dot];
        return stem is "offline"
            || (stem.StartsWith("offline-v", StringComparison.Ordinal) && int.TryParse(stem["offline-v".Length..], out _))
            || stem.StartsWith("stream-offline-", StringComparison.Ordinal);
    }
}
