using Spillway.Playlists;
using Spillway.Sources;
using Spillway.Storage;
using Spillway.Tests.Storage;

namespace Spillway.Tests.Streams;

/// <summary>How a broadcast ends, and how the next one follows in its place.</summary>
public sealed class NextBroadcastTests : OnAirTest
{
    [Fact]
    public async Task A_segment_too_long_for_the_target_begins_the_next_broadcast_and_nothing_is_lost()
    {
        Start();
        var show = await GoOnAirAsync();
        await PlayAsync(show, 3, 2);
        var slow = await Show.GetAsync(Show.Slow);
        await PlayAsync(slow, 0, 4, run: 1, atOnce: true);
        await UntilBroadcastsAsync(2);
        await UntilListedAsync(4);
        var old = await EndedAsync(MediaPlaylistKeys[0]);
        Assert.Equal("0 1 2 3 4", Story(show, old));
        var next = await PlaylistAsync();
        Assert.Equal("0 1 2 3", Story(slow, next));
        Assert.Equal((2, 5), (old.TargetDuration, next.TargetDuration));
        AssertFollows(old, next);
        Assert.Equal("live", (await PlayerAsync())!.State);
        Assert.Equal(5, (await PlayerAsync())!.TargetDuration);
    }

    [Fact]
    public async Task Another_picture_size_begins_the_next_broadcast()
    {
        Start();
        var show = await GoOnAirAsync();
        var first = (await PlayerAsync())!.Broadcast;
        var larger = await Show.GetAsync(Show.Larger);
        await PlayAsync(larger, 0, 4, run: 1);
        await UntilBroadcastsAsync(2);
        await UntilListedAsync(4);
        var (old, next) = (await EndedAsync(MediaPlaylistKeys[0]), await PlaylistAsync());
        Assert.Equal("0 1 2", Story(show, old));
        Assert.Equal("0 1 2 3", Story(larger, next));
        AssertFollows(old, next);
        Assert.Equal(new Resolution(192, 108), (await MultivariantAsync()).Variants[0].Resolution);
        Assert.NotEqual(first, (await PlayerAsync())!.Broadcast);
    }

    [Fact]
    public async Task The_same_format_after_a_restart_of_the_source_stays_in_the_broadcast()
    {
        var again = await Show.GetAsync(Show.Again);
        Start();
        await GoOnAirAsync();
        await PlayAsync(again, 0, 3, run: 1);
        await UntilListedAsync(6);
        var playlist = await PlaylistAsync();
        Assert.Equal([false, false, false, true, false, false], playlist.Segments.Take(6).Select(s => s.Discontinuity));
        Assert.Single(MediaPlaylistKeys);
    }

    [Fact]
    public async Task Other_renditions_begin_the_next_broadcast()
    {
        Start();
        var show = await GoOnAirAsync();
        await SendAsync(new RenditionsFound([Made.Rendition("0", target: 1), Made.Rendition("1", target: 1)]));
        for (var i = 3; i < 6; i++)
        {
            await SendAsync(show.Segment(i, "0"));
            await SendAsync(show.Segment(i, "1"));
        }
        await UntilBroadcastsAsync(2);
        await UntilListedAsync(3);
        Assert.Equal(2, (await MultivariantAsync()).Variants.Count);
        var old = await PlaylistAsync(MediaPlaylistKeys[0]);
        Assert.True(old.Ended);
        AssertFollows(old, await PlaylistAsync(0));
        AssertFollows(old, await PlaylistAsync(1));
    }

    [Fact]
    public async Task A_source_away_longer_than_its_grace_ends_the_broadcast_and_the_next_goes_on_from_there()
    {
        Options.Grace = TimeSpan.FromSeconds(8);
        Start("0", "1");
        var show = await Show.GetAsync(Show.Plain);
        for (var i = 0; i < 4; i++)
        {
            await SendAsync(show.Segment(i, "0"));
            await SendAsync(show.Segment(i, "1"));
        }
        await UntilStateAsync("live");
        var broadcast = (await PlayerAsync())!.Broadcast;
        await SendAsync(new SourceAway("it has ended"));
        await UntilStateAsync("ended");
        Assert.Equal(broadcast, (await PlayerAsync())!.Broadcast);
        await Until.TrueAsync(
            async () => (await PlaylistAsync(0)).Ended && (await PlaylistAsync(1)).Ended,
            () => "both playlists end"
        );
        var old = await PlaylistAsync(0);
        Assert.StartsWith("0 1 2 3", Story(show, old), StringComparison.Ordinal);
        var last = Store.Line.Stored.Last(put => put.Key == MediaPlaylistKeys[0]);
        Assert.Equal(StreamKeys.MediaPlaylistHeaders(2, ended: true), last.Headers);

        await SendAsync(new SourceBack());
        var again = await Show.GetAsync(Show.Again);
        for (var i = 0; i < 3; i++)
        {
            await SendAsync(again.Segment(i, "0", run: 1));
            await SendAsync(again.Segment(i, "1", run: 1));
        }
        await UntilStateAsync("live");
        await UntilListedAsync(3);
        var next = await PlaylistAsync(0);
        Assert.Equal("0 1 2", Story(again, next));
        AssertFollows(old, next);
        AssertFollows(old, await PlaylistAsync(1));
        // Nothing more is written to what has ended.
        var ended = Store.Line.Stored.Where(put => put.Key == MediaPlaylistKeys[0]).ToList();
        Assert.Single(ended, put => PlaylistParser.Parse(put.Body).Media!.Ended);
        Assert.True(PlaylistParser.Parse(ended[^1].Body).Media!.Ended);
    }

    [Fact]
    public async Task A_source_that_dies_while_the_next_broadcast_is_waited_for_ends_the_stream_too()
    {
        Options.Grace = TimeSpan.FromSeconds(6);
        Start();
        await GoOnAirAsync();
        // One segment of another size ends the broadcast; the three of the next never come.
        await SendAsync((await Show.GetAsync(Show.Larger)).Segment(0, run: 1));
        await Until.TrueAsync(async () => (await PlaylistAsync()).Ended, () => "the broadcast has ended");
        await SendAsync(new SourceAway("gone"));
        await UntilStateAsync("ended");
        Assert.Equal("ended", Stream.Status.State);
    }

    [Fact]
    public async Task A_short_absence_ends_nothing()
    {
        Options.Grace = TimeSpan.FromSeconds(30);
        Start();
        var show = await GoOnAirAsync();
        await SendAsync(new SourceAway("gone"));
        await Clock.Wait(10);
        await SendAsync(new SourceBack());
        await Clock.Wait(25);
        Assert.False((await PlaylistAsync()).Ended);
        Assert.Equal("live", (await PlayerAsync())!.State);
        await PlayAsync(show, 3, 1, run: 1);
        await Until.TrueAsync(() => Stream.Status.Renditions[0].Stored == 4, "it goes on");
    }

    [Fact]
    public async Task A_broadcast_that_comes_late_does_not_take_the_air_from_its_successor()
    {
        // The first one's segments hang in the store until the second has been put on air.
        var show = await Show.GetAsync(Show.Plain);
        Store.Line.Rule = static key =>
            key.Contains("/10000", StringComparison.Ordinal)
            && key.EndsWith(".ts", StringComparison.Ordinal)
            && !key.Contains("/1000003-", StringComparison.Ordinal)
            && !key.Contains("/1000004-", StringComparison.Ordinal)
            && !key.Contains("/1000005-", StringComparison.Ordinal)
                ? PutFault.Late
                : null;
        Start();
        await PlayAsync(show, 0, 3, atOnce: true);
        await Until.TrueAsync(() => Store.Line.Waiting >= 2, "they hang");
        var larger = await Show.GetAsync(Show.Larger);
        await PlayAsync(larger, 0, 3, run: 1, atOnce: true);
        await UntilStateAsync("live");
        var broadcast = (await PlayerAsync())!.Broadcast!;
        Store.Line.Rule = static _ => null;
        Store.Line.Release();
        await Until.TrueAsync(() => MediaPlaylistKeys.Count == 2, "the first one's playlist is stored, late");
        await Clock.Wait(4);
        Assert.StartsWith(broadcast, (await MultivariantAsync()).Variants[0].Uri, StringComparison.Ordinal);
        Assert.Equal(broadcast, Stream.OnAir!.Id);
        Assert.Equal(broadcast, (await PlayerAsync())!.Broadcast);
    }

    [Fact]
    public async Task The_next_broadcast_is_named_only_when_the_one_before_has_its_end()
    {
        // Whoever starts after a crash finds only what is named: it could not end what was named before.
        Start();
        await GoOnAirAsync();
        Store.Line.Rule = static key => key.Contains("/1000003-", StringComparison.Ordinal) ? PutFault.Late : null;
        await SendAsync((await Show.GetAsync(Show.Plain)).Segment(3));
        await Until.TrueAsync(() => Store.Line.Waiting == 1, "its last segment hangs");
        await PlayAsync(await Show.GetAsync(Show.Larger), 0, 3, run: 1, atOnce: true);
        await Until.TrueAsync(() => MediaPlaylistKeys.Count == 2, "the next one has its playlist");
        await Clock.Wait(3);
        Assert.Equal(MediaPlaylistKeys[0], $"live/{(await MultivariantAsync()).Variants[0].Uri}");
        Store.Line.Rule = static _ => null;
        Store.Line.Release();
        await UntilBroadcastsAsync(2);
        var puts = Store.Line.Stored.ToList();
        var ended = puts.FindIndex(put => put.Key == MediaPlaylistKeys[0] && PlaylistParser.Parse(put.Body).Media!.Ended);
        Assert.InRange(ended, 0, puts.FindLastIndex(static put => put.Key == "live/playlist.m3u8"));
    }

    private Task UntilBroadcastsAsync(int count) =>
        Until.TrueAsync(
            async () =>
                MediaPlaylistKeys.Count >= count
                && Stream.OnAir is { } onAir
                && MediaPlaylistKeys[^1].Contains(onAir.Id, StringComparison.Ordinal)
                && (await PlayerAsync())!.Broadcast == onAir.Id,
            () => $"broadcast {count} is on air: {Stream.Status}"
        );

    /// <summary>Numbers, discontinuities and dates go on.</summary>
    private static void AssertFollows(MediaPlaylist old, MediaPlaylist next)
    {
        Assert.Equal(old.MediaSequence + old.Segments.Count, next.MediaSequence);
        Assert.Equal(
            old.DiscontinuitySequence + old.Segments.Count(static segment => segment.Discontinuity) + 1,
            next.DiscontinuitySequence
        );
        Assert.True(next.Segments[0].ProgramDateTime >= old.Segments[^1].ProgramDateTime + old.Segments[^1].Duration);
    }
}
