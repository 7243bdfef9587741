using Microsoft.Extensions.Time.Testing;
using Spillway.Media;
using Spillway.Sources;
using Spillway.Streams;

namespace Spillway.Tests.Streams;

/// <summary>A source that is late is told of before it counts as away, and one that is only uneven is not.</summary>
public sealed class SourceLateTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SourceFigures _figures;
    private long _sequence;

    public SourceLateTests() => _figures = new SourceFigures(_time);

    [Fact]
    public void One_that_stops_is_late_after_one_and_three_quarters_of_its_segments()
    {
        Come(1, 1, 1, 1);
        Assert.False(After(1.75));
        Assert.True(After(0.01));
        Come(0);
        Assert.False(_figures.IsLate);
    }

    [Fact]
    public void One_that_comes_in_bursts_is_not_late_between_them()
    {
        // Three at once, each three seconds: as some servers list them.
        Come(0, 0, 3, 0, 0, 3, 0, 0);
        Assert.False(After(3.9));
        Assert.True(After(0.2));
    }

    [Fact]
    public void What_was_away_or_never_came_is_not_late()
    {
        Assert.False(After(60));
        Come(1, 1, 1);
        _figures.Note(new SourceAway("the test"));
        Assert.False(After(60));
        // A minute away says nothing of its pace.
        _figures.Note(new SourceBack());
        Come(0, 1, 1);
        Assert.True(After(1.8));
    }

    [Fact]
    public void Two_renditions_are_one_source()
    {
        for (var i = 0; i < 6; i++)
        {
            Come(1);
            Come("1", 0);
        }
        Assert.False(After(1.7));
        // One of them still comes.
        Come("1", 0);
        Assert.False(After(1.7));
        Assert.True(After(0.7));
    }

    private bool After(double seconds)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        return _figures.IsLate;
    }

    /// <summary>One segment of a second after each of these pauses.</summary>
    private void Come(params double[] pauses)
    {
        foreach (var pause in pauses)
            Come("0", pause);
    }

    private void Come(string rendition, double pause)
    {
        _time.Advance(TimeSpan.FromSeconds(pause));
        _figures.Note(
            new SegmentArrived
            {
                Rendition = rendition,
                Run = 0,
                Sequence = _sequence++,
                Discontinuity = false,
                DeclaredDuration = TimeSpan.FromSeconds(1),
                Data = new byte[1],
                Media = new MediaReport
                {
                    Container = MediaContainer.Unknown,
                    IsWhole = true,
                    Tracks = [],
                },
            }
        );
    }
}
