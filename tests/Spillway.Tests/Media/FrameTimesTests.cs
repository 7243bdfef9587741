using CsCheck;
using Spillway.Media;

namespace Spillway.Tests.Media;

public sealed class FrameTimesTests
{
    private static readonly double[] Rates = [24000 / 1001.0, 24, 25, 30000 / 1001.0, 30, 48, 50, 60000 / 1001.0, 60];

    [Fact]
    public void Usual_rates_are_told_exactly_although_RTMP_rounds_to_milliseconds() =>
        Gen.Select(
                Gen.Int[0, Rates.Length - 1],
                Gen.Int[90, 400],
                Gen.Int[0, 1_000_000],
                Gen.Shuffle(Enumerable.Range(0, 400).ToArray())
            )
            .Sample(
                (which, count, first, order) =>
                {
                    var rate = Rates[which];
                    var times = new FrameTimes();
                    foreach (var frame in order.Where(frame => frame < count))
                        times.Add(90 * (long)Math.Round(first + frame * 1000 / rate));
                    var cadence = times.Measure(90_000, null);
                    Assert.Equal(Math.Round(rate, 3), cadence.FrameRate);
                    Assert.Equal(1 / rate, cadence.FrameLength!.Value, 0.0001);
                }
            );

    [Theory]
    [InlineData(null)]
    [InlineData(25.0)]
    [InlineData(50.0)]
    public void Lost_frames_do_not_change_the_rate(double? declared)
    {
        var times = new FrameTimes();
        foreach (var frame in Enumerable.Range(0, 100).Where(frame => frame % 7 != 3))
            times.Add(frame * 3600);
        Assert.Equal(25, times.Measure(90_000, declared).FrameRate);
    }

    [Fact]
    public void An_unusual_rate_is_told_as_it_is()
    {
        var times = new FrameTimes();
        for (var frame = 0; frame < 100; frame++)
            times.Add(frame * 7500);
        Assert.Equal(12, times.Measure(90_000, 25).FrameRate);
    }

    [Theory]
    [InlineData(25.0, 0.04)]
    [InlineData(null, null)]
    [InlineData(9000.0, null)]
    public void A_single_frame_is_as_long_as_declared_or_unknown(double? declared, double? length)
    {
        var times = new FrameTimes();
        times.Add(1);
        Assert.Equal(length, times.Measure(90_000, declared).FrameLength);
    }

    [Fact]
    public void Two_fields_shown_at_once_are_one_frame()
    {
        var times = new FrameTimes();
        for (var field = 0; field < 100; field++)
            times.Add(field / 2 * 3600);
        Assert.Equal(25, times.Measure(90_000, null).FrameRate);
    }
}
