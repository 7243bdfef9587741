using Microsoft.Extensions.Time.Testing;
using Spillway.Streams;

namespace Spillway.Tests.Streams;

public sealed class PublishingFiguresTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly PublishingFigures _figures;

    public PublishingFiguresTests() => _figures = new(_time);

    [Fact]
    public void Nothing_was_published_yet() => Assert.Equal(new PublishingReport(0, null, null, 0), _figures.Report());

    [Fact]
    public void The_wait_for_the_key_is_left_out_and_counted()
    {
        var lastPut = _time.GetTimestamp();
        Pass(500);
        var answered = _figures.Begin(_time.GetTimestamp());
        // The key is free 600 ms from now.
        Pass(607);
        answered.NoteSent(lastPut);
        answered.NoteSent(lastPut);
        Assert.Equal(new PublishingReport(1, 7, 7, 1), _figures.Report());
    }

    [Fact]
    public void Quantiles_are_those_of_the_last_thousand()
    {
        for (var i = 0; i < 3000; i++)
        {
            var answered = _figures.Begin(_time.GetTimestamp());
            Pass(
                i < 1500 ? 900
                : i % 100 == 0 ? 50
                : 3
            );
            answered.NoteSent(long.MinValue);
        }
        var report = _figures.Report();
        Assert.Equal((3000, 3d, 0), (report.Count, report.MedianMs!.Value, report.Spaced));
        Assert.Contains(report.P99Ms!.Value, (double[])[3, 50]);
    }

    private void Pass(int milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
}
