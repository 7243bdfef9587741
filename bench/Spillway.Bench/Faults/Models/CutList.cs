using Spillway.Bench.Latency;
using Spillway.Playlists;

namespace Spillway.Bench.Faults.Models;

/// <summary>The segments and the sliding media playlist on the disk of a server that cuts them itself.</summary>
/// <param name="window">Segments that its playlist lists.</param>
internal sealed class CutList(int window)
{
    private readonly Lock _gate = new();
    private readonly List<RecordedSegment> _all = [];

    public void Add(RecordedSegment segment)
    {
        lock (_gate)
            _all.Add(segment);
    }

    /// <summary>What is listed now, and the playlist that lists it; empty before the first segment.</summary>
    public (IReadOnlyList<RecordedSegment> Segments, byte[] Text) Read()
    {
        lock (_gate)
        {
            var listed = _all.TakeLast(window).ToList();
            var playlist = new MediaPlaylist
            {
                TargetDuration = Recording.SegmentSeconds,
                MediaSequence = _all.Count - listed.Count,
                Segments = [.. listed.Select(static s => new MediaSegment { Uri = s.Uri, Duration = s.Duration })],
            };
            return (listed, listed.Count == 0 ? [] : PlaylistWriter.Write(playlist));
        }
    }
}
