using Spillway.Configuration;
using Spillway.Playlists;
using Spillway.Replays;
using Spillway.Tests.Storage;
using Spillway.Tests.Streams;

namespace Spillway.Tests.Replays;

/// <summary>Stopping and starting again, and what is no longer kept.</summary>
public sealed class ReplayRestartTests : ReplayTest
{
    [Fact]
    public async Task What_a_dead_run_left_open_gets_its_end_and_its_length()
    {
        Start();
        var show = await GoOnAirAsync();
        await PlayAsync(show, 3, 3);
        await UntilListedAsync(6);
        // From here on it dies for the replay: the live playlist alone lists what follows.
        await UntilListAsync(static list => list is [{ OnAir: true }], "it is listed");
        Store.Line.Rule = static key => IsReplay(key) ? PutFault.Lost : null;
        await PlayAsync(show, 6, 3);
        await UntilListedAsync(9);
        await StopAsync();
        var before = (await ListAsync())[0];
        Assert.True((await ReplayAsync(before)).Segments.Count < 9);
        Store.Line.Rule = static _ => null;

        Start();
        await EndShowAsync();
        var list = await UntilListAsync(static list => list is [{ OnAir: false }], "its end is listed");
        var replay = await ReplayAsync(list[0]);
        Assert.True(replay.Ended);
        Assert.Equal("0 1 2 3 4 5 6 7 8", Story(show, replay));
        // Until its grace was over there were gaps.
        Assert.Equal(9, list[0].Duration - list[0].Gaps.Seconds, 1);
        Assert.Equal("A show", list[0].Title);
        // Counted up to the last word of the dead run, and taken to go on like that.
        Assert.True(list[0].BytesEstimated);
        var stored = Store
            .Line.Stored.Where(static put => put.Key.EndsWith(".ts", StringComparison.Ordinal))
            .Sum(static p => p.Body.Length);
        Assert.InRange(list[0].Bytes!.Value, stored * 0.5, stored * 1.5);
        Assert.Equal("replays.json", (await PlayerAsync())!.Replays);
    }

    [Fact]
    public async Task One_that_had_its_end_stored_and_was_not_listed_so_is_listed_so()
    {
        Start();
        var show = await GoOnAirAsync();
        await UntilListAsync(static list => list is [{ OnAir: true }], "it is listed");
        Store.Line.Rule = static key => key == "live/replays.json" ? PutFault.Lost : null;
        await EndShowAsync();
        var entry = (await ListAsync())[0];
        await Until.TrueAsync(async () => (await ReplayAsync(entry)).Ended, () => "its end is stored");
        await StopAsync();
        Assert.True((await ListAsync())[0].OnAir);
        Store.Line.Rule = static _ => null;
        Start();
        var list = await UntilListAsync(static list => list is [{ OnAir: false }], "its end is listed");
        Assert.StartsWith("0 1 2", Story(show, await ReplayAsync(list[0])), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Switched_off_it_ends_what_was_begun_and_deletes_nothing()
    {
        Start();
        await GoOnAirAsync();
        await UntilListAsync(static list => list is [{ OnAir: true }], "it is listed");
        await StopAsync();
        Options.Replay.Count = 0;
        Start();
        await EndShowAsync();
        await UntilListAsync(static list => list is [{ OnAir: false }], "its end is listed");
        await SendAsync(new Spillway.Sources.SourceBack());
        await PlayAsync(await Show.GetAsync(Show.Again), 0, 3, atOnce: true);
        await UntilStateAsync("live");
        Assert.Single(await ListAsync());
        Assert.Null((await PlayerAsync())!.Replay);
        Options.Replay.Count = 10;
    }

    [Fact]
    public async Task A_list_that_somebody_else_has_written_is_left_alone_and_the_stream_goes_on()
    {
        var theirs = TestObjects.Bytes("{\"replays\": 5}");
        await Store.Direct.StoreAsync("live/replays.json", theirs);
        Start();
        await GoOnAirAsync();
        var answer = await Stream.DeleteReplayAsync("x")!;
        Assert.Contains("repaired or removed", answer.Refusal, StringComparison.Ordinal);
        Assert.Equal(theirs, (await Store.Direct.FindAsync("live/replays.json")).Body.ToArray());
        Options.Replay.Count = 0;
    }

    [Fact]
    public async Task By_age_it_leaves_the_list()
    {
        Options.Replay.Count = 0;
        Options.Replay.Keep = TimeSpan.FromMinutes(3);
        Start();
        await GoOnAirAsync();
        await EndShowAsync();
        await UntilListAsync(static list => list is [{ OnAir: false }], "it is listed");
        var end = (await ListAsync())[0].End!.Value;
        await UntilListAsync(static list => list is [], "it has left");
        Assert.InRange(Store.Direct.Now - end, TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(6));
        await Until.TrueAsync(async () => (await PlayerAsync())!.Replays is null, () => "players are told");
    }

    [Fact]
    public async Task By_number_the_oldest_leaves_when_the_next_has_ended()
    {
        Options.Replay.Count = 1;
        Start();
        await GoOnAirAsync();
        await PlayAsync(await Show.GetAsync(Show.Larger), 0, 4, run: 1);
        var list = await UntilListAsync(static list => list is [{ OnAir: true }, { OnAir: false }], "both are listed");
        await EndShowAsync();
        var left = await UntilListAsync(static list => list is [{ OnAir: false }], "one is left");
        Assert.Equal(list[0].Broadcast, left[0].Broadcast);
    }

    [Fact]
    public async Task By_size_the_oldest_leaves()
    {
        Options.Replay.Count = 0;
        Options.Replay.Size = new Spillway.Configuration.ByteSize(1_000_000);
        Start();
        await GoOnAirAsync();
        var second = await Show.GetAsync(Show.Larger);
        await PlayAsync(second, 0, 4, run: 1);
        await UntilListAsync(static list => list is [{ OnAir: true }, { OnAir: false }], "both are listed");
        await StopAsync();
        // Room for the second, and not for both.
        Options.Replay.Size = new Spillway.Configuration.ByteSize(second.Bytes.Take(4).Sum(static bytes => bytes.Length) + 1_000);
        Start();
        await EndShowAsync();
        await UntilListAsync(static list => list is [{ OnAir: false }], "one is left");
    }

    [Fact]
    public async Task Deleted_by_hand_it_leaves_the_list_and_no_other_does()
    {
        Start();
        await GoOnAirAsync();
        await PlayAsync(await Show.GetAsync(Show.Larger), 0, 4, run: 1);
        var list = await UntilListAsync(static list => list is [{ OnAir: true }, { OnAir: false }], "both are listed");
        Assert.Contains("is on air", (await Stream.DeleteReplayAsync(list[0].Broadcast)!).Refusal, StringComparison.Ordinal);
        var wrong = await Stream.DeleteReplayAsync("yesterday")!;
        Assert.Equal(
            $"live has no replay of a broadcast \"yesterday\". There are: {list[0].Broadcast}, {list[1].Broadcast}.",
            wrong.Refusal
        );
        var answer = await Stream.DeleteReplayAsync(list[1].Broadcast)!;
        Assert.Null(answer.Refusal);
        Assert.Equal([list[0].Broadcast], (await ListAsync()).Select(static entry => entry.Broadcast));
    }

    [Fact]
    public async Task Deleted_without_a_writer_it_stays_deleted_and_the_next_writer_is_not_driven_away()
    {
        Start();
        await GoOnAirAsync();
        await EndShowAsync();
        var entry = (await UntilListAsync(static list => list is [{ OnAir: false }], "it is listed"))[0];
        await StopAsync();
        await DeleteByCommandAsync(entry.Broadcast);
        Assert.Empty(await ListAsync());
        Start();
        await PlayAsync(await Show.GetAsync(Show.Again), 0, 3, atOnce: true);
        await UntilStateAsync("live");
        await UntilListAsync(list => list is [{ OnAir: true } air] && air.Broadcast != entry.Broadcast, "the next is listed");
        Assert.Null(Stream.Status.Superseded);
    }

    [Fact]
    public async Task The_command_deletes_nothing_behind_a_writer_s_back()
    {
        Start();
        await GoOnAirAsync();
        await PlayAsync(await Show.GetAsync(Show.Larger), 0, 4, run: 1);
        var list = await UntilListAsync(static list => list is [{ OnAir: true }, { OnAir: false }], "both are listed");
        var refused = await Assert.ThrowsAsync<ReplayException>(() => DeleteByCommandAsync(list[1].Broadcast));
        Assert.Equal($"Instance {Stream.Writer!.Instance} writes live: run this command where it runs.", refused.Message);
        await EndShowAsync();
        await UntilListAsync(
            static list => list.Count == 2 && list.All(static entry => !entry.OnAir),
            "both are there, and the second has ended"
        );
        Assert.Null(Stream.Status.Superseded);
    }

    /// <summary>As <c>spillway replay delete</c> does where no Spillway answers.</summary>
    private Task DeleteByCommandAsync(string broadcast) =>
        new ReplayDesk(new SpillwayOptions(), "live", Store.Clock.Time).DeleteAsync(
            Store.Direct,
            "command",
            broadcast,
            TestContext.Current.CancellationToken
        );
}
