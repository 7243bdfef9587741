using Spillway.Playlists;

namespace Spillway.Sources.Hls;

/// <summary>What tells whether two listings of one number mean the same segment.</summary>
/// <param name="Path">Of the URI: hosts and tokens may change from one answer to the next.</param>
internal readonly record struct SegmentIdentity(string Path, ByteRange? Range, TimeSpan Duration, DateTimeOffset? Date)
{
    // ffmpeg adds durations up as floating point and prints milliseconds: the last digit wavers.
    private static readonly TimeSpan DurationTolerance = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan DateTolerance = TimeSpan.FromMilliseconds(250);

    public static SegmentIdentity Of(MediaSegment segment) =>
        new(PathOf(segment.Uri).ToString(), segment.Range, segment.Duration, segment.ProgramDateTime);

    public bool IsSameAs(in SegmentIdentity other) =>
        string.Equals(Path, other.Path, StringComparison.Ordinal)
        && Range == other.Range
        && (Duration - other.Duration).Duration() <= DurationTolerance
        && (Date is not { } a || other.Date is not { } b || (a - b).Duration() <= DateTolerance);

    /// <summary>The URI without scheme, host, query and fragment.</summary>
    public static ReadOnlySpan<char> PathOf(ReadOnlySpan<char> uri)
    {
        var end = uri.IndexOfAny('?', '#');
        if (end >= 0)
            uri = uri[..end];
        var scheme = uri.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
            return uri;
        var rest = uri[(scheme + 3)..];
        var path = rest.IndexOf('/');
        return path < 0 ? [] : rest[path..];
    }
}
