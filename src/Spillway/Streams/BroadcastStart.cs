using Spillway.Sources;
using Spillway.Timeline;

namespace Spillway.Streams;

/// <summary>What a broadcast begins with.</summary>
/// <param name="Renditions">In the source's order; each has at least one segment.</param>
/// <param name="Segments">In the order in which they are to be numbered.</param>
/// <param name="TargetDuration">Seconds.</param>
/// <param name="SegmentDuration">The median.</param>
/// <param name="IndependentSegments">All start with a keyframe.</param>
internal sealed record BroadcastPlan(
    IReadOnlyList<SourceRendition> Renditions,
    IReadOnlyList<SegmentArrived> Segments,
    int TargetDuration,
    TimeSpan SegmentDuration,
    bool IndependentSegments
);

/// <summary>
/// Collects the first segments until it is known what a broadcast will be: the target duration is fixed by the first
/// three of each rendition, the formats by the first. A rendition that has brought nothing by then is left out.
/// </summary>
internal sealed class BroadcastStart(StreamOptions options)
{
    public const int SegmentsWanted = 3;

    private readonly List<SegmentArrived> _segments = [];
    private IReadOnlyList<SourceRendition> _renditions = [];
    private TimeSpan _firstAt;

    /// <summary>Segments that have come of the rendition that has most; 0: none, or the broadcast has begun with them.</summary>
    public int Collected =>
        _segments.Count == 0 ? 0 : _segments.GroupBy(static segment => segment.Rendition).Max(static group => group.Count());

    public void Expect(IReadOnlyList<SourceRendition> found)
    {
        _renditions = found;
        _segments.RemoveAll(segment => !found.Any(rendition => rendition.Name == segment.Rendition));
    }

    public void Add(SegmentArrived segment, TimeSpan now)
    {
        // What an earlier run left behind cannot begin a broadcast together with this one.
        _segments.RemoveAll(old => old.Rendition == segment.Rendition && old.Run != segment.Run);
        if (_segments.Count == 0)
            _firstAt = now;
        _segments.Add(segment);
    }

    public bool IsReady(TimeSpan now)
    {
        if (_segments.Count == 0)
            return false;
        var counts = _renditions.Select(rendition => _segments.Count(segment => segment.Rendition == rendition.Name)).ToArray();
        var longest = _segments.Max(RenditionFormat.DurationOf);
        return counts.All(static count => count >= SegmentsWanted)
            || (counts.Max() >= SegmentsWanted && now - _firstAt > longest * (SegmentsWanted + 2) + TimeSpan.FromSeconds(2));
    }

    public BroadcastPlan Take()
    {
        var present = _renditions.Where(rendition => _segments.Any(segment => segment.Rendition == rendition.Name)).ToArray();
        var first = present
            .SelectMany(rendition => _segments.Where(s => s.Rendition == rendition.Name).Take(SegmentsWanted))
            .ToArray();
        // A few milliseconds above a whole second are the container's rounding.
        var longest = (int)Math.Ceiling(_segments.Max(RenditionFormat.DurationOf).TotalSeconds - 0.05);
        var declared = present.Max(static rendition => rendition.TargetDuration);
        var target =
            options.TargetDuration > 0 ? Math.Max(options.TargetDuration, longest) : Math.Max(Math.Max(declared, longest), 1) + 1;
        var order = _segments
            .GroupBy(static segment => segment.Rendition)
            .SelectMany(static group => group.Select(static (segment, index) => (segment, index)))
            .OrderBy(static pair => pair.index)
            .Select(static pair => pair.segment)
            .ToArray();
        var durations = first.Select(RenditionFormat.DurationOf).Order().ToArray();
        _segments.Clear();
        return new BroadcastPlan(
            present,
            order,
            target,
            durations[durations.Length / 2],
            Array.TrueForAll(first, static segment => segment.Media.StartsWithKeyframe != false)
        );
    }
}
