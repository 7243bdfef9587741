using Spillway.Playlists;
using Spillway.Sources;
using Spillway.Storage;
using Spillway.Tests.Storage;

namespace Spillway.Tests.Streams;

/// <summary>Whoever starts on a bucket with a broadcast that has not ended goes on with it: the bucket is the database.</summary>
public sealed class ResumeTests : OnAirTest
{
    public ResumeTests() => Options.Window = 100;

    [Theory]
    [InlineData(Show.Plain, false)]
    [InlineData(Show.Plain, true)]
    [InlineData(Show.Fragments, false)]
    [InlineData(Show.Fragments, true)]
    public async Task Within_its_grace_a_broadcast_goes_on_without_a_break(string kind, bool isKilled)
    {
        Start();
        var show = await GoOnAirAsync(kind);
        await PlayAsync(show, 3, 3);
        await UntilListedAsync(6);
        var before = await PlayerAsync();
        var multivariant = (await Store.Direct.FindAsync("live/playlist.m3u8")).Body.ToArray();
        if (isKilled)
            await KillAsync();
        else
            await StopAsync();
        await Clock.Wait(2);

        Start();
        // The source shows its window.
        await PlayAsync(show, 2, 6, atOnce: true);
        await UntilListedAsync(8);
        await PlayAsync(show, 8, 3);
        await UntilListedAsync(11);
        Assert.Single(MediaPlaylistKeys);
        var playlist = await PlaylistAsync();
        Assert.Equal("0 1 2 3 4 5 6 7 8 9 10", Story(show, playlist));
        Assert.DoesNotContain(playlist.Segments, static segment => segment.Discontinuity || segment.Gap);
        Assert.Equal(2, playlist.Stamp!.Value.Epoch);
        AssertDatesAreSums(playlist);
        var after = await PlayerAsync();
        Assert.Equal(
            before! with
            {
                Epoch = 2,
                Revision = after!.Revision,
            },
            after with
            {
                Trackers = before.Trackers,
                Stun = before.Stun,
            }
        );
        Assert.Equal(Unstamped(multivariant), Unstamped((await Store.Direct.FindAsync("live/playlist.m3u8")).Body.ToArray()));

        // The stamp is the new writer's fence; players and peers do not see it.
        static string Unstamped(byte[] playlist) =>
            string.Join(
                '\n',
                System
                    .Text.Encoding.UTF8.GetString(playlist)
                    .Split('\n')
                    .Where(static line => !line.StartsWith("#SPILLWAY", StringComparison.Ordinal))
            );
    }

    [Fact]
    public async Task Players_are_never_told_that_nothing_is_on_air()
    {
        Start();
        var show = await GoOnAirAsync();
        await KillAsync();
        Start();
        await Until.TrueAsync(() => Stream.OnAir is not null, "the origin shows it at once, without a source");
        Assert.Equal(3, Stream.OnAir!.Renditions.Single().Listed!.Segments.Count);
        Assert.NotNull(Stream.Multivariant);
        Assert.Equal("live", Stream.Status.State);
        await PlayAsync(show, 0, 5, atOnce: true);
        await UntilListedAsync(5);
        var states = Store
            .Line.Stored.Where(static put => put.Key == "live/player.json")
            .Select(static put => System.Text.Encoding.UTF8.GetString(put.Body));
        Assert.DoesNotContain(states.Skip(2), static text => text.Contains("offline", StringComparison.Ordinal));
    }

    [Fact]
    public async Task After_its_grace_it_is_ended_and_the_next_begins_without_repeating()
    {
        Options.Grace = TimeSpan.FromSeconds(8);
        Start();
        var show = await GoOnAirAsync();
        await PlayAsync(show, 3, 3);
        await UntilListedAsync(6);
        await StopAsync();
        var left = await PlaylistAsync();
        Assert.False(left.Ended);
        Excuses.Add((Clock.Elapsed, Clock.Elapsed + TimeSpan.FromSeconds(8 + 2 * 2 + 2 + 10)));
        await Clock.Wait(8 + 2 * 2 + 2);

        Start();
        await PlayAsync(show, 3, 6, atOnce: true);
        await Until.TrueAsync(() => MediaPlaylistKeys.Count == 2, "there is a new broadcast");
        await UntilStateAsync("live");
        await UntilListedAsync(3);
        var old = await PlaylistAsync(MediaPlaylistKeys[0]);
        Assert.True(old.Ended);
        Assert.Equal("0 1 2 3 4 5", Story(show, old));
        var next = await PlaylistAsync();
        Assert.Equal("6 7 8", Story(show, next));
        Assert.Equal(1_000_006, next.MediaSequence);
        Assert.Equal(old.DiscontinuitySequence + 1, next.DiscontinuitySequence);
        Assert.True(next.Segments[0].ProgramDateTime >= old.Segments[^1].ProgramDateTime + old.Segments[^1].Duration);
    }

    [Fact]
    public async Task The_same_bytes_of_a_later_run_of_the_source_are_played_again()
    {
        Start();
        var show = await GoOnAirAsync();
        await StopAsync();
        Start();
        await PlayAsync(show, 0, 6, atOnce: true);
        await UntilListedAsync(6);
        // The encoder starts again, and makes the very same segments.
        await PlayAsync(show, 0, 3, run: 1);
        await UntilListedAsync(9);
        var playlist = await PlaylistAsync();
        Assert.Equal("0 1 2 3 4 5 0 1 2", Story(show, playlist));
        Assert.Single(playlist.Segments, static segment => segment.Discontinuity);
    }

    [Fact]
    public async Task Run_again_by_its_supervisor_it_goes_on_as_a_new_process_does()
    {
        Start();
        var show = await GoOnAirAsync();
        Store.Line.Rule = static key => key.EndsWith(".ts", StringComparison.Ordinal) ? PutFault.Late : null;
        await PlayAsync(show, 3, 2);
        await Until.TrueAsync(() => Store.Line.Waiting == 2, "two hang");
        await StopAsync();
        Store.Line.Rule = static _ => null;

        Run();
        await PlayAsync(show, 0, 7, atOnce: true);
        await UntilListedAsync(7);
        Assert.Single(MediaPlaylistKeys);
        Assert.Equal("0 1 2 3 4 5 6", Story(show, await PlaylistAsync()));
        await StopAsync();
        Assert.True(Running.IsCompletedSuccessfully);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_source_that_started_again_meanwhile_costs_one_discontinuity(double away)
    {
        Start("0", "1");
        await GoOnAirTogetherAsync(4);
        await KillAsync();
        Start("0", "1");
        await Clock.Wait(away);
        var again = await Show.GetAsync(Show.Again);
        for (var i = 0; i < 3; i++)
            await SendTogetherAsync(again, i);
        for (var i = 3; i < 6; i++)
        {
            await Clock.Wait(1);
            await SendTogetherAsync(again, i);
        }
        await UntilStoryAsync(again, "0 1 2 3 4 5");
        foreach (var playlist in await BothAsync())
        {
            var back = Assert.Single(playlist.Segments, static segment => segment.Discontinuity);
            Assert.Equal(0, IndexIn(again, back));
        }
        Assert.Equal(2, MediaPlaylistKeys.Count);
    }

    [Fact]
    public async Task A_source_whose_window_has_slid_past_goes_on_behind_a_discontinuity()
    {
        Start("0", "1");
        var show = await GoOnAirTogetherAsync(4);
        await KillAsync();
        Excuses.Add((Clock.Elapsed, Clock.Elapsed + TimeSpan.FromSeconds(6 + 10)));
        await Clock.Wait(6);
        Start("0", "1");
        for (var i = 8; i < 12; i++)
            await SendTogetherAsync(show, i);
        await Clock.Wait(1);
        await SendTogetherAsync(show, 12);
        await UntilStoryAsync(show, "8 9 10 11 12");
        foreach (var playlist in await BothAsync())
        {
            Assert.Equal("0 1 2 3 8 9 10 11 12", Story(show, playlist));
            Assert.Equal(8, IndexIn(show, Assert.Single(playlist.Segments, static segment => segment.Discontinuity)));
        }
    }

    [Fact]
    public async Task What_a_process_makes_anew_never_matches()
    {
        Options.Source = "rtmp";
        Start();
        var show = await GoOnAirAsync();
        await KillAsync();
        Start();
        await PlayAsync(show, 0, 3, atOnce: true);
        await UntilListedAsync(6);
        var playlist = await PlaylistAsync();
        Assert.Equal("0 1 2 0 1 2", Story(show, playlist));
        Assert.True(playlist.Segments[3].Discontinuity);
        Assert.Single(MediaPlaylistKeys);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    public async Task A_rendition_whose_playlist_was_behind_gets_what_it_lacks(string behind)
    {
        Start("0", "1");
        var show = await GoOnAirTogetherAsync(4);
        // Its playlist is not put any more, the other's is.
        Store.Line.Rule = key => key == KeyOf(behind) ? PutFault.Lost : null;
        await SendTogetherAsync(show, 4);
        await Clock.Wait(1);
        await SendTogetherAsync(show, 5);
        await Until.TrueAsync(async () => (await BothAsync()).Exists(static p => p.Segments.Count == 6), () => "one is ahead");
        await KillAsync();
        Store.Line.Rule = static _ => null;
        Assert.Equal([4, 6], (await BothAsync()).Select(static p => p.Segments.Count).Order());

        Start("0", "1");
        for (var i = 3; i < 8; i++)
            await SendTogetherAsync(show, i);
        await UntilListedAsync(8);
        foreach (var playlist in await BothAsync())
        {
            Assert.Equal("0 1 2 3 4 5 6 7", Story(show, playlist));
            Assert.DoesNotContain(playlist.Segments, static segment => segment.Discontinuity);
        }
    }

    [Fact]
    public async Task What_a_rendition_lacks_and_the_source_no_longer_shows_is_a_gap()
    {
        Start("0", "1");
        var show = await GoOnAirTogetherAsync(4);
        Store.Line.Rule = key => key == KeyOf("1") ? PutFault.Lost : null;
        await SendTogetherAsync(show, 4);
        await Clock.Wait(1);
        await SendTogetherAsync(show, 5);
        await Until.TrueAsync(async () => (await BothAsync()).Exists(static p => p.Segments.Count == 6), () => "one is ahead");
        await KillAsync();
        Store.Line.Rule = static _ => null;

        Start("0", "1");
        for (var i = 5; i < 9; i++)
            await SendTogetherAsync(show, i);
        await UntilListedAsync(8);
        await UntilStoryAsync(show, "5 6 7 8");
        var (ahead, behind) = (await PlaylistAsync(0), await PlaylistAsync(1));
        Assert.Equal("0 1 2 3 4 5 6 7 8", Story(show, ahead));
        Assert.Equal("0 1 2 3 - 5 6 7 8", Story(show, behind));
        Assert.DoesNotContain(behind.Segments, static segment => segment.Discontinuity);
    }

    [Fact]
    public async Task Behind_the_gaps_of_a_pause_it_goes_on_with_a_discontinuity_and_loses_nothing()
    {
        Start("0", "1");
        var show = await GoOnAirTogetherAsync(4);
        await SendAsync(new SourceAway("nothing new"));
        await UntilListedAsync(7);
        await KillAsync();
        Start("0", "1");
        await Clock.Wait(4);
        // Some of it was published, some was not.
        for (var i = 2; i < 8; i++)
            await SendTogetherAsync(show, i);
        await UntilStoryAsync(show, "4 5 6 7");
        foreach (var playlist in await BothAsync())
        {
            Assert.Matches("^0 1 2 3( -)+ 4 5 6 7$", Story(show, playlist));
            Assert.Equal(4, IndexIn(show, Assert.Single(playlist.Segments, static segment => segment.Discontinuity)));
        }
    }

    [Fact]
    public async Task A_gap_that_is_listed_is_not_filled_by_what_the_source_still_shows()
    {
        Start();
        var show = await GoOnAirAsync();
        Store.Line.Rule = static key => key.Contains("/1000004-", StringComparison.Ordinal) ? PutFault.Lost : null;
        await PlayAsync(show, 3, 4);
        await UntilListedAsync(7);
        await KillAsync();
        Store.Line.Rule = static _ => null;
        Start();
        await PlayAsync(show, 1, 8, atOnce: true);
        await Until.TrueAsync(
            async () => Story(show, await PlaylistAsync()).EndsWith(" 7 8", StringComparison.Ordinal),
            () => "it goes on"
        );
        // It took so long to give up that a pause was filled meanwhile.
        Assert.Matches("^0 1 2 3 - 5 6( -)* 7 8$", Story(show, await PlaylistAsync()));
    }

    [Fact]
    public async Task Other_renditions_than_before_begin_the_next_broadcast()
    {
        Start();
        var show = await GoOnAirAsync();
        await KillAsync();
        Start("0", "1");
        for (var i = 2; i < 6; i++)
            await SendTogetherAsync(show, i);
        await Until.TrueAsync(async () => (await MultivariantAsync()).Variants.Count == 2, () => "the next one is on air");
        Assert.True((await PlaylistAsync(MediaPlaylistKeys[0])).Ended);
        await UntilListedAsync(3);
        Assert.Equal(1_000_003, (await PlaylistAsync()).MediaSequence);
    }

    [Fact]
    public async Task A_rendition_that_is_found_a_little_later_ends_nothing()
    {
        Start("0", "1");
        var show = await GoOnAirTogetherAsync(4);
        await KillAsync();
        Start("0");
        for (var i = 2; i < 5; i++)
            await SendAsync(show.Segment(i, "0"));
        await Clock.Wait(1);
        await SendAsync(new RenditionsFound([Made.Rendition("0", target: 1), Made.Rendition("1", target: 1)]));
        for (var i = 2; i < 5; i++)
            await SendAsync((await Show.GetAsync(Show.Again)).Segment(i, "1"));
        for (var i = 5; i < 8; i++)
            await SendTogetherAsync(show, i);
        await Clock.Wait(12);
        Assert.Equal(2, MediaPlaylistKeys.Count);
        Assert.False((await PlaylistAsync(0)).Ended);
    }

    [Fact]
    public async Task A_rendition_that_is_not_found_any_more_begins_the_next_broadcast()
    {
        Start("0", "1");
        var show = await GoOnAirTogetherAsync(4);
        await KillAsync();
        Start("0");
        await PlayAsync(show, 2, 16);
        await Until.TrueAsync(async () => (await MultivariantAsync()).Variants.Count == 1, () => "the next one is on air");
        Assert.True((await PlaylistAsync(MediaPlaylistKeys[0])).Ended);
        Assert.True((await PlaylistAsync(MediaPlaylistKeys[1])).Ended);
    }

    [Fact]
    public async Task Time_away_before_the_restart_counts_for_the_grace()
    {
        Options.Grace = TimeSpan.FromSeconds(20);
        Start();
        await GoOnAirAsync();
        await SendAsync(new SourceAway("gone"));
        await Clock.Wait(15);
        await KillAsync();
        Start();
        var began = Clock.Elapsed;
        await SendAsync(new SourceAway("gone"));
        await UntilStateAsync("ended");
        Assert.InRange((Clock.Elapsed - began).TotalSeconds, 1, 12);
        Assert.True((await EndedAsync(MediaPlaylistKeys[0])).Ended);
    }

    [Fact]
    public async Task A_source_that_does_not_come_back_ends_the_broadcast_after_its_grace()
    {
        Options.Grace = TimeSpan.FromSeconds(10);
        Start();
        await GoOnAirAsync();
        await KillAsync();
        Start();
        await SendAsync(new SourceAway("gone"));
        await UntilStateAsync("ended");
        Assert.True((await EndedAsync(MediaPlaylistKeys[0])).Ended);
        Assert.Single(MediaPlaylistKeys);
    }

    [Fact]
    public async Task A_death_between_two_ends_leaves_a_broadcast_that_is_over()
    {
        Options.Grace = TimeSpan.FromSeconds(8);
        Start("0", "1");
        var show = await GoOnAirTogetherAsync(4);
        Store.Line.Rule = key => key == KeyOf("1") ? PutFault.Lost : null;
        Excuses.Add((TimeSpan.Zero, TimeSpan.FromSeconds(60)));
        await SendAsync(new SourceAway("gone"));
        await EndedAsync(KeyOf("0"));
        await KillAsync();
        Store.Line.Rule = static _ => null;
        Assert.False((await PlaylistAsync(KeyOf("1"))).Ended);

        Start("0", "1");
        for (var i = 2; i < 8; i++)
            await SendTogetherAsync(show, i);
        await Until.TrueAsync(() => MediaPlaylistKeys.Count == 4, "there is a next one");
        await UntilStateAsync("live");
        await UntilListedAsync(4);
        Assert.True((await PlaylistAsync(MediaPlaylistKeys[0])).Ended);
        Assert.True((await PlaylistAsync(MediaPlaylistKeys[1])).Ended);
        Assert.Equal("4 5 6 7", Story(show, await PlaylistAsync(0)));
    }

    [Theory]
    [InlineData("<html>not a playlist</html>")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:1,\nelsewhere.ts\n")]
    [InlineData("")]
    public async Task What_somebody_else_has_written_over_a_playlist_stops_nothing(string text)
    {
        Start("0", "1");
        var show = await GoOnAirTogetherAsync(4);
        await KillAsync();
        var (kept, broken) = (KeyOf("0"), KeyOf("1"));
        await Store.Direct.StoreAsync(
            broken,
            System.Text.Encoding.UTF8.GetBytes(text),
            StreamKeys.MediaPlaylistHeaders(2, ended: false)
        );
        Start("0", "1");
        for (var i = 2; i < 8; i++)
            await SendTogetherAsync(show, i);
        await Until.TrueAsync(() => MediaPlaylistKeys.Count == 4, "there is a next one");
        await UntilStateAsync("live");
        await UntilListedAsync(4);
        Assert.True((await EndedAsync(kept)).Ended);
        Assert.Equal("4 5 6 7", Story(show, await PlaylistAsync(0)));
        Assert.True((await PlaylistAsync(0)).MediaSequence >= 1_000_004);
    }

    [Fact]
    public async Task Numbers_and_the_window_go_on_over_ten_restarts()
    {
        Options.Window = 6;
        Start();
        var show = await GoOnAirAsync();
        for (var round = 0; round < 10; round++)
        {
            var at = 3 + 2 * round;
            await PlayAsync(show, at, 2);
            await Until.TrueAsync(() => Stream.Status.Renditions[0].LastNumber == 1_000_000 + at + 1, "it is listed");
            if (round % 2 == 0)
                await KillAsync();
            else
                await StopAsync();
            Start();
            await PlayAsync(show, at - 3, 5, atOnce: true);
        }
        await PlayAsync(show, 23, 3);
        await Until.TrueAsync(() => Stream.Status.Renditions[0].LastNumber == 1_000_025, "it is listed");
        Assert.Single(MediaPlaylistKeys);
        var playlist = await PlaylistAsync();
        Assert.DoesNotContain(playlist.Segments, static segment => segment.Discontinuity || segment.Gap);
        Assert.Equal(playlist.MediaSequence - 1_000_000, IndexIn(show, playlist.Segments[0]));
        Assert.Equal(11, playlist.Stamp!.Value.Epoch);
    }

    private string KeyOf(string rendition) =>
        MediaPlaylistKeys.First(key => key.EndsWith($"/{rendition}/playlist.m3u8", StringComparison.Ordinal));

    private async Task<Show> GoOnAirTogetherAsync(int count)
    {
        var show = await Show.GetAsync(Show.Plain);
        for (var i = 0; i < count; i++)
            await SendTogetherAsync(show, i);
        await UntilStateAsync("live");
        await UntilListedAsync(count);
        return show;
    }

    private async Task SendTogetherAsync(Show show, int index)
    {
        await SendAsync(show.Segment(index, "0"));
        await SendAsync(show.Segment(index, "1"));
    }

    private async Task<List<MediaPlaylist>> BothAsync() => [await PlaylistAsync(0), await PlaylistAsync(1)];

    /// <summary>The end of what both list, without the gaps of the time in which the test only looks.</summary>
    private Task UntilStoryAsync(Show show, string end) =>
        Until.TrueAsync(
            async () => (await BothAsync()).TrueForAll(p => Story(show, p).EndsWith(end, StringComparison.Ordinal)),
            () => $"both end with {end}: {Stream.Status}"
        );

    private static void AssertDatesAreSums(MediaPlaylist playlist)
    {
        for (var i = 1; i < playlist.Segments.Count; i++)
            Assert.Equal(
                (playlist.Segments[i - 1].ProgramDateTime + playlist.Segments[i - 1].Duration)!.Value,
                playlist.Segments[i].ProgramDateTime!.Value,
                TimeSpan.FromMilliseconds(2)
            );
    }
}
