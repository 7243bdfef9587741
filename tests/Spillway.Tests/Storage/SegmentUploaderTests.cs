using Microsoft.Extensions.Logging.Abstractions;
using Spillway.Storage;

namespace Spillway.Tests.Storage;

public sealed class SegmentUploaderTests : IAsyncDisposable
{
    private const string Key = "live/b/0/1000000-x.ts";
    private const int Parallel = 3;
    private static readonly byte[] Body = TestObjects.Random(5000);
    private static readonly TimeSpan Segment = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Matters = TimeSpan.FromSeconds(24);

    private readonly TestStore _store = new();
    private readonly SegmentUploader _uploader;

    public SegmentUploaderTests() => _uploader = new(_store.Line, Parallel, _store.Clock.Time, NullLogger.Instance);

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _uploader.Dispose();
    }

    [Fact]
    public async Task It_tries_again_with_longer_and_longer_pauses_until_it_is_stored()
    {
        _store.Line.Plan(PutFault.Lost, PutFault.Denied, PutFault.AnswerLost, PutFault.Lost, PutFault.Lost);
        var result = await UploadAsync();
        Assert.True(result.Stored);
        Assert.Equal(6, result.Tries);
        Assert.Equal(Body, (await _store.Direct.FindAsync(Key)).Body.ToArray());
        var pauses = _store.Line.Puts.Zip(_store.Line.Puts.Skip(1), (one, next) => next.At - one.AnsweredAt).ToArray();
        Assert.True(pauses[^1] > pauses[0], string.Join(' ', pauses));
        Assert.All(pauses, pause => Assert.True(pause > TimeSpan.FromMilliseconds(100)));
        Assert.True(result.Elapsed >= pauses.Aggregate(TimeSpan.Zero, (sum, pause) => sum + pause));
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
    }

    [Fact]
    public async Task It_gives_up_when_the_segment_no_longer_matters_and_says_why()
    {
        _store.Line.Rule = _ => PutFault.Lost;
        var result = await UploadAsync();
        Assert.False(result.Stored);
        Assert.True(result.Tries > 5);
        Assert.True(result.Elapsed < Matters);
        Assert.True(result.Elapsed > Matters / 2);
        Assert.Equal(result.Tries, _uploader.FailedTries);
        Assert.Equal(StoreFaultKind.Unreachable, _uploader.Fault!.Kind);
        var tries = _store.Line.Puts.Count;
        await _store.Clock.Wait(10);
        Assert.Equal(tries, _store.Line.Puts.Count);
    }

    [Fact]
    public async Task No_more_than_so_many_go_at_one_time()
    {
        _store.Line.Rule = _ => PutFault.Late;
        var uploads = Enumerable.Range(0, 8).Select(i => UploadAsync($"live/b/0/{i}-x.ts")).ToArray();
        await Until.TrueAsync(() => _store.Line.Waiting == Parallel, "as many as may go are under way");
        _store.Line.Rule = _ => null;
        _store.Line.Release();
        var results = await Task.WhenAll(uploads);
        Assert.All(results, result => Assert.True(result.Stored));
        Assert.Equal(Parallel, _store.Line.MostParallel);
    }

    [Fact]
    public async Task Cancelled_it_stops_at_once()
    {
        _store.Line.Rule = _ => PutFault.Late;
        using var stop = new CancellationTokenSource();
        var upload = _uploader.UploadAsync(Key, Body, TestObjects.Segment, Segment, Matters, stop.Token);
        await Until.TrueAsync(() => _store.Line.Waiting == 1, "it is under way");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => upload.WaitAsync(TimeSpan.FromSeconds(20)));
        // Its place is free again.
        _store.Line.Rule = _ => null;
        Assert.All(
            await Task.WhenAll(Enumerable.Range(0, Parallel).Select(i => UploadAsync($"live/b/0/{i}-x.ts"))),
            result => Assert.True(result.Stored)
        );
    }

    private Task<UploadResult> UploadAsync(string key = Key, TimeSpan? segment = null) =>
        _uploader
            .UploadAsync(key, Body, TestObjects.Segment, segment ?? Segment, Matters, TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(20));
}
