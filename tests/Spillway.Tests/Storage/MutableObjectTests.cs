using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Spillway.Playlists;
using Spillway.Storage;

namespace Spillway.Tests.Storage;

public sealed class MutableObjectTests : IAsyncLifetime
{
    private const string Key = "live/player.json";
    private const long Epoch = 5;

    private readonly TestStore _store = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private MutableObject _mutable = null!;

    public ValueTask InitializeAsync()
    {
        _mutable = Open();
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Two_PUTs_of_a_key_are_more_than_a_second_apart()
    {
        for (var i = 0; i < 5; i++)
            await PublishAsync($"{i}");
        var puts = _store.Line.Puts;
        Assert.Equal(5, puts.Count);
        Assert.All(puts.Zip(puts.Skip(1)), pair => Assert.True(pair.Second.At - pair.First.AnsweredAt >= MutableObject.Spacing));
    }

    [Fact]
    public async Task A_retry_keeps_the_distance_too()
    {
        _store.Line.Plan(PutFault.Lost, PutFault.Lost, PutFault.AnswerLost);
        await PublishAsync("1");
        await PublishAsync("2");
        var puts = _store.Line.Puts;
        Assert.Equal(4, puts.Count);
        Assert.All(puts.Zip(puts.Skip(1)), pair => Assert.True(pair.Second.At - pair.First.AnsweredAt >= MutableObject.Spacing));
    }

    [Fact]
    public async Task The_newest_wish_wins_and_all_who_wait_are_answered()
    {
        await PublishAsync("first");
        Task[] waiting = [PublishAsync("second"), PublishAsync("third"), PublishAsync("fourth")];
        await Task.WhenAll(waiting);
        Assert.Equal(["first", "fourth"], _store.Line.Stored.Select(put => TextOf(put.Body)));
        Assert.Equal(new Stamp(Epoch, 2), _mutable.Acknowledged!.Stamp);
    }

    [Fact]
    public async Task A_wish_made_while_an_older_one_fails_stands_for_both()
    {
        _store.Line.Plan(PutFault.Late);
        var older = PublishAsync("older");
        await Until.TrueAsync(() => _store.Line.Waiting == 1, "the first PUT is under way");
        var newer = PublishAsync("newer");
        await Task.WhenAll(older, newer);
        Assert.Equal("newer", await TextAsync());
        Assert.Equal(["newer"], _store.Line.Stored.Select(put => TextOf(put.Body)));
    }

    [Fact]
    public async Task A_lost_answer_is_found_out_by_reading_back_and_costs_no_second_version()
    {
        _store.Line.Plan(PutFault.AnswerLost);
        await PublishAsync("1");
        Assert.Single(_store.Line.Puts);
        Assert.Equal(new Stamp(Epoch, 1), _mutable.Acknowledged!.Stamp);
        Assert.Equal(TestObjects.ETagOf(_mutable.Acknowledged.Body), _mutable.Acknowledged.ETag);
        // And the next one is conditional on what was found.
        await PublishAsync("2");
        Assert.Equal(PutCondition.Matches(TestObjects.ETagOf(_store.Line.Puts[0].Body)), _store.Line.Puts[1].Condition);
        Assert.Equal(2, _store.Line.Puts.Count);
    }

    [Fact]
    public async Task An_answer_lost_while_nothing_can_be_read_is_sorted_out_afterwards()
    {
        await PublishAsync("1");
        _store.Line.Plan(PutFault.AnswerLost);
        _store.Line.CannotBeRead = true;
        var published = PublishAsync("2");
        await Until.TrueAsync(() => _mutable.Failures >= 2, "it tries again");
        Assert.False(published.IsCompleted);
        _store.Line.CannotBeRead = false;
        await published;
        Assert.Equal("2", await TextAsync());
    }

    [Fact]
    public async Task A_PUT_that_lands_after_its_retry_changes_nothing()
    {
        await PublishAsync("1");
        _store.Line.Plan(PutFault.Late);
        await PublishAsync("2");
        var stored = await _store.Direct.FindAsync(Key);
        _store.Line.Release();
        await Until.TrueAsync(() => _store.Line.Waiting == 0, "the late one has landed");
        Assert.Contains(_store.Line.Puts, put => put.Outcome == PutStatus.PreconditionFailed);
        Assert.Equal(stored.ETag, (await _store.Direct.FindAsync(Key)).ETag);
        await PublishAsync("3");
        Assert.Equal("3", await TextAsync());
    }

    [Fact]
    public async Task A_PUT_that_lands_between_the_look_and_the_retry_is_written_over()
    {
        await PublishAsync("1");
        // Both are given up after 5 s, then land in their order: the second fails on its condition.
        _store.Line.Plan(PutFault.Late);
        var published = PublishAsync("2");
        await Until.TrueAsync(() => _mutable.Failures == 1, "the first try is given up");
        _store.Line.Plan(PutFault.Lost);
        _store.Line.Release();
        await published;
        Assert.Equal("2", await TextAsync());
        Assert.Equal(_mutable.Acknowledged!.ETag, (await _store.Direct.FindAsync(Key)).ETag);
    }

    [Fact]
    public async Task No_answer_within_five_seconds_is_a_failed_try()
    {
        _store.Line.Plan(PutFault.Late);
        await PublishAsync("1");
        var given = _store.Line.Puts[0];
        Assert.Null(given.Outcome);
        Assert.InRange(given.AnsweredAt - given.At, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5.5));
        Assert.Equal(1, _mutable.Failures);
    }

    [Fact]
    public async Task What_an_older_writer_puts_meanwhile_is_not_overwritten_but_read_first()
    {
        await PublishAsync("1");
        await WriteAsync(new Stamp(Epoch - 1, 700), "theirs");
        _ = PublishAsync("2");
        var exception = await Assert.ThrowsAsync<OvertakenException>(() => _running.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Contains(Key, exception.Message, StringComparison.Ordinal);
        Assert.Equal("theirs", await TextAsync());
    }

    [Fact]
    public async Task It_counts_on_from_what_the_same_writer_has_fenced()
    {
        await WriteAsync(new Stamp(Epoch, 3), "fenced");
        await _stop.CancelAsync();
        _mutable = new MutableObject(_store.Line, Key, Epoch, conditional: true, _store.Clock.Time, NullLogger.Instance);
        _mutable.Seen(await _store.Direct.FindAsync(Key));
        _running = _mutable.RunAsync(TestContext.Current.CancellationToken);
        await PublishAsync("after");
        _mutable.Complete();
        Assert.Equal(new Stamp(Epoch, 4), _mutable.Acknowledged!.Stamp);
    }

    [Fact]
    public async Task What_nobody_signed_is_fenced_too()
    {
        await PublishAsync("1");
        await _store.Direct.StoreAsync(Key, TestObjects.Bytes("<html>"));
        await PublishAsync("2");
        Assert.Equal("2", await TextAsync());
    }

    [Fact]
    public async Task A_newer_writer_ends_it_and_is_not_overwritten()
    {
        await PublishAsync("1");
        await WriteAsync(new Stamp(Epoch + 1, 1), "theirs");
        var published = PublishAsync("2");
        var exception = await Assert.ThrowsAsync<SupersededException>(() => _running.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Contains(Key, exception.Message, StringComparison.Ordinal);
        Assert.Contains($"epoch {Epoch + 1}", exception.Message, StringComparison.Ordinal);
        Assert.Equal("theirs", await TextAsync());
        Assert.False(published.IsCompleted);
    }

    [Fact]
    public async Task Of_two_that_began_with_the_same_epoch_only_the_first_goes_on()
    {
        // Both have read the bucket at the same time, and both put revision 1.
        await WriteAsync(new Stamp(Epoch, 1), "theirs");
        _ = PublishAsync("mine");
        await Assert.ThrowsAsync<SupersededException>(() => _running.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal("theirs", await TextAsync());
    }

    [Fact]
    public async Task A_store_that_says_no_is_asked_again_and_again_more_seldom_until_it_heals()
    {
        _store.Line.Rule = _ => PutFault.Denied;
        var published = PublishAsync("1");
        await Until.TrueAsync(() => _mutable.Failures >= 8, "it goes on trying");
        Assert.Equal(StoreFaultKind.Denied, _mutable.Fault!.Kind);
        Assert.Null(_mutable.Acknowledged);
        Assert.False(published.IsCompleted);
        var puts = _store.Line.Puts;
        Assert.True(puts[7].At - puts[6].At > puts[1].At - puts[0].At);
        Assert.All(puts.Zip(puts.Skip(1)), pair => Assert.True(pair.Second.At - pair.First.At < TimeSpan.FromSeconds(6.5)));
        _store.Line.Rule = _ => null;
        await published;
        Assert.Null(_mutable.Fault);
        Assert.Equal("1", await TextAsync());
    }

    [Fact]
    public async Task Completing_lets_the_last_wish_be_stored()
    {
        await PublishAsync("1");
        _store.Line.Plan(PutFault.Lost);
        var last = PublishAsync("2");
        _mutable.Complete();
        await _running.WaitAsync(TimeSpan.FromSeconds(20));
        await last;
        Assert.Equal("2", await TextAsync());
    }

    [Fact]
    public async Task An_object_that_was_deleted_meanwhile_is_made_anew()
    {
        await PublishAsync("1");
        await _store.Direct.RemoveAsync(Key);
        await PublishAsync("2");
        Assert.Equal("2", await TextAsync());
        Assert.Equal(PutCondition.Missing, _store.Line.Puts[^1].Condition);
    }

    [Fact]
    public async Task It_begins_from_what_the_key_holds_already()
    {
        var before = await WriteAsync(new Stamp(Epoch - 1, 3), "before");
        await _stop.CancelAsync();
        _mutable = new MutableObject(_store.Line, Key, Epoch, conditional: true, _store.Clock.Time, NullLogger.Instance);
        _mutable.Seen(await _store.Direct.FindAsync(Key));
        _running = _mutable.RunAsync(TestContext.Current.CancellationToken);
        await PublishAsync("after");
        _mutable.Complete();
        Assert.Equal(PutCondition.Matches(before), Assert.Single(_store.Line.Puts).Condition);
    }

    [Fact]
    public async Task A_store_without_conditions_gets_none()
    {
        await _stop.CancelAsync();
        _mutable = new MutableObject(_store.Line, Key, Epoch, conditional: false, _store.Clock.Time, NullLogger.Instance);
        _running = _mutable.RunAsync(TestContext.Current.CancellationToken);
        _store.Line.Plan(PutFault.AnswerLost);
        await PublishAsync("1");
        await PublishAsync("2");
        _mutable.Complete();
        Assert.Equal(2, _store.Line.Puts.Count);
        Assert.All(_store.Line.Puts, put => Assert.Equal(PutCondition.None, put.Condition));
    }

    private MutableObject Open()
    {
        var opened = new MutableObject(_store.Line, Key, Epoch, conditional: true, _store.Clock.Time, NullLogger.Instance);
        _running = opened.RunAsync(_stop.Token);
        return opened;
    }

    private Task PublishAsync(string text) =>
        _mutable.PublishAsync(stamp => Render(stamp, text), StreamKeys.PlayerHeaders).WaitAsync(TimeSpan.FromSeconds(20));

    /// <summary>Another writer's hand.</summary>
    private Task<string> WriteAsync(Stamp stamp, string text) => _store.Direct.StoreAsync(Key, Render(stamp, text));

    private async Task<string> TextAsync() => TextOf((await _store.Direct.FindAsync(Key)).Body);

    private static byte[] Render(Stamp stamp, string text) =>
        Encoding.UTF8.GetBytes($$"""{"epoch":{{stamp.Epoch}},"revision":{{stamp.Revision}},"text":"{{text}}"}""");

    private static string TextOf(ReadOnlyMemory<byte> body) => Encoding.UTF8.GetString(body.Span).Split('"')[^2];
}
