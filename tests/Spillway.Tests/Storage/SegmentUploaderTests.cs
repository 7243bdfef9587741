using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Spillway.Configuration;
using Spillway.Storage;

namespace Spillway.Tests.Storage;

public sealed class SegmentUploaderTests : IAsyncDisposable
{
    private const string Key = "live/b/0/1000000-x.ts";
    private const int Parallel = 6;
    private static readonly byte[] Body = TestObjects.Random(5000);
    private static readonly TimeSpan Segment = TimeSpan.FromSeconds(2);

    private readonly TestStore _store = new();
    private readonly Spool _spool;
    private readonly SegmentUploader _uploader;

    public SegmentUploaderTests()
    {
        _spool = new(ByteSize.OfMegabytes(64), default, null, _store.Clock.Time, NullLogger.Instance);
        _uploader = new("live", _store.Line, _spool, _store.Clock.Time, NullLogger.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        _uploader.Dispose();
        await _store.DisposeAsync();
        _spool.Dispose();
    }

    [Fact]
    public async Task It_tries_again_after_a_pause_each_time_until_it_is_stored()
    {
        _store.Line.Plan(PutFault.Lost, PutFault.Denied, PutFault.AnswerLost, PutFault.Throttled, PutFault.Lost);
        var result = await UploadAsync();
        Assert.True(result.Stored);
        Assert.Equal(6, result.Tries);
        Assert.Equal(Body, (await _store.Direct.FindAsync(Key)).Body.ToArray());
        var pauses = _store.Line.Puts.Zip(_store.Line.Puts.Skip(1), (one, next) => next.At - one.AnsweredAt).ToArray();
        // One write a second a key, retries included; and no longer than viewers who wait for it should.
        Assert.All(pauses, pause => Assert.InRange(pause.TotalSeconds, 1.1, 2.5));
        Assert.True(result.Elapsed >= pauses.Aggregate(TimeSpan.Zero, (sum, pause) => sum + pause));
        Assert.Equal(0, _spool.InMemory);
    }

    [Fact]
    public async Task A_fault_is_told_until_a_try_succeeds()
    {
        _store.Line.Rule = _ => PutFault.Denied;
        var upload = UploadAsync();
        await Until.TrueAsync(() => _uploader.FailedTries >= 2, "two tries have failed");
        Assert.Equal(StoreFaultKind.Denied, _uploader.Fault!.Kind);
        Assert.Equal((0, 0), (_uploader.Stored, _uploader.Bytes));
        _store.Line.Rule = _ => null;
        Assert.True((await upload).Stored);
        Assert.Null(_uploader.Fault);
        Assert.Equal((1, Body.Length), (_uploader.Stored, _uploader.Bytes));
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(4, 12)]
    public async Task A_try_may_take_three_times_the_segment_and_at_least_five_seconds(int seconds, int patience)
    {
        _store.Line.Plan(PutFault.Late);
        var result = await UploadAsync(segment: TimeSpan.FromSeconds(seconds));
        Assert.Equal(2, result.Tries);
        var given = _store.Line.Puts[0];
        Assert.InRange((given.AnsweredAt - given.At).TotalSeconds, patience, patience + 0.5);
        // The first may still arrive behind its retry: the same bytes under the same key.
        _store.Line.Release();
        await Until.TrueAsync(() => _store.Line.Stored.Count() == 2, "the late one has arrived");
        Assert.Equal(Body, (await _store.Direct.FindAsync(Key)).Body.ToArray());
    }

    [Fact]
    public async Task In_an_outage_nothing_is_given_up_and_the_oldest_goes_first_when_it_ends()
    {
        await WarmUpAsync();
        _store.Line.Rule = _ => PutFault.Lost;
        var from = _store.Clock.Elapsed;
        var uploads = new List<Task<UploadResult>>();
        for (var i = 0; i < 60; i++)
        {
            uploads.Add(UploadAsync($"live/b/0/{i}-x.ts"));
            await _store.Clock.Wait(2);
        }
        Assert.DoesNotContain(uploads, static upload => upload.IsCompleted);
        // One at a time, half a second or more apart.
        var probes = Since(from).Where(static put => !put.Key.Contains("warm", StringComparison.Ordinal)).Skip(4).ToList();
        var seconds = (_store.Clock.Elapsed - from).TotalSeconds;
        Assert.InRange(probes.Count, seconds / 1.2 - 5, seconds / 0.4);
        Assert.All(
            probes.Zip(probes.Skip(1), static (one, next) => (next.At - one.AnsweredAt).TotalSeconds),
            static pause => Assert.InRange(pause, 0.4, 1.4)
        );
        _store.Line.Rule = _ => null;
        var back = _store.Clock.Elapsed;
        Assert.All(await Task.WhenAll(uploads), static result => Assert.True(result.Stored));
        var stored = Since(back).Where(static put => put.Outcome == PutStatus.Stored).ToList();
        Assert.InRange((stored[0].At - back).TotalSeconds, 0, 4.2);
        // Not what was refused a moment before: a key rests for a second, in which all others may be done.
        var resting = Since(from)
            .Where(put => put.At < back && back - put.AnsweredAt < 2 * UploadPace.BetweenTries)
            .Select(static put => put.Key)
            .ToHashSet(StringComparer.Ordinal);
        Assert.InRange(resting.Count, 0, 7);
        // The probe itself may be of another; then by age, as far as several at a time tell
        var order = stored
            .Skip(1)
            .Where(put => !resting.Contains(put.Key))
            .Select(static put => int.Parse(put.Key.Split('/')[^1].Split('-')[0], CultureInfo.InvariantCulture))
            .ToList();
        // and threads on a busy machine.
        Assert.All(order.Take(20), static number => Assert.InRange(number, 0, 45));
        Assert.All(order.TakeLast(20), static number => Assert.InRange(number, 5, 60));
        Assert.InRange(order.Take(30).Average(), 0, 22);
        Assert.Equal(0, _uploader.GivenUp);
    }

    [Fact]
    public async Task After_an_outage_the_uploads_at_one_time_become_more_one_by_one()
    {
        await WarmUpAsync();
        _store.Line.Rule = _ => PutFault.Lost;
        var uploads = Enumerable.Range(0, 40).Select(i => UploadAsync($"live/b/0/{i}-x.ts")).ToArray();
        await Until.TrueAsync(() => _uploader.FailedTries >= 12, "it is an outage");
        _store.Line.Rule = _ => PutFault.Late;
        await Until.TrueAsync(() => _store.Line.Waiting == 1, "one is tried");
        await _store.Clock.Wait(2);
        Assert.Equal(1, _store.Line.Waiting);
        // On a busy machine one that is held may time out, which takes some of them back.
        var most = 1;
        for (var round = 0; round < 12 && most < Parallel; round++)
        {
            _store.Line.Release();
            await Until.TrueAsync(() => _store.Line.Waiting >= 1, "the next go");
            await _store.Clock.Wait(0.2);
            Assert.InRange(_store.Line.Waiting, 0, most + 1);
            most = Math.Max(most, _store.Line.Waiting);
        }
        Assert.InRange(most, 4, Parallel);
        _store.Line.Rule = _ => null;
        _store.Line.Release();
        Assert.All(await Task.WhenAll(uploads), static result => Assert.True(result.Stored));
        Assert.True(_store.Line.MostParallel <= Parallel, $"{_store.Line.MostParallel}");
    }

    [Fact]
    public async Task One_object_that_is_never_stored_does_not_hold_up_the_others_and_is_given_up_after_a_minute()
    {
        _store.Line.Rule = static key => key.Contains("/poison", StringComparison.Ordinal) ? PutFault.Lost : null;
        var start = _store.Clock.Elapsed;
        var poison = UploadAsync("live/b/0/poison-x.ts");
        // Enough failures in a row to look like an outage.
        await Until.TrueAsync(() => _uploader.FailedTries >= 5, "it has failed some times");
        var others = new List<UploadResult>();
        while (!poison.IsCompleted)
        {
            others.Add(await UploadAsync($"live/b/0/{others.Count}-x.ts"));
            await _store.Clock.Wait(2);
        }
        Assert.False((await poison).Stored);
        Assert.InRange((_store.Clock.Elapsed - start).TotalSeconds, 60, 90);
        Assert.All(others, static other => Assert.True(other is { Stored: true, Tries: 1 }));
        Assert.InRange(others.Count, 15, 40);
        Assert.Equal(1, _uploader.GivenUp);
    }

    [Fact]
    public async Task An_initialization_section_goes_before_all_segments_and_what_can_wait_after_them()
    {
        _store.Line.Rule = _ => PutFault.Late;
        var all = new List<Task<UploadResult>> { UploadAsync("a"), UploadAsync("b") };
        await Until.TrueAsync(() => _store.Line.Waiting == 2, "no more may go at the start");
        all.Add(UploadAsync("slate", kind: UploadKind.Background));
        for (var i = 0; i < 12; i++)
            all.Add(UploadAsync($"segment{i}"));
        all.Add(UploadAsync("init", kind: UploadKind.Section));
        var tried = new ConcurrentQueue<string>();
        _store.Line.Rule = key =>
        {
            tried.Enqueue(key);
            return PutFault.Late;
        };
        // One place is free when one of the two has ended.
        for (var i = 0; !all.TrueForAll(static upload => upload.IsCompleted) && i < 50; i++)
        {
            _store.Line.Release();
            await _store.Clock.Wait(0.2);
        }
        Assert.All(await Task.WhenAll(all), static result => Assert.True(result.Stored));
        // Those that may go at one time, six at most, get there in any order.
        var order = tried.ToList();
        Assert.InRange(order.IndexOf("init"), 0, 5);
        Assert.InRange(order.IndexOf("slate"), 8, 13);
    }

    [Fact]
    public async Task What_can_wait_is_given_up_after_half_a_minute()
    {
        _store.Line.Rule = _ => PutFault.Lost;
        var start = _store.Clock.Elapsed;
        var segment = UploadAsync();
        Assert.False((await UploadAsync("slate", kind: UploadKind.Background)).Stored);
        Assert.InRange((_store.Clock.Elapsed - start).TotalSeconds, 30, 36);
        Assert.False(segment.IsCompleted);
        _store.Line.Rule = _ => null;
        Assert.True((await segment).Stored);
    }

    [Fact]
    public async Task No_more_than_six_go_at_one_time()
    {
        await WarmUpAsync();
        _store.Line.Rule = _ => PutFault.Late;
        var uploads = Enumerable.Range(0, 18).Select(i => UploadAsync($"live/b/0/{i}-x.ts")).ToArray();
        await Until.TrueAsync(() => _store.Line.Waiting == Parallel, "as many as may go are under way");
        _store.Line.Rule = _ => null;
        _store.Line.Release();
        Assert.All(await Task.WhenAll(uploads), static result => Assert.True(result.Stored));
        Assert.Equal(Parallel, _store.Line.MostParallel);
    }

    [Fact]
    public async Task Where_there_is_no_room_the_oldest_is_given_up_and_the_newest_waits()
    {
        using var spool = new Spool(new ByteSize(Body.Length * 5), default, null, _store.Clock.Time, NullLogger.Instance);
        using var uploader = new SegmentUploader("live", _store.Line, spool, _store.Clock.Time, NullLogger.Instance);
        using var other = new SegmentUploader("other", _store.Line, spool, _store.Clock.Time, NullLogger.Instance);
        _store.Line.Rule = _ => PutFault.Lost;
        var uploads = new List<Task<UploadResult>>();
        for (var i = 0; i < 10; i++)
        {
            uploads.Add(UploadAsync($"live/b/0/{i}-x.ts", uploader: uploader));
            await _store.Clock.Wait(1);
        }
        Assert.Equal(5, uploads.Count(static upload => upload.IsCompleted));
        // A stream that has nothing there yet is not the one that loses.
        var theirs = UploadAsync("other/b/0/0-x.ts", uploader: other);
        await _store.Clock.Wait(1);
        Assert.False(theirs.IsCompleted);
        _store.Line.Rule = _ => null;
        var stored = (await Task.WhenAll(uploads)).Select(static result => result.Stored).ToList();
        // One that is just being tried is not taken from under its upload.
        Assert.Equal(5, stored.Count(static s => s));
        Assert.All(stored.Skip(6), static s => Assert.True(s));
        Assert.True((await theirs).Stored);
        Assert.Equal(0, spool.InMemory);
    }

    [Fact]
    public async Task A_line_that_hardly_keeps_up_is_told_until_it_does()
    {
        await WarmUpAsync();
        Assert.Null(_uploader.Advice);
        for (var i = 0; i < 12; i++)
        {
            _store.Line.Plan(PutFault.Late);
            var upload = UploadAsync($"live/b/0/slow{i}-x.ts");
            await Until.TrueAsync(() => _store.Line.Waiting == 1, "it is under way");
            await _store.Clock.Wait(1.6);
            _store.Line.Release();
            await upload;
        }
        Assert.Contains("of the time it plays", _uploader.Advice, StringComparison.Ordinal);
        await WarmUpAsync();
        Assert.Null(_uploader.Advice);
    }

    [Fact]
    public async Task A_bucket_that_was_gone_is_noticed_when_it_is_back()
    {
        await WarmUpAsync();
        _store.Line.Rule = _ => PutFault.NoBucket;
        var upload = UploadAsync();
        await Until.TrueAsync(() => _uploader.FailedTries >= 3, "it was tried");
        Assert.Equal((StoreFaultKind.NoSuchBucket, 0), (_uploader.Fault!.Kind, _uploader.NewBuckets));
        _store.Line.Rule = _ => null;
        Assert.True((await upload).Stored);
        await UploadAsync("live/b/0/next-x.ts");
        Assert.Equal(1, _uploader.NewBuckets);
    }

    [Fact]
    public async Task Cancelled_it_stops_at_once()
    {
        _store.Line.Rule = _ => PutFault.Late;
        using var stop = new CancellationTokenSource();
        var uploads = Enumerable.Range(0, 9).Select(i => UploadAsync($"live/b/0/{i}-x.ts", stop: stop.Token)).ToArray();
        await Until.TrueAsync(() => _store.Line.Waiting > 0, "some are under way");
        await stop.CancelAsync();
        foreach (var upload in uploads)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => upload.WaitAsync(TimeSpan.FromSeconds(20)));
        await Until.TrueAsync(() => _uploader.Waiting == 0 && _spool.InMemory == 0, "nothing is kept");
        // Its place is free again.
        _store.Line.Rule = _ => null;
        await WarmUpAsync();
    }

    private IEnumerable<SeenPut> Since(TimeSpan at) => _store.Line.Puts.Where(put => put.At >= at);

    /// <summary>Until as many may go as may go at all.</summary>
    private async Task WarmUpAsync()
    {
        for (var i = 0; i < 5; i++)
            Assert.All(
                await Task.WhenAll(Enumerable.Range(0, 2 * Parallel).Select(n => UploadAsync($"live/b/0/warm{i}-{n}.ts"))),
                static result => Assert.True(result.Stored)
            );
    }

    private Task<UploadResult> UploadAsync(
        string key = Key,
        TimeSpan? segment = null,
        UploadKind kind = UploadKind.Segment,
        SegmentUploader? uploader = null,
        CancellationToken? stop = null
    ) =>
        (uploader ?? _uploader)
            .UploadAsync(
                new Upload(key, Body, TestObjects.Segment, segment ?? Segment, kind),
                stop ?? TestContext.Current.CancellationToken
            )
            .WaitAsync(TimeSpan.FromSeconds(60));
}
