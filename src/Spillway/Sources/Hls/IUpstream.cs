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
    /// <param name="timeout">For the whole answer.</param>
    Task<Fetched> ReadPlaylistAsync(Uri location, TimeSpan timeout, CancellationToken ct);

    /// <summary>Reads at most <see cref="UpstreamLimits.Key"/> bytes: a key, or another short answer.</summary>
    Task<Fetched> ReadKeyAsync(Uri location, TimeSpan timeout, CancellationToken ct);

    /// <summary>Reads at most <see cref="UpstreamLimits.Segment"/> bytes; a range that is not there in full is a failure.</summary>
    /// <param name="timeout">For the whole answer.</param>
    /// <param name="silence">Without a byte.</param>
    Task<Fetched> ReadSegmentAsync(Uri location, ByteRange? range, TimeSpan timeout, TimeSpan silence, CancellationToken ct);
}

internal static class UpstreamLimits
{
    /// <summary>100,000 entries with dates and long names.</summary>
    public const long Playlist = 16L << 20;
    public const long Key = 64L << 10;
    public const long Segment = 64L << 20;
}
