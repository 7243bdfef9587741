using Spillway.Playlists;
using Spillway.Sources;
using Spillway.Storage;
using Spillway.Tests.Storage;

namespace Spillway.Tests.Streams;

public sealed class GoingOnAirTests : OnAirTest
{
    [Fact]
    public async Task Media_playlists_come_first_then_the_multivariant_then_the_word_to_the_players()
    {
        var show = await Show.GetAsync(Show.Plain);
        Store.Line.Rule = static key => key.EndsWith("/high/playlist.m3u8", StringComparison.Ordinal) ? PutFault.Late : null;
        Start("low", "high");
        await UntilStateAsync("offline");
        for (var i = 0; i < 3; i++)
        {
            await SendAsync(show.Segment(i, "low"));
            await SendAsync(show.Segment(i, "high"));
        }
        await Until.TrueAsync(
            () => Store.Line.Stored.Any(put => put.Key.EndsWith("/low/playlist.m3u8", StringComparison.Ordinal)),
            "one of the two is stored"
        );
        await Clock.Wait(2);
        Assert.Equal(GetStatus.Missing, (await Store.Direct.LookAsync("live/playlist.m3u8")).Status);
        Assert.Null(Stream.OnAir);
        Store.Line.Rule = static _ => null;
        Store.Line.Release();
        await UntilStateAsync("live");
        var player = (await PlayerAsync())!;
        var broadcast = player.Broadcast!;
        var multivariant = await MultivariantAsync();
        Assert.Equal(
            [$"{broadcast}/low/playlist.m3u8", $"{broadcast}/high/playlist.m3u8"],
            multivariant.Variants.Select(v => v.Uri)
        );
        var order = Store.Line.Stored.Select(put => put.Key).ToList();
        var named = order.IndexOf("live/playlist.m3u8");
        Assert.All(multivariant.Variants, variant => Assert.InRange(order.IndexOf($"live/{variant.Uri}"), 0, named));
        var live = Store.Line.Stored.Last(put => put.Key == "live/player.json");
        Assert.True(Store.Line.Stored.ToList().IndexOf(live) > named);

        Assert.Equal("A show", player.Title);
        Assert.Equal($"live/{broadcast}/live", player.Swarm);
        Assert.Equal(2, player.TargetDuration);
        Assert.Equal(1.0, player.SegmentDuration);
        var playlist = await PlaylistAsync();
        Assert.Equal((1_000_000, 0, 2), (playlist.MediaSequence, playlist.DiscontinuitySequence, playlist.TargetDuration));
    }

    [Fact]
    public async Task A_steady_source_is_listed_in_a_sliding_window_without_gaps()
    {
        Start();
        var show = await GoOnAirAsync();
        await PlayAsync(show, 3, 9);
        await UntilListedAsync(12);
        Assert.Equal("0 1 2 3 4 5 6 7 8 9 10 11", Story(show, await PlaylistAsync()));
        Assert.Equal(12, Stream.Status.Renditions[0].Stored);
        await Until.TrueAsync(() => Stream.Status.Renditions[0] is { Listed: 12, LastNumber: >= 1_000_011 }, "it is told");
        Assert.Equal(0, Stream.Status.Gaps);
        // One owner: nothing is written twice.
        Assert.Equal(12, Store.Line.Puts.Count(put => put.Key.EndsWith(".ts", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_window_keeps_to_its_setting()
    {
        Options.Window = 6;
        Start();
        var show = await GoOnAirAsync();
        await PlayAsync(show, 3, 7);
        await Until.TrueAsync(() => Stream.Status.Renditions[0].LastNumber >= 1_000_009, "all are listed");
        var versions = Store
            .Line.Stored.Where(put => put.Key == MediaPlaylistKeys[0])
            .Select(static put => PlaylistParser.Parse(put.Body).Media!)
            .ToList();
        Assert.All(versions, static version => Assert.InRange(version.Segments.Count, 1, 6));
        Assert.All(
            versions.Where(static version => version.MediaSequence > 1_000_000),
            static version => Assert.Equal(6, version.Segments.Count)
        );
        Assert.True(versions[^1].MediaSequence >= 1_000_004);
    }

    [Fact]
    public async Task Fragments_bring_their_initialization_section_once_and_before_them()
    {
        Start();
        var show = await GoOnAirAsync(Show.Fragments);
        await PlayAsync(show, 3, 2);
        await UntilListedAsync(5);
        var playlist = await PlaylistAsync();
        var map = Assert.Single(playlist.Segments.Select(s => s.Map!.Uri).Distinct());
        Assert.Matches("^init-[0-9a-f]{32}\\.mp4$", map);
        Assert.All(playlist.Segments, segment => Assert.EndsWith(".m4s", segment.Uri, StringComparison.Ordinal));
        Assert.Single(Store.Line.Puts, put => put.Key.EndsWith(map, StringComparison.Ordinal));
        Assert.Equal("0 1 2 3 4", Story(show, playlist));
    }

    [Fact]
    public async Task A_fragment_whose_initialization_section_is_not_stored_is_a_gap()
    {
        Store.Line.Rule = static key => key.Contains("/init-", StringComparison.Ordinal) ? PutFault.Denied : null;
        Start();
        var show = await Show.GetAsync(Show.Fragments);
        await PlayAsync(show, 0, 3, atOnce: true);
        await Until.TrueAsync(() => Stream.Status.Gaps == 3, "the first three are given up");
        // They are stored themselves, and of no use: nothing names them.
        Assert.Equal(0, Stream.Status.Renditions[0].Stored);
        Assert.Contains("Storage:SecretAccessKey", Stream.Status.StoreFault, StringComparison.Ordinal);
        Store.Line.Rule = static _ => null;
        await PlayAsync(show, 3, 2);
        // Filler may stand between the gaps and what follows.
        await Until.TrueAsync(() => Stream.Status.Renditions[0].Stored == 2, "the later ones are stored");
        await Until.TrueAsync(
            async () => Story(show, await PlaylistAsync()).EndsWith(" 3 4", StringComparison.Ordinal),
            () => "they are listed"
        );
        await Until.TrueAsync(() => Stream.Status.StoreFault is null, "the fault is forgotten");
    }

    [Fact]
    public async Task A_store_that_is_away_at_the_start_is_waited_for()
    {
        Store.Line.CannotBeRead = true;
        Start();
        await Until.TrueAsync(() => Stream.Status.StoreFault is not null, "the fault is told");
        Assert.Empty(Store.Line.Puts);
        Store.Line.CannotBeRead = false;
        await GoOnAirAsync();
        await Until.TrueAsync(() => Stream.Status.StoreFault is null, "the fault is forgotten");
    }

    [Fact]
    public async Task The_multivariant_keeps_its_words_while_the_broadcast_lasts()
    {
        Start();
        var show = await GoOnAirAsync();
        await PlayAsync(show, 3, 4);
        await UntilListedAsync(7);
        Assert.Single(Store.Line.Stored, put => put.Key == "live/playlist.m3u8");
        Assert.Equal(StreamKeys.MultivariantHeaders, Store.Line.Stored.Single(put => put.Key == "live/playlist.m3u8").Headers);
    }

    [Theory]
    [InlineData("", "What Owncast says")]
    [InlineData("A show", "A show")]
    public async Task The_source_s_title_is_shown_where_the_stream_has_none(string own, string shown)
    {
        Options.Title = own;
        Start();
        await SendAsync(new SourceTitle("What Owncast says"));
        await GoOnAirAsync();
        Assert.Equal(shown, (await PlayerAsync())!.Title);
        await SendAsync(new SourceTitle(""));
        await Until.TrueAsync(
            async () => (await PlayerAsync())!.Title == (own.Length > 0 ? own : "live"),
            () => "without it the stream's name is shown"
        );
    }
}
