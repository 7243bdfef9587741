using Microsoft.Extensions.Logging.Abstractions;
using Spillway.Playlists;
using Spillway.Storage;

namespace Spillway.Tests.Storage;

/// <summary>The lease alone: taken, renewed and given back on a store with a bad line.</summary>
public sealed class LeaseTests : IAsyncLifetime
{
    private const string Key = "live/lease.json";
    private const string Playlist = "live/b/0/playlist.m3u8";

    private readonly TestStore _store = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lease _lease;
    private SourceSight _source = new(false, TimeSpan.FromHours(1), TimeSpan.Zero);

    public LeaseTests() => _lease = Open("me");

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _stop.Dispose();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task The_first_to_come_takes_it_with_the_first_epoch()
    {
        var place = await TakeAsync();
        Assert.Equal(1, place.Epoch);
        Assert.True(place.MayWrite);
        Assert.Equal(new Stamp(1, 1), await StampAsync());
        Assert.Equal(PutCondition.Missing, Assert.Single(_store.Line.Puts).Condition);
        Assert.Equal(StreamKeys.PrivateHeaders, _store.Line.Puts[0].Headers);
        var document = await DocumentAsync();
        Assert.Equal(("me", 5.0, "live", null), (document.Writer, document.Duration, document.Source, document.Playlist));
        Assert.True(await place.ConfirmAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Its_epoch_is_higher_than_all_that_is_found_also_where_there_was_no_lease()
    {
        await _store.Direct.StoreAsync("live/player.json", TestObjects.Bytes("""{"epoch":41,"revision":3}"""));
        Assert.Equal(42, (await TakeAsync()).Epoch);
    }

    [Fact]
    public async Task It_is_renewed_every_2_2_seconds_on_air()
    {
        var place = await KeepAsync();
        place.Tell(Playlist);
        await _store.Clock.Wait(30);
        var puts = _store.Line.Puts;
        Assert.InRange(puts.Count, 12, 16);
        Assert.All(puts.Zip(puts.Skip(1)), pair => Assert.True(pair.Second.At - pair.First.AnsweredAt >= MutableObject.Spacing));
        Assert.Equal(puts.Count, puts.Select(static put => StampReader.Read(put.Body)).Distinct().Count());
        Assert.Equal((Playlist, 5.0), ((await DocumentAsync()).Playlist, (await DocumentAsync()).Duration));
    }

    [Fact]
    public async Task New_versions_of_the_playlist_it_names_make_renewals_needless()
    {
        var place = await KeepAsync();
        place.Tell(Playlist);
        await Until.TrueAsync(async () => (await DocumentAsync()).Playlist == Playlist, () => "it is named");
        var before = _store.Line.Puts.Count;
        for (var i = 0; i < 20; i++)
        {
            place.NoteStored(Playlist, _store.Clock.Time.GetTimestamp());
            Assert.True(place.MayWrite);
            await _store.Clock.Wait(1.5);
        }
        Assert.Equal(before, _store.Line.Puts.Count);
        // Another playlist's do not.
        for (var i = 0; i < 6; i++)
        {
            place.NoteStored("live/b/1/playlist.m3u8", _store.Clock.Time.GetTimestamp());
            await _store.Clock.Wait(1.5);
        }
        Assert.True(_store.Line.Puts.Count > before);
    }

    [Fact]
    public async Task A_source_that_goes_or_comes_is_told_at_once_and_idle_it_is_renewed_seldom()
    {
        var place = await KeepAsync();
        _source = new(true, null, TimeSpan.FromHours(1));
        place.Tell(null);
        await Until.TrueAsync(async () => (await DocumentAsync()).Source == LeaseDocument.Away, () => "it is marked");
        Assert.True(_store.Clock.Elapsed < TimeSpan.FromSeconds(3));
        Assert.Equal(60, (await DocumentAsync()).Duration);
        var before = _store.Line.Puts.Count;
        await _store.Clock.Wait(100);
        Assert.InRange(_store.Line.Puts.Count - before, 4, 6);
        Assert.True(place.MayWrite);
        _source = new(false, TimeSpan.Zero, TimeSpan.Zero);
        place.Tell(null);
        place.Tell(null);
        await Until.TrueAsync(async () => (await DocumentAsync()).Source == LeaseDocument.Live, () => "it is marked again");
        Assert.Equal(5, (await DocumentAsync()).Duration);
    }

    [Fact]
    public async Task Without_renewals_it_stops_after_six_tenths_and_goes_on_when_the_store_is_back()
    {
        var place = await KeepAsync();
        place.Tell(Playlist);
        await _store.Clock.Wait(5);
        Cut();
        await Until.TrueAsync(() => place.Unrenewed > TimeSpan.FromSeconds(3.2), "it is not renewed");
        Assert.True(place.MayWrite || place.Unrenewed >= TimeSpan.FromSeconds(3));
        await Until.TrueAsync(() => !place.MayWrite, "it stops");
        Assert.InRange(place.Unrenewed.TotalSeconds, 3.0, 4.0);
        var waiting = place.WaitUntilMayWriteAsync(_stop.Token);
        Assert.False(await place.ConfirmAsync(TestContext.Current.CancellationToken));
        await _store.Clock.Wait(10);
        Assert.False(waiting.IsCompleted);
        Assert.NotNull(place.Fault);
        Cut(false);
        await waiting.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.True(place.MayWrite);
        Assert.Null(place.Fault);
    }

    [Theory]
    [InlineData(PutFault.AnswerLost)]
    [InlineData(PutFault.Lost)]
    [InlineData(PutFault.Late)]
    [InlineData(PutFault.Denied)]
    internal async Task One_answer_lost_costs_no_place(PutFault fault)
    {
        var place = await KeepAsync();
        place.Tell(Playlist);
        await _store.Clock.Wait(4);
        for (var i = 0; i < 5; i++)
        {
            _store.Line.Plan(fault);
            await _store.Clock.Wait(3);
            _store.Line.Release();
            await _store.Clock.Wait(3);
        }
        Assert.False(place.Kept.IsCompleted);
        Assert.True(place.MayWrite);
        Assert.Equal(1, (await DocumentAsync()).Epoch);
    }

    [Fact]
    public async Task A_PUT_that_takes_it_and_whose_answer_is_lost_has_taken_it()
    {
        _store.Line.Plan(PutFault.AnswerLost);
        var place = await TakeAsync();
        Assert.Equal(1, place.Epoch);
        Assert.Single(_store.Line.Puts);
    }

    [Fact]
    public async Task One_that_takes_it_late_is_known_for_its_own()
    {
        _store.Line.Plan(PutFault.Late);
        var taking = TakeAsync();
        await Until.TrueAsync(() => _store.Line.Puts.Count == 1, "it is given up");
        _store.Line.CannotBeRead = true;
        _store.Line.Release();
        await Until.TrueAsync(() => _store.Line.Waiting == 0, "it lands");
        _store.Line.CannotBeRead = false;
        Assert.InRange((await taking).Epoch, 1, 2);
        Assert.True(_store.Clock.Elapsed < TimeSpan.FromSeconds(9));
    }

    [Fact]
    public async Task A_store_that_answers_slowly_gets_a_longer_lease_instead_of_a_writer_that_stops()
    {
        var place = await KeepAsync();
        place.Tell(Playlist);
        await _store.Clock.Wait(3);
        // Each PUT takes three seconds.
        _store.Line.Rule = static _ => PutFault.Late;
        var mayWrite = 0;
        for (var i = 0; i < 40; i++)
        {
            await Until.TrueAsync(() => _store.Line.Waiting > 0 || place.MayWrite, "a PUT is under way");
            await _store.Clock.Wait(3);
            _store.Line.Release();
            if (i > 10 && place.MayWrite)
                mayWrite++;
        }
        Assert.True(mayWrite >= 27, $"{mayWrite} of 29");
        Assert.InRange((await DocumentAsync()).Duration, 10, 24);
        _store.Line.Rule = static _ => null;
        await Until.TrueAsync(async () => (await DocumentAsync()).Duration <= 6.5, () => "it is short again");
    }

    [Fact]
    public async Task A_successor_is_noticed_and_ends_it()
    {
        var place = await KeepAsync();
        place.Tell(Playlist);
        await _store.Clock.Wait(3);
        await WriteAsync("them", epoch: 2);
        var exception = await Assert.ThrowsAsync<SupersededException>(() => place.Kept.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(2, exception.Epoch);
        Assert.False(place.MayWrite);
        await Assert.ThrowsAsync<SupersededException>(() => place.WaitUntilMayWriteAsync(_stop.Token));
        Assert.False(await place.ConfirmAsync(TestContext.Current.CancellationToken));
        await place.ReleaseAsync();
        Assert.Equal("them", (await DocumentAsync()).Writer);
    }

    [Fact]
    public async Task One_that_is_not_the_writer_any_more_confirms_nothing_before_it_has_noticed()
    {
        var place = await TakeAsync();
        await WriteAsync("them", epoch: 2);
        Assert.True(place.MayWrite);
        Assert.False(await place.ConfirmAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Deleted_or_overwritten_by_hand_it_is_written_again()
    {
        var place = await KeepAsync();
        place.Tell(Playlist);
        await _store.Clock.Wait(3);
        await _store.Direct.RemoveAsync(Key);
        await Until.TrueAsync(async () => (await _store.Direct.LookAsync(Key)).Object is not null, () => "it is there again");
        await _store.Direct.StoreAsync(Key, TestObjects.Bytes("oops"));
        await Until.TrueAsync(async () => await StampAsync() is not null, () => "it is a lease again");
        Assert.False(place.Kept.IsCompleted);
        Assert.Equal("me", (await DocumentAsync()).Writer);
    }

    [Fact]
    public async Task Given_back_it_can_be_had_at_once()
    {
        var place = await KeepAsync();
        await _store.Clock.Wait(3);
        _store.Line.Plan(PutFault.AnswerLost);
        await ReleaseAsync(place);
        Assert.True((await DocumentAsync()).IsReleased);
        Assert.False(place.MayWrite);
        var began = _store.Clock.Elapsed;
        var next = await Open("them").TakeAsync(() => _source, TestContext.Current.CancellationToken);
        Assert.Equal(2, next.Epoch);
        Assert.True(_store.Clock.Elapsed - began < TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_store_that_is_away_does_not_hold_up_a_stop()
    {
        var place = await KeepAsync();
        Cut();
        var began = _store.Clock.Elapsed;
        await ReleaseAsync(place);
        Assert.True(_store.Clock.Elapsed - began < TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task The_same_instance_takes_its_own_at_once_after_a_restart_and_again_when_it_reads_anew()
    {
        await TakeAsync();
        var again = Open("me");
        Assert.Equal(2, (await again.TakeAsync(() => _source, _stop.Token)).Epoch);
        again.Leave();
        Assert.Equal(3, (await again.TakeAsync(() => _source, _stop.Token)).Epoch);
        Assert.True(_store.Clock.Elapsed < TimeSpan.FromSeconds(4));
        Assert.Equal(0, again.Report.TakeOvers);
    }

    [Fact]
    public async Task Of_twins_with_one_id_each_takes_the_other_s_lease_once_at_most()
    {
        var place = await KeepAsync();
        place.Tell(Playlist);
        var twin = Open("me");
        await twin.TakeAsync(() => _source, _stop.Token);
        var exception = await Assert.ThrowsAsync<SupersededException>(() => place.Kept.WaitAsync(TimeSpan.FromSeconds(20)));
        _lease.Yield(exception);
        var began = _store.Clock.Elapsed;
        // It waits for the expiry, under another name.
        Assert.Equal(3, (await _lease.TakeAsync(() => _source, _stop.Token)).Epoch);
        Assert.True(_store.Clock.Elapsed - began >= TimeSpan.FromSeconds(4.9));
        Assert.NotEqual("me", _lease.Report.Instance);
    }

    [Fact]
    public async Task A_higher_epoch_in_some_object_is_surpassed_and_not_fought_over()
    {
        await TakeAsync();
        _lease.Yield(new SupersededException("live/replays.json", 90));
        Assert.Equal(91, (await TakeAsync()).Epoch);
    }

    private Lease Open(string instance) => new(_store.Line, "live", instance, _store.Clock.Time, NullLogger.Instance);

    private Task<LeasedPlace> TakeAsync() => _lease.TakeAsync(() => _source, _stop.Token).WaitAsync(TimeSpan.FromSeconds(20));

    private async Task<LeasedPlace> KeepAsync()
    {
        var place = await TakeAsync();
        place.Keep(_stop.Token);
        return place;
    }

    private async Task ReleaseAsync(LeasedPlace place)
    {
        await _stop.CancelAsync();
        await place.Kept.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await place.ReleaseAsync();
    }

    private void Cut(bool isCut = true)
    {
        _store.Line.Rule = isCut ? static _ => PutFault.Lost : static _ => null;
        _store.Line.CannotBeRead = isCut;
    }

    private Task<string> WriteAsync(string writer, long epoch) =>
        _store.Direct.StoreAsync(
            Key,
            new LeaseDocument
            {
                Epoch = epoch,
                Revision = 1,
                Writer = writer,
                Duration = 6,
                Source = LeaseDocument.Live,
            }.ToJson()
        );

    private async Task<LeaseDocument> DocumentAsync() => LeaseDocument.Read((await _store.Direct.FindAsync(Key)).Body.Span)!;

    private async Task<Stamp?> StampAsync() => StampReader.Read((await _store.Direct.FindAsync(Key)).Body.Span);
}
