using Spillway.Playlists;

namespace Spillway.Sources.Hls;

/// <summary>A way to fetch a source's playlists and segments. Every failure is a value; only cancellation throws.</summary>
internal interface IUpstream
{
    /// <summary>An answer may be an older version of the playlist: HTTP caches stand in between.</summary>
    bool MayBeStale { get; }

    /// <summary>What can be read at all has been written to its end, as nothing in a folder can promise.</summary>
    bool OnlyFinished => false;

    /// <summary>The pause before something that was not whole is read again.</summary>
    TimeSpan ReadAgainAfter { get; }

    /// <summary>The time from one reading of a playlist to the next.</summary>
    TimeSpan PollInterval(Uri location, TimeSpan target, bool changed);

    /// <summary>Reads at most <see cref="UpstreamLimits.Playlist"/> bytes.</summary>
    Task<Fetched> ReadPlaylistAsync(Uri location, CancellationToken ct);

    /// <summary>Reads at most <see cref="UpstreamLimits.Segment"/> bytes; a range that is not there in full is a failure.</summary>
    Task<Fetched> ReadSegmentAsync(Uri location, ByteRange? range, TimeSpan timeout, CancellationToken ct);
}

internal static class UpstreamLimits
{
    public const long Playlist = 4L << 20;
    public const long Segment = 64L << 20;
}
