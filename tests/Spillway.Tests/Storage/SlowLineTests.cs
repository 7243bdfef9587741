using Microsoft.Extensions.Logging.Abstractions;
using Spillway.Configuration;
using Spillway.Storage;

namespace Spillway.Tests.Storage;

/// <summary>A line about as fast as the stream: uploads must not be so many at a time that all of them time out.</summary>
public sealed class SlowLineTests : IAsyncDisposable
{
    private const int SegmentBytes = 100_000;
    private static readonly TimeSpan Segment = TimeSpan.FromSeconds(2);

    private readonly TestStore _store = new(TimeSpan.FromMilliseconds(100));

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Theory]
    [InlineData(1.1, 0)]
    [InlineData(3, 20)]
    [InlineData(1.1, 15)]
    public async Task A_line_a_little_faster_than_the_stream_stores_all_of_it(double speed, int waiting)
    {
        var (line, results) = await StreamAsync(speed, waiting, 40);
        Assert.All(results, static result => Assert.True(result.Stored));
        Assert.Equal(0, line.TimedOut);
    }

    [Theory]
    [InlineData(0.7, 3)]
    [InlineData(0.3, 6)]
    public async Task A_line_slower_than_the_stream_carries_what_it_can(double speed, int mostTimedOut)
    {
        const int Segments = 80;
        var (line, results) = await StreamAsync(speed, 0, Segments);
        // What has gone through in the time of the stream and of the lag that is allowed.
        var most = speed * (Segments + UploadBacklog.LongestLag / Segment);
        Assert.InRange(results.Count(static result => result.Stored), 0.85 * speed * Segments, most + 1);
        Assert.InRange(line.TimedOut, 0, mostTimedOut);
        // Never further behind than a minute, and what is under way.
        Assert.All(results, static result => Assert.True(result.Elapsed < TimeSpan.FromSeconds(30), $"{result}"));
    }

    /// <summary>Segments at the pace of their media.</summary>
    /// <param name="speed">Of the line, as a multiple of the stream's rate.</param>
    /// <param name="waiting">Segments that wait already, as after an outage.</param>
    /// <param name="count">Segments after them.</param>
    private async Task<(SlowLine Line, UploadResult[] Results)> StreamAsync(double speed, int waiting, int count)
    {
        var line = new SlowLine(_store.Line, _store.Clock, speed * SegmentBytes / Segment.TotalSeconds);
        using var spool = new Spool(ByteSize.OfMegabytes(64), default, null, _store.Clock.Time, NullLogger.Instance);
        using var uploader = new SegmentUploader("live", line, spool, _store.Clock.Time, NullLogger.Instance);
        var body = TestObjects.Random(SegmentBytes);
        var uploads = new List<Task<UploadResult>>();
        for (var i = 0; i < waiting + count; i++)
        {
            if (i >= waiting)
                await _store.Clock.Wait(Segment.TotalSeconds);
            uploads.Add(
                uploader.UploadAsync(
                    new Upload($"live/b/0/{i}-x.ts", body, TestObjects.Segment, Segment, UploadKind.Segment),
                    TestContext.Current.CancellationToken
                )
            );
        }
        return (line, await Task.WhenAll(uploads).WaitAsync(TimeSpan.FromSeconds(120)));
    }
}
