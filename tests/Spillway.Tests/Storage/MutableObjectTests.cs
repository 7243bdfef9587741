using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Spillway.Playlists;
using Spillway.Storage;

namespace Spillway.Tests.Storage;

public sealed class MutableObjectTests : IAsyncLifetime
{
    private const string Key = "live/player.json";
    private const long Epoch = 5;

    private readonly TestStore store = new();
    private readonly CancellationTokenSource stop = new();
    private Task running = Task.CompletedTask;
    private MutableObject mutable = null!;

    public ValueTask InitializeAsync()
    {
        mutable = Open();
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
        await store.DisposeAsync();
    }

    [Fact]
    public async Task Two_PUTs_of_a_key_are_more_than_a_second_apart()
    {
        for (var i = 0; i < 5; i++)
            await PublishAsync($"{i}");
        var puts = store.Line.Puts;
        Assert.Equal(5, puts.Count);
        Assert.All(puts.Zip(puts.Skip(1)), pair => Assert.True(pair.Second.At - pair.First.AnsweredAt >= MutableObject.Spacing));
    }

    [Fact]
    public async Task A_retry_keeps_the_distance_too()
    {
        store.Line.Plan(PutFault.Lost, PutFault.Lost, PutFault.AnswerLost);
        await PublishAsync("1");
        await PublishAsync("2");
        var puts = store.Line.Puts;
        Assert.Equal(4, puts.Count);
        Assert.All(puts.Zip(puts.Skip(1)), pair => Assert.True(pair.Second.At - pair.First.AnsweredAt >= MutableObject.Spacing));
    }

    [Fact]
    public async Task The_newest_wish_wins_and_all_who_wait_are_answered()
    {
        await PublishAsync("first");
        Task[] waiting = [PublishAsync("second"), PublishAsync("third"), PublishAsync("fourth")];
        await Task.WhenAll(waiting);
        Assert.Equal(["first", "fourth"], store.Line.Stored.Select(put => TextOf(put.Body)));
        Assert.Equal(new Stamp(Epoch, 2), mutable.Acknowledged!.Stamp);
    }

    [Fact]
    public async Task A_wish_made_while_an_older_one_fails_stands_for_both()
    {
        store.Line.Plan(PutFault.Late);
        var older = PublishAsync("older");
        await Until.TrueAsync(() => store.Line.Waiting == 1, "the first PUT is under way");
        var newer = PublishAsync("newer");
        await Task.WhenAll(older, newer);
        Assert.Equal("newer", await TextAsync());
        Assert.Equal(["newer"], store.Line.Stored.Select(put => TextOf(put.Body)));
    }

    [Fact]
    public async Task A_lost_answer_is_found_out_by_reading_back_and_costs_no_second_version()
    {
        store.Line.Plan(PutFault.AnswerLost);
        await PublishAsync("1");
        Assert.Single(store.Line.Puts);
        Assert.Equal(new Stamp(Epoch, 1), mutable.Acknowledged!.Stamp);
        Assert.Equal(TestObjects.ETagOf(mutable.Acknowledged.Body), mutable.Acknowledged.ETag);
        // And the next one is conditional on what was found.
        await PublishAsync("2");
        Assert.Equal(PutCondition.Matches(TestObjects.ETagOf(store.Line.Puts[0].Body)), store.Line.Puts[1].Condition);
        Assert.Equal(2, store.Line.Puts.Count);
    }

    [Fact]
    public async Task An_answer_lost_while_nothing_can_be_read_is_sorted_out_afterwards()
    {
        await PublishAsync("1");
        store.Line.Plan(PutFault.AnswerLost);
        store.Line.CannotBeRead = true;
        var published = PublishAsync("2");
        await Until.TrueAsync(() => mutable.Failures >= 2, "it tries again");
        Assert.False(published.IsCompleted);
        store.Line.CannotBeRead = false;
        await published;
        Assert.Equal("2", await TextAsync());
    }

    [Fact]
    public async Task A_PUT_that_lands_after_its_retry_changes_nothing()
    {
        await PublishAsync("1");
        store.Line.Plan(PutFault.Late);
        await PublishAsync("2");
        var stored = await store.Direct.FindAsync(Key);
        store.Line.Release();
        await Until.TrueAsync(() => store.Line.Waiting == 0, "the late one has landed");
        Assert.Contains(store.Line.Puts, put => put.Outcome == PutStatus.PreconditionFailed);
        Assert.Equal(stored.ETag, (await store.Direct.FindAsync(Key)).ETag);
        await PublishAsync("3");
        Assert.Equal("3", await TextAsync());
    }

    [Fact]
    public async Task A_PUT_that_lands_between_the_look_and_the_retry_is_written_over()
    {
        await PublishAsync("1");
        // Both are given up after 5 s, then land in their order: the second fails on its condition.
        store.Line.Plan(PutFault.Late);
        var published = PublishAsync("2");
        await Until.TrueAsync(() => mutable.Failures == 1, "the first try is given up");
        store.Line.Plan(PutFault.Lost);
        store.Line.Release();
        await published;
        Assert.Equal("2", await TextAsync());
        Assert.Equal(mutable.Acknowledged!.ETag, (await store.Direct.FindAsync(Key)).ETag);
    }

    [Fact]
    public async Task No_answer_within_five_seconds_is_a_failed_try()
    {
        store.Line.Plan(PutFault.Late);
        await PublishAsync("1");
        var given = store.Line.Puts[0];
        Assert.Null(given.Outcome);
        Assert.InRange(given.AnsweredAt - given.At, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5.5));
        Assert.Equal(1, mutable.Failures);
    }

    [Fact]
    public async Task What_an_older_writer_puts_is_fenced_again()
    {
        await PublishAsync("1");
        await WriteAsync(new Stamp(Epoch - 1, 700), "theirs");
        await PublishAsync("2");
        Assert.Equal("2", await TextAsync());
        Assert.Equal(Epoch, StampReader.Read((await store.Direct.FindAsync(Key)).Body.Span)!.Value.Epoch);
    }

    [Fact]
    public async Task What_nobody_signed_is_fenced_too()
    {
        await PublishAsync("1");
        await store.Direct.StoreAsync(Key, TestObjects.Bytes("<html>"));
        await PublishAsync("2");
        Assert.Equal("2", await TextAsync());
    }

    [Fact]
    public async Task A_newer_writer_ends_it_and_is_not_overwritten()
    {
        await PublishAsync("1");
        await WriteAsync(new Stamp(Epoch + 1, 1), "theirs");
        var published = PublishAsync("2");
        var exception = await Assert.ThrowsAsync<SupersededException>(() => running.WaitAsync(TimeSpan.FromSeconds(20)));
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
        await Assert.ThrowsAsync<SupersededException>(() => running.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal("theirs", await TextAsync());
    }

    [Fact]
    public async Task A_store_that_says_no_is_asked_again_and_again_more_seldom_until_it_heals()
    {
        store.Line.Rule = _ => PutFault.Denied;
        var published = PublishAsync("1");
        await Until.TrueAsync(() => mutable.Failures >= 8, "it goes on trying");
        Assert.Equal(StoreFaultKind.Denied, mutable.Fault!.Kind);
        Assert.Null(mutable.Acknowledged);
        Assert.False(published.IsCompleted);
        var puts = store.Line.Puts;
        Assert.True(puts[7].At - puts[6].At > puts[1].At - puts[0].At);
        Assert.All(puts.Zip(puts.Skip(1)), pair => Assert.True(pair.Second.At - pair.First.At < TimeSpan.FromSeconds(6.5)));
        store.Line.Rule = _ => null;
        await published;
        Assert.Null(mutable.Fault);
        Assert.Equal("1", await TextAsync());
    }

    [Fact]
    public async Task Completing_lets_the_last_wish_be_stored()
    {
        await PublishAsync("1");
        store.Line.Plan(PutFault.Lost);
        var last = PublishAsync("2");
        mutable.Complete();
        await running.WaitAsync(TimeSpan.FromSeconds(20));
        await last;
        Assert.Equal("2", await TextAsync());
    }

    [Fact]
    public async Task An_object_that_was_deleted_meanwhile_is_made_anew()
    {
        await PublishAsync("1");
        await store.Direct.RemoveAsync(Key);
        await PublishAsync("2");
        Assert.Equal("2", await TextAsync());
        Assert.Equal(PutCondition.Missing, store.Line.Puts[^1].Condition);
    }

    [Fact]
    public async Task It_begins_from_what_the_key_holds_already()
    {
        var before = await WriteAsync(new Stamp(Epoch - 1, 3), "before");
        await stop.CancelAsync();
        mutable = new MutableObject(store.Line, Key, Epoch, conditional: true, store.Clock.Time, NullLogger.Instance);
        mutable.Seen(await store.Direct.FindAsync(Key));
        running = mutable.RunAsync(TestContext.Current.CancellationToken);
        await PublishAsync("after");
        mutable.Complete();
        Assert.Equal(PutCondition.Matches(before), Assert.Single(store.Line.Puts).Condition);
    }

    [Fact]
    public async Task A_store_without_conditions_gets_none()
    {
        await stop.CancelAsync();
        mutable = new MutableObject(store.Line, Key, Epoch, conditional: false, store.Clock.Time, NullLogger.Instance);
        running = mutable.RunAsync(TestContext.Current.CancellationToken);
        store.Line.Plan(PutFault.AnswerLost);
        await PublishAsync("1");
        await PublishAsync("2");
        mutable.Complete();
        Assert.Equal(2, store.Line.Puts.Count);
        Assert.All(store.Line.Puts, put => Assert.Equal(PutCondition.None, put.Condition));
    }

    private MutableObject Open()
    {
        var opened = new MutableObject(store.Line, Key, Epoch, conditional: true, store.Clock.Time, NullLogger.Instance);
        running = opened.RunAsync(stop.Token);
        return opened;
    }

    private Task PublishAsync(string text) =>
        mutable.PublishAsync(stamp => Render(stamp, text), StreamKeys.PlayerHeaders).WaitAsync(TimeSpan.FromSeconds(20));

    /// <summary>Another writer's hand.</summary>
    private Task<string> WriteAsync(Stamp stamp, string text) => store.Direct.StoreAsync(Key, Render(stamp, text));

    private async Task<string> TextAsync() => TextOf((await store.Direct.FindAsync(Key)).Body);

    private static byte[] Render(Stamp stamp, string text) =>
        Encoding.UTF8.GetBytes($$"""{"epoch":{{stamp.Epoch}},"revision":{{stamp.Revision}},"text":"{{text}}"}""");

    private static string TextOf(ReadOnlyMemory<byte> body) => Encoding.UTF8.GetString(body.Span).Split('"')[^2];
}
