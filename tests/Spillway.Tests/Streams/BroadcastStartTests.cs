using Spillway.Sources;
using Spillway.Streams;
using Spillway.Timeline;

namespace Spillway.Tests.Streams;

public sealed class BroadcastStartTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    [Theory]
    // What the source declares decides while its segments keep to it; a second more for what they may grow.
    [InlineData(2, 0, new[] { 2.0, 2.0, 2.0 }, 3)]
    [InlineData(6, 0, new[] { 2.0, 2.0, 2.0 }, 7)]
    [InlineData(2, 0, new[] { 2.0, 4.2, 2.0 }, 6)]
    // A few milliseconds above a whole second are the container's rounding.
    [InlineData(2, 0, new[] { 2.0, 2.04, 2.0 }, 3)]
    [InlineData(2, 0, new[] { 2.0, 2.06, 2.0 }, 4)]
    [InlineData(0, 0, new[] { 0.3, 0.3, 0.3 }, 2)]
    // The operator's word stands as it is, unless no valid playlist could say it.
    [InlineData(6, 4, new[] { 2.0, 2.0, 2.0 }, 4)]
    [InlineData(2, 4, new[] { 2.0, 5.5, 2.0 }, 6)]
    public void The_target_duration_follows_from_the_first_segments(int declared, int wished, double[] seconds, int expected)
    {
        var start = Start(new StreamOptions { TargetDuration = wished }, Made.Rendition(target: declared));
        for (var i = 0; i < seconds.Length; i++)
            start.Add(Made.Segment(sequence: i, measured: seconds[i]), Soon);
        Assert.Equal(expected, start.Take().TargetDuration);
    }

    [Fact]
    public void It_takes_three_segments_of_each_rendition()
    {
        var start = Start(Made.Rendition("0"), Made.Rendition("1"));
        Assert.False(start.IsReady(Soon));
        for (var i = 0; i < 3; i++)
        {
            start.Add(Made.Segment("0", sequence: i), Soon);
            Assert.False(start.IsReady(Soon));
        }
        for (var i = 0; i < 3; i++)
        {
            Assert.False(start.IsReady(Soon));
            start.Add(Made.Segment("1", sequence: i), Soon);
        }
        Assert.True(start.IsReady(Soon));
        var plan = start.Take();
        Assert.Equal(["0", "1"], plan.Renditions.Select(r => r.Name));
        // In turn, so that both are stored at about the same time.
        Assert.Equal(["0:0", "1:0", "0:1", "1:1", "0:2", "1:2"], plan.Segments.Select(s => $"{s.Rendition}:{s.Sequence}"));
        Assert.False(start.IsReady(Soon));
    }

    [Fact]
    public void A_rendition_that_brings_nothing_in_time_is_left_out()
    {
        var start = Start(Made.Rendition("0", target: 2), Made.Rendition("1", target: 9));
        for (var i = 0; i < 4; i++)
            start.Add(Made.Segment("0", sequence: i), Soon);
        // Five segments' time and 2 s.
        Assert.False(start.IsReady(Soon + TimeSpan.FromSeconds(12)));
        Assert.True(start.IsReady(Soon + TimeSpan.FromSeconds(12.1)));
        var plan = start.Take();
        Assert.Equal("0", Assert.Single(plan.Renditions).Name);
        Assert.Equal(4, plan.Segments.Count);
        Assert.Equal(3, plan.TargetDuration);
    }

    [Fact]
    public void One_that_has_brought_something_is_taken_in()
    {
        var start = Start(Made.Rendition("0"), Made.Rendition("1"));
        for (var i = 0; i < 3; i++)
            start.Add(Made.Segment("0", sequence: i), Soon);
        start.Add(Made.Segment("1"), Soon);
        Assert.True(start.IsReady(Soon + TimeSpan.FromSeconds(13)));
        Assert.Equal(2, start.Take().Renditions.Count);
    }

    [Fact]
    public void Fewer_than_three_segments_begin_nothing_however_long_it_takes()
    {
        var start = Start(Made.Rendition());
        start.Add(Made.Segment(sequence: 0), Soon);
        start.Add(Made.Segment(sequence: 1), Soon);
        Assert.False(start.IsReady(TimeSpan.FromHours(1)));
    }

    [Fact]
    public void What_an_earlier_run_of_the_source_brought_is_dropped()
    {
        var start = Start(Made.Rendition());
        start.Add(Made.Segment(run: 0, sequence: 7, measured: 8), Soon);
        start.Add(Made.Segment(run: 0, sequence: 8), Soon);
        for (var i = 0; i < 3; i++)
        {
            start.Add(Made.Segment(run: 1, sequence: i), Soon);
            Assert.Equal(i == 2, start.IsReady(Soon));
        }
        var plan = start.Take();
        Assert.Equal([0, 1, 2], plan.Segments.Select(s => s.Sequence));
        Assert.Equal(3, plan.TargetDuration);
    }

    [Fact]
    public void A_rendition_the_source_no_longer_has_is_forgotten()
    {
        var start = Start(Made.Rendition("0"), Made.Rendition("1"));
        for (var i = 0; i < 3; i++)
        {
            start.Add(Made.Segment("0", sequence: i), Soon);
            start.Add(Made.Segment("1", sequence: i), Soon);
        }
        start.Expect([Made.Rendition("1")]);
        Assert.True(start.IsReady(Soon));
        Assert.All(start.Take().Segments, segment => Assert.Equal("1", segment.Rendition));
    }

    [Fact]
    public void Segments_count_as_independent_unless_one_is_seen_not_to_be()
    {
        var start = Start(Made.Rendition());
        foreach (var keyframe in (bool?[])[true, null, true])
            start.Add(Made.Segment(keyframe: keyframe), Soon);
        Assert.True(start.Take().IndependentSegments);
        foreach (var keyframe in (bool?[])[true, false, true])
            start.Add(Made.Segment(keyframe: keyframe), Soon);
        Assert.False(start.Take().IndependentSegments);
    }

    [Fact]
    public void The_typical_length_is_the_median_as_measured()
    {
        var start = Start(Made.Rendition());
        foreach (var seconds in (double?[])[1.2, null, 1.9])
            start.Add(Made.Segment(measured: seconds, declared: 1.5), Soon);
        Assert.Equal(TimeSpan.FromSeconds(1.5), start.Take().SegmentDuration);
    }

    private static BroadcastStart Start(params SourceRendition[] renditions) => Start(new StreamOptions(), renditions);

    private static BroadcastStart Start(StreamOptions options, params SourceRendition[] renditions)
    {
        var start = new BroadcastStart(options);
        start.Expect(renditions);
        return start;
    }
}
