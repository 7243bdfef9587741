using Spillway.Playlists;

namespace Spillway.Sources.Hls;

/// <summary>What the source lists now, for those who wait for one of its segments.</summary>
internal sealed record ListedWindow(int Run, MediaPlaylist? Playlist)
{
    public static ListedWindow Empty { get; } = new(0, null);

    /// <summary>Used for time-outs only, so a lie about it stays harmless.</summary>
    public TimeSpan Target { get; } = TimeSpan.FromSeconds(Math.Clamp(Playlist?.TargetDuration ?? 2, 1, 60));

    public bool Lists(ListedSegment segment) => segment.Run == Run && segment.Sequence >= Playlist?.MediaSequence;

    /// <summary>A later run of the source uses the segment's name: what is found there is not the segment.</summary>
    public bool Overwrites(ListedSegment segment)
    {
        if (segment.Run == Run || segment.Segment is null || Playlist is null)
            return false;
        var path = SegmentIdentity.PathOf(segment.Segment.Uri).ToString();
        return Playlist.Segments.Any(s => SegmentIdentity.PathOf(s.Uri).SequenceEqual(path));
    }
}
