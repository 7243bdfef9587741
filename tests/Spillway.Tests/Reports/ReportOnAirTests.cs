using Spillway.Playlists;
using Spillway.Reports;
using Spillway.Sources;
using Spillway.Storage;
using Spillway.Tests.Storage;
using Spillway.Tests.Streams;

namespace Spillway.Tests.Reports;

/// <summary>A real stream's reports, held against what the store itself has seen.</summary>
public sealed class ReportOnAirTests : OnAirTest
{
    private int _peers;
    private TrafficReport _origin;

    public ReportOnAirTests() =>
        MakeReports = counting => new StreamReports(counting.Of("live"), () => _origin, edge: null, () => _peers);

    [Fact]
    public async Task At_its_end_a_broadcast_leaves_a_report_of_what_the_store_has_seen()
    {
        Start();
        var show = await GoOnAirAsync();
        var id = Stream.OnAir!.Id;
        (_peers, _origin) = (4, new TrafficReport(7, 700));
        Store.Line.Rule = static key => key.Contains("/1000004-", StringComparison.Ordinal) ? PutFault.Lost : null;
        await PlayAsync(show, 3, 3);
        await Until.TrueAsync(() => Stream.Status.StoreFault is not null, "the fault is noticed");
        Store.Line.Rule = static _ => null;
        await UntilListedAsync(6);
        await SendAsync(new SegmentMissed("0", 0, 6, false, TimeSpan.FromSeconds(1), "it was gone"));
        await PlayAsync(show, 7, 2);
        await UntilListedAsync(9);
        _peers = 0;
        var report = await GoOffAirAsync(id);

        Assert.Equal(("live", id, "A show"), (report.Stream, report.Broadcast, report.Title));
        var listed = Listed(id);
        Assert.Equal(listed[0].ProgramDateTime, report.Begin);
        Assert.Equal(
            listed[0].ProgramDateTime!.Value + TimeSpan.FromSeconds(listed.Sum(Seconds)),
            report.End!.Value,
            TimeSpan.FromSeconds(0.01)
        );
        var rendition = Assert.Single(report.Renditions);
        Assert.Equal(("0", "160x90", 25), (rendition.Name, rendition.Resolution, rendition.FrameRate));
        Assert.Equal(Stored(id).Count(), rendition.Segments);
        Assert.Equal(8, rendition.Segments);
        Assert.Equal(listed.Count(static segment => segment.Gap), rendition.Gaps);
        Assert.Equal(listed.Where(static segment => segment.Gap).Sum(Seconds), rendition.GapSeconds, 2);
        Assert.Equal(listed.Sum(Seconds), rendition.Seconds, 2);
        Assert.Equal((report.End - report.Begin)!.Value.TotalSeconds, report.Seconds, 2);

        var tries = Store.Line.Puts.Where(put => IsMedia(put, id)).ToList();
        Assert.Equal(tries.Count, report.Uploads.Tries);
        Assert.Equal(tries.Count(static put => put.Outcome != PutStatus.Stored), report.Uploads.Failures);
        Assert.True(report.Uploads.Failures > 0);
        Assert.Equal(8, report.Uploads.Objects);
        Assert.Equal(Stored(id).Sum(static put => put.Body.Length), report.Uploads.Bytes);

        Assert.Equal(new TrafficReport(7, 700), report.Origin);
        Assert.Null(report.Edge);
        Assert.Null(report.Ways);
        Assert.Null(report.Cost);
        Assert.Equal(4, report.Viewers!.Peak);
        Assert.InRange(report.Viewers.Mean, 0.1, 3.9);
        var outage = Assert.Single(report.Faults.StoreOutages);
        Assert.InRange(outage.Seconds!.Value, 0.1, 10);
        Assert.Contains("reset", outage.Cause, StringComparison.Ordinal);
        Assert.Equal("the test is over", Assert.Single(report.Faults.SourceAways).Cause);
        Assert.Equal(1, Assert.Single(report.Writers).Epoch);
    }

    [Fact]
    public async Task The_operations_are_those_that_the_store_has_seen_from_its_begin_to_its_end()
    {
        Start();
        await GoOnAirAsync();
        var report = await GoOffAirAsync(Stream.OnAir!.Id);
        // The lease and player.json were stored before; the last of player.json, and the report itself, at the end or after.
        var puts = Store.Line.Puts.Where(static put => !put.Key.EndsWith("report.json", StringComparison.Ordinal)).ToList();
        var reports = Store.Line.Puts.Count - puts.Count;
        Assert.InRange(report.Operations.Puts, puts.Count - 4, puts.Count + reports);
        Assert.Equal(report.Operations.Puts + report.Operations.Lists, report.Operations.ClassA);
        Assert.Equal(report.Operations.Gets, report.Operations.ClassB);
        Assert.Equal(0, report.Operations.Deletes);
    }

    [Fact]
    public async Task While_it_is_on_air_a_provisional_report_is_stored_each_minute()
    {
        Start();
        await GoOnAirAsync();
        var key = StreamKeys.Report("live", Stream.OnAir!.Id);
        await Clock.Wait(125);
        var versions = Store.Line.Stored.Where(put => put.Key == key).ToList();
        Assert.Equal(3, versions.Count);
        Assert.All(versions, static put => Assert.Equal("no-store", put.Headers.CacheControl));
        Assert.All(versions, static put => Assert.Equal("onAir", BroadcastReport.Parse(put.Body)!.State));
        Assert.True(versions[2].Condition.IfMatch is not null);
        var own = Reports!.Find(Stream.OnAir.Id)!;
        Assert.True(own.AsOf > BroadcastReport.Parse(versions[2].Body)!.AsOf);
    }

    [Fact]
    public async Task A_successor_that_ends_the_broadcast_finishes_its_report()
    {
        Start();
        var show = await GoOnAirAsync();
        var id = Stream.OnAir!.Id;
        await PlayAsync(show, 3, 3);
        await UntilListedAsync(6);
        // Stopped in order: all is written down.
        await StopAsync();
        var left = await ReportAsync(id);
        Assert.Equal(("onAir", 6), (left.State, left.Renditions[0].Segments));
        Assert.Equal(6, left.Uploads.Objects);

        // Nothing is there that could list anything.
        Excuses.Add((Clock.Elapsed - TimeSpan.FromSeconds(5), Clock.Elapsed + TimeSpan.FromSeconds(100)));
        Excuses.Add((Clock.Elapsed, Clock.Elapsed + TimeSpan.FromSeconds(100)));
        await Clock.Wait(90);
        Start();
        var report = await FinalAsync(id);
        Assert.Equal(6, report.Renditions[0].Segments);
        Assert.Equal(left.Uploads, report.Uploads);
        Assert.Equal("A show", report.Title);
        Assert.Equal([1L, 2L], report.Writers.Select(static writer => writer.Epoch));
        Assert.Equal(0, report.Renditions[0].Uncounted);
        Assert.Equal(2, report.Epoch);
    }

    [Fact]
    public async Task After_a_kill_the_successor_counts_from_the_playlists_what_was_not_written_down()
    {
        Start();
        var show = await GoOnAirAsync();
        var id = Stream.OnAir!.Id;
        await PlayAsync(show, 3, 4);
        await UntilListedAsync(7);
        // The last minute's counts die with it: its reports go nowhere from here on.
        Store.Line.Rule = static key => key.EndsWith("report.json", StringComparison.Ordinal) ? PutFault.Lost : null;
        await StopAsync();
        Store.Line.Rule = static _ => null;
        var left = await ReportAsync(id);
        Assert.InRange(left.Renditions[0].Segments, 3, 6);

        // Nothing is there that could list anything.
        Excuses.Add((Clock.Elapsed - TimeSpan.FromSeconds(5), Clock.Elapsed + TimeSpan.FromSeconds(100)));
        Excuses.Add((Clock.Elapsed, Clock.Elapsed + TimeSpan.FromSeconds(100)));
        await Clock.Wait(90);
        Start();
        var report = await FinalAsync(id);
        Assert.Equal((7, 0L), (report.Renditions[0].Segments, report.Renditions[0].Uncounted));
        Assert.Equal(left.AsOf, report.Writers[0].CountsUntil);
        Assert.True(report.Writers[1].CountsSince > report.Writers[0].CountsUntil);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_that_goes_on_after_a_restart_has_one_report_and_counts_nothing_twice(bool sameProcess)
    {
        Start();
        var show = await GoOnAirAsync();
        var id = Stream.OnAir!.Id;
        await PlayAsync(show, 3, 3);
        await UntilListedAsync(6);
        await StopAsync();
        if (sameProcess)
            Run();
        else
            Start();
        // The source still shows what was published.
        await PlayAsync(show, 3, 3, atOnce: true);
        await PlayAsync(show, 6, 3);
        await Until.TrueAsync(() => Stream.OnAir is { } on && on.Renditions.Single().Listed?.Segments.Count >= 9, "it goes on");
        Assert.Equal(id, Stream.OnAir!.Id);
        var report = await GoOffAirAsync(id);
        Assert.Equal((9, 0L), (report.Renditions[0].Segments, report.Renditions[0].Uncounted));
        Assert.Equal(Stored(id).Count(), report.Uploads.Objects);
        Assert.Equal(Listed(id).Count(static segment => segment.Gap), report.Renditions[0].Gaps);
        Assert.Equal(2, report.Writers.Count);
    }

    [Fact]
    public async Task A_broadcast_that_follows_another_has_a_report_of_its_own()
    {
        Start();
        await GoOnAirAsync();
        var first = Stream.OnAir!.Id;
        await PlayAsync(await Show.GetAsync(Show.Larger), 0, 4, run: 1);
        await Until.TrueAsync(() => Stream.OnAir!.Id != first, "the next is on air");
        var second = Stream.OnAir!.Id;
        var one = await FinalAsync(first);
        var two = await GoOffAirAsync(second);
        Assert.Equal(("160x90", 3), (one.Renditions[0].Resolution, one.Renditions[0].Segments));
        Assert.Equal(("192x108", 4), (two.Renditions[0].Resolution, two.Renditions[0].Segments));
        Assert.Equal((3, 4), (one.Uploads.Objects, two.Uploads.Objects));
        Assert.Equal([first, second], Reports!.Made.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_report_that_the_operator_has_deleted_does_not_come_back_with_the_next_start()
    {
        Start();
        await GoOnAirAsync();
        var id = Stream.OnAir!.Id;
        await GoOffAirAsync(id);
        var key = StreamKeys.Report("live", id);
        await Store.Direct.RemoveAsync(key);
        await StopAsync();
        var before = Store.Line.Puts.Count;
        Start();
        await Until.TrueAsync(
            () => Store.Line.Stored.Skip(before).Any(static put => put.Key == "live/player.json"),
            "it has begun"
        );
        await Clock.Wait(5);
        Assert.DoesNotContain(Store.Line.Puts.Skip(before), put => put.Key == key);
    }

    /// <summary>All that its playlist has ever listed, in order.</summary>
    private List<MediaSegment> Listed(string id)
    {
        var listed = new SortedDictionary<long, MediaSegment>();
        foreach (var put in Store.Line.Stored.Where(put => put.Key == $"live/{id}/0/playlist.m3u8"))
        {
            var playlist = PlaylistParser.Parse(put.Body).Media!;
            for (var i = 0; i < playlist.Segments.Count; i++)
                listed[playlist.MediaSequence + i] = playlist.Segments[i];
        }
        return [.. listed.Values];
    }

    private static double Seconds(MediaSegment segment) => segment.Duration.TotalSeconds;

    private IEnumerable<SeenPut> Stored(string id) => Store.Line.Stored.Where(put => IsMedia(put, id));

    private static bool IsMedia(SeenPut put, string id) =>
        put.Key.StartsWith($"live/{id}/", StringComparison.Ordinal) && put.Key.EndsWith(".ts", StringComparison.Ordinal);

    private async Task<BroadcastReport> GoOffAirAsync(string id)
    {
        await SendAsync(new SourceAway("the test is over"));
        await UntilStateAsync("ended");
        return await FinalAsync(id);
    }

    private async Task<BroadcastReport> FinalAsync(string id)
    {
        var key = StreamKeys.Report("live", id);
        // The store has it before the line has noted that it was answered.
        SeenPut? last = null;
        await Until.TrueAsync(
            () =>
                (last = Store.Line.Stored.LastOrDefault(put => put.Key == key)) is { } put
                && BroadcastReport.Parse(put.Body)?.State == "ended",
            () => $"the report of {id} is final"
        );
        Assert.Equal(StreamKeys.ReportHeaders, last!.Headers);
        return await ReportAsync(id);
    }

    private async Task<BroadcastReport> ReportAsync(string id) =>
        BroadcastReport.Parse((await Store.Direct.FindAsync(StreamKeys.Report("live", id))).Body.Span)!;
}
