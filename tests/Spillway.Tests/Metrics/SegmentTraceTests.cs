using System.Collections.Concurrent;
using System.Diagnostics;
using Spillway.Metrics;
using Spillway.Storage;
using Spillway.Tests.Storage;

namespace Spillway.Tests.Metrics;

/// <summary>A segment's way as a trace: it begins with the arrival, holds the requests to the store, and ends with the playlist.</summary>
public sealed class SegmentTraceTests
{
    [Fact]
    public async Task A_segment_s_trace_holds_its_upload_and_ends_when_it_is_listed()
    {
        using var taken = new Taken();
        await using var server = await RunningServer.StartAsync();
        await server.GoOnAirAsync();
        var broadcast = server.Stream.OnAir!.Id;
        await Until.TrueAsync(
            () => Uploads().Count() >= 6,
            () => $"those listed are traced: {string.Join(", ", taken.All.Select(static a => $"{a.DisplayName} {Key(a)}"))}"
        );
        foreach (var upload in Uploads())
        {
            var segment = taken.All.Single(activity => activity.SpanId == upload.ParentSpanId);
            Assert.Equal(("segment", upload.TraceId), (segment.DisplayName, segment.TraceId));
            Assert.Equal(default, segment.ParentSpanId);
            Assert.Equal(("live", ActivityStatusCode.Unset), (segment.GetTagItem("spillway.stream"), segment.Status));
            Assert.Equal(["stored", "listed"], segment.Events.Select(static e => e.Name));
            Assert.True(segment.StartTimeUtc <= upload.StartTimeUtc);
            var ended = upload.StartTimeUtc + upload.Duration;
            Assert.True(ended <= segment.Events.First().Timestamp.UtcDateTime + TimeSpan.FromMilliseconds(1));
            Assert.Equal("Stored", upload.GetTagItem("spillway.status"));
        }
        // The playlists' own are traces by themselves.
        var playlist = taken.All.First(activity =>
            Key(activity).EndsWith($"{broadcast}/{RenditionOf(server)}/playlist.m3u8", StringComparison.Ordinal)
        );
        Assert.Equal(default, playlist.ParentSpanId);

        IEnumerable<Activity> Uploads() =>
            taken.All.Where(activity =>
                Key(activity).Contains(broadcast, StringComparison.Ordinal)
                && Key(activity).EndsWith(".ts", StringComparison.Ordinal)
                && taken.All.Any(segment => segment.SpanId == activity.ParentSpanId)
            );
    }

    [Fact]
    public void What_becomes_a_gap_ends_as_an_error_and_what_is_not_listed_yet_does_not_end()
    {
        using var taken = new Taken();
        var traces = new SegmentTraces();
        var (one, two, three) = (Begin(1), Begin(2), Begin(3));
        traces.NoteGap(2);
        traces.NoteStored(1);
        traces.NoteListed(3);
        Assert.Equal((true, true, false), (one.IsStopped, two.IsStopped, three.IsStopped));
        Assert.Equal((ActivityStatusCode.Unset, ActivityStatusCode.Error), (one.Status, two.Status));
        traces.NoteListed(4);
        Assert.True(three.IsStopped);

        Activity Begin(long number) => traces.Begin("a-stream", "main", number, TimeSpan.FromSeconds(2), 1000)!;
    }

    [Fact]
    public void What_brought_a_segment_here_is_no_part_of_its_trace_and_goes_on()
    {
        using var taken = new Taken();
        using var around = new Activity("around").Start();
        var segment = new SegmentTraces().Begin("a-stream", "main", 1, TimeSpan.FromSeconds(2), 1000)!;
        Assert.NotEqual(around.TraceId, segment.TraceId);
        Assert.Same(around, Activity.Current);
    }

    [Fact]
    public void A_broadcast_that_never_gets_a_playlist_does_not_keep_its_traces_for_ever()
    {
        using var taken = new Taken();
        var traces = new SegmentTraces();
        var first = traces.Begin("a-stream", "main", 0, TimeSpan.FromSeconds(2), 1000)!;
        for (var number = 1; number <= 500; number++)
            traces.Begin("a-stream", "main", number, TimeSpan.FromSeconds(2), 1000);
        traces.NoteListed(501);
        Assert.False(first.IsStopped);
    }

    private static string Key(Activity activity) => activity.GetTagItem("spillway.key") as string ?? "";

    private static string RenditionOf(RunningServer server) => server.Stream.OnAir!.Renditions.First().Declared.Name;

    /// <summary>Takes all that is traced in this process.</summary>
    private sealed class Taken : IDisposable
    {
        private readonly ActivityListener _listener;

        public Taken()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = static source => source.Name == Telemetry.Name,
                Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = All.Enqueue,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public ConcurrentQueue<Activity> All { get; } = [];

        public void Dispose() => _listener.Dispose();
    }
}
