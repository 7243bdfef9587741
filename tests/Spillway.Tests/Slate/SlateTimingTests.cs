using Spillway.Slate;

namespace Spillway.Tests.Slate;

public sealed class SlateTimingTests
{
    [Theory]
    [InlineData(2, 3, 0, 2, 6, 1)]
    [InlineData(4, 5, 0, 4, 3, 1)]
    [InlineData(0.5, 2, 0, 1, 12, 1)]
    [InlineData(9, 6, 0, 6, 2, 1)]
    [InlineData(2, 3, 10, 2, 5, 1)]
    [InlineData(2, 3, 9, 1.8, 5, 1)]
    [InlineData(2, 3, 1, 2, 3, 6)]
    [InlineData(2, 3, 300, 2, 15, 1)]
    [InlineData(30, 30, 300, 30, 1, 1)]
    public void Segments_are_even_and_about_as_long_as_the_show_s(
        double segment,
        int target,
        double clip,
        double expected,
        int count,
        int repeats
    )
    {
        var timing = SlateTiming.For(
            [new FrameRate(50, 1), new FrameRate(25, 1)],
            TimeSpan.FromSeconds(segment),
            target,
            clip == 0 ? null : TimeSpan.FromSeconds(clip)
        );
        Assert.Equal((expected, count, repeats), (timing.Segment.TotalSeconds, timing.Segments, timing.Repeats));
    }

    [Fact]
    public void No_segment_is_ever_longer_than_the_target_duration_and_no_slate_much_longer_than_half_a_minute()
    {
        var random = new Random(3);
        for (var i = 0; i < 20_000; i++)
        {
            var target = random.Next(1, 30);
            var rate = FrameRate.Near(random.NextDouble() * 130);
            var clip = random.Next(4) == 0 ? (TimeSpan?)null : TimeSpan.FromSeconds(Math.Pow(random.NextDouble(), 4) * 200);
            var timing = SlateTiming.For([rate], TimeSpan.FromSeconds(random.NextDouble() * 31), target, clip);
            Assert.True(timing.Segment.TotalSeconds <= target + 1e-6, $"{timing}");
            Assert.InRange(timing.Total.TotalSeconds, 0.5, 30 + target + timing.Segments);
            Assert.InRange(timing.Repeats, 1, 200);
            Assert.Equal(timing.Segments + 1, timing.Boundaries(new FrameRate(30, 1)).Count);
        }
    }

    [Theory]
    [InlineData(29.97, "30000/1001")]
    [InlineData(23.976, "24000/1001")]
    [InlineData(59.94, "60000/1001")]
    [InlineData(25.004, "25/1")]
    [InlineData(30, "30/1")]
    [InlineData(12.5, "1250/100")]
    [InlineData(0, "1/1")]
    [InlineData(1000, "120/1")]
    public void A_measured_rate_stands_for_a_fraction(double rate, string expected) =>
        Assert.Equal(expected, FrameRate.Near(rate).ToString());
}
