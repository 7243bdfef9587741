using Spillway.Playlists;
using Spillway.Sources;
using Spillway.Storage;
using Spillway.Tests.Storage;
using Spillway.Tests.Streams;

namespace Spillway.Tests.Replays;

/// <summary>From the first segment to the last.</summary>
public sealed class ReplayOnAirTests : ReplayTest
{
    [Fact]
    public async Task Without_the_setting_nothing_is_kept_and_nobody_is_told_of_replays()
    {
        Options.Replay.Count = 0;
        Start();
        var show = await GoOnAirAsync();
        await PlayAsync(show, 3, 2);
        await EndShowAsync();
        Assert.DoesNotContain(Store.Line.Puts, static put => put.Key.Contains("replay", StringComparison.Ordinal));
        var player = (await PlayerAsync())!;
        Assert.Null(player.Replay);
        Assert.Null(player.Replays);
    }

    [Fact]
    public async Task A_replay_lists_exactly_the_broadcasts_segments_with_gaps_and_discontinuities()
    {
        Start();
        var show = await GoOnAirAsync();
        await PlayAsync(show, 3, 3);
        // One that the store does not take in time, and a restart of the source.
        Store.Line.Rule = static key => key.Contains("/1000006-", StringComparison.Ordinal) ? PutFault.Lost : null;
        await PlayAsync(show, 6, 14);
        await PlayAsync(await Show.GetAsync(Show.Again), 0, 4, run: 1);
        var live = (await PlaylistAsync()).Segments;
        await EndShowAsync();
        var list = await UntilListAsync(static list => list is [{ OnAir: false }], "it is listed");

        var entry = list[0];
        var replay = await ReplayAsync(entry);
        Assert.True(replay.Ended);
        Assert.Equal(PlaylistType.Event, replay.Type);
        Assert.Equal(1_000_000, replay.MediaSequence);
        Assert.StartsWith(
            "0 1 2 3 4 5 - 7 8 9 10 11 12 13 14 15 16 17 18 19 -1 -1 -1 -1",
            Story(show, replay),
            StringComparison.Ordinal
        );
        Assert.Equal(1, replay.Segments.Count(static segment => segment.Discontinuity));
        // What the live playlist said of a segment, its replay says too.
        foreach (var segment in live)
            Assert.Contains(segment, replay.Segments);
        Assert.Equal("A show", entry.Title);
        Assert.Equal(replay.Segments[0].ProgramDateTime, entry.Begin);
        Assert.Equal(replay.Segments[^1].ProgramDateTime + replay.Segments[^1].Duration, entry.End);
        Assert.Equal(replay.Segments.Sum(static segment => segment.Duration.TotalSeconds), entry.Duration, 3);
        Assert.Equal(replay.Segments.Count(static segment => segment.Gap), entry.Gaps.Count);
        Assert.False(entry.BytesEstimated);
        var media = Store.Line.Stored.Where(static put => put.Key.EndsWith(".ts", StringComparison.Ordinal)).ToList();
        Assert.Equal(media.Sum(static put => (long)put.Body.Length), entry.Bytes);
        // The same objects: nothing is uploaded a second time.
        Assert.Equal(23, media.Count);
        Assert.Equal(media.Count, media.Select(static put => put.Key).Distinct().Count());
        Assert.Null((await PlayerAsync())!.Replay);
        Assert.Equal("replays.json", (await PlayerAsync())!.Replays);
    }

    [Fact]
    public async Task While_on_air_players_are_told_of_the_replay_once_it_is_stored_and_never_before()
    {
        Start();
        await GoOnAirAsync();
        await Until.TrueAsync(async () => (await PlayerAsync())!.Replays is not null, () => "players are told");
        var player = (await PlayerAsync())!;
        Assert.Equal($"{player.Broadcast}/replay.m3u8", player.Replay);
        Assert.True((await ListAsync())[0].OnAir);
        var order = Store
            .Line.Stored.Select(static put => put.Key)
            .Where(static key => key.Contains("replay", StringComparison.Ordinal))
            .ToList();
        Assert.Equal(
            [$"live/{player.Broadcast}/0/replay.m3u8", $"live/{player.Broadcast}/replay.m3u8", "live/replays.json"],
            order.Distinct()
        );
        var toldAt = Store.Line.Puts.ToList().FindIndex(put => put.Key == "live/player.json" && Says(put, "\"replay\""));
        var storedAt = Store.Line.Puts.ToList().FindIndex(put => put.Key == $"live/{player.Broadcast}/replay.m3u8");
        Assert.True(toldAt > storedAt);

        static bool Says(SeenPut put, string text) =>
            System.Text.Encoding.UTF8.GetString(put.Body).Contains(text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replay_is_put_seldom_and_the_live_playlist_waits_for_it()
    {
        Options.Window = 3;
        Start();
        var show = await GoOnAirAsync();
        await PlayAsync(show, 3, 20);
        await UntilListedAsync(20);
        var puts = Store.Line.Stored.Where(static put => put.Key.EndsWith("/0/replay.m3u8", StringComparison.Ordinal)).ToList();
        Assert.Single(puts);
        // Three alone were in the replay that is stored; the 20 that came since stay.
        Assert.True((await PlaylistAsync()).Segments.Count >= 20);
        await PlayAsync(await Show.GetAsync(Show.Again), 0, 15, run: 1);
        await Until.TrueAsync(async () => (await PlaylistAsync()).Segments.Count < 15, () => "the window is short again");
        Assert.Equal(2, Store.Line.Stored.Count(static put => put.Key.EndsWith("/0/replay.m3u8", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task While_replays_cannot_be_stored_nothing_leaves_the_live_playlist()
    {
        Options.Window = 3;
        Start();
        var show = await GoOnAirAsync();
        Store.Line.Rule = static key => IsReplay(key) ? PutFault.Lost : null;
        await PlayAsync(show, 3, 22);
        await PlayAsync(await Show.GetAsync(Show.Again), 0, 20, run: 1);
        await UntilListedAsync(44);
        Assert.Contains("reset", Stream.Status.StoreFault, StringComparison.Ordinal);
        // The first three were in the one version that got there.
        Assert.InRange((await PlaylistAsync()).MediaSequence, 1_000_000, 1_000_003);
        Store.Line.Rule = static _ => null;
        await PlayAsync(await Show.GetAsync(Show.Again), 20, 6, run: 1);
        await Until.TrueAsync(async () => (await PlaylistAsync()).Segments.Count < 15, () => "the window is short again");
    }

    [Fact]
    public async Task An_answer_that_is_lost_costs_neither_the_replay_nor_the_window()
    {
        Options.Window = 3;
        Start();
        var show = await GoOnAirAsync();
        Store.Line.Rule = static key => IsReplay(key) ? PutFault.AnswerLost : null;
        await PlayAsync(show, 3, 22);
        await PlayAsync(await Show.GetAsync(Show.Again), 0, 20, run: 1);
        await Until.TrueAsync(async () => (await PlaylistAsync()).Segments.Count < 15, () => "the window is short again");
        await EndShowAsync();
        var entry = (await UntilListAsync(static list => list is [{ OnAir: false }], "it is listed"))[0];
        Assert.StartsWith("0 1 2 3", Story(show, await ReplayAsync(entry)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fragments_keep_their_initialization_section_and_renditions_their_own_replays()
    {
        Start("low", "high");
        var show = await Show.GetAsync(Show.Fragments);
        for (var i = 0; i < 5; i++)
        {
            if (i > 2)
                await Clock.Wait(1);
            await SendAsync(show.Segment(i, "low"));
            await SendAsync(show.Segment(i, "high"));
        }
        await UntilStateAsync("live");
        await EndShowAsync();
        var entry = (await UntilListAsync(static list => list is [{ OnAir: false }], "it is listed"))[0];
        for (var rendition = 0; rendition < 2; rendition++)
        {
            var replay = await ReplayAsync(entry, rendition: rendition);
            Assert.True(replay.Ended);
            Assert.StartsWith("0 1 2 3 4", Story(show, replay), StringComparison.Ordinal);
            Assert.All(replay.Segments, static segment => Assert.NotNull(segment.Map));
        }
        var top = PlaylistParser.Parse((await Store.Direct.FindAsync($"live/{entry.Playlists[0]}")).Body.Span).Multivariant!;
        var live = await MultivariantAsync();
        Assert.Equal(["low/replay.m3u8", "high/replay.m3u8"], top.Variants.Select(static variant => variant.Uri));
        Assert.Equal(
            live.Variants.Select(static variant => variant with { Uri = "" }),
            top.Variants.Select(static variant => variant with { Uri = "" })
        );
        Assert.Single(Store.Line.Stored, put => put.Key == $"live/{entry.Playlists[0]}");
    }

    [Fact]
    public async Task Each_broadcast_has_a_replay_and_the_newest_stands_first()
    {
        Start();
        var show = await GoOnAirAsync();
        var first = (await PlayerAsync())!.Broadcast;
        await PlayAsync(await Show.GetAsync(Show.Larger), 0, 4, run: 1);
        await Until.TrueAsync(async () => (await PlayerAsync())!.Broadcast != first, () => "the next is on air");
        var list = await UntilListAsync(static list => list is [{ OnAir: true }, { OnAir: false }], "both are listed");
        Assert.Equal(first, list[1].Broadcast);
        Assert.Equal("0 1 2", Story(show, await ReplayAsync(list[1])));
    }

    [Fact]
    public async Task A_stop_leaves_a_replay_that_lists_everything_and_is_not_ended()
    {
        Start();
        var show = await GoOnAirAsync();
        await PlayAsync(show, 3, 6);
        await UntilListedAsync(9);
        await StopAsync();
        var entry = (await ListAsync())[0];
        Assert.True(entry.OnAir);
        var replay = await ReplayAsync(entry);
        Assert.False(replay.Ended);
        Assert.Equal("0 1 2 3 4 5 6 7 8", Story(show, replay));
    }
}
