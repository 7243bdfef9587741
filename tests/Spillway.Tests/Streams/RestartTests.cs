using Spillway.Playlists;
using Spillway.Sources;
using Spillway.Storage;
using Spillway.Tests.Storage;

namespace Spillway.Tests.Streams;

/// <summary>Stopping, starting again on the same store, and two writers.</summary>
public sealed class RestartTests : OnAirTest
{
    [Fact]
    public async Task Stopping_waits_for_uploads_under_way_and_lists_them()
    {
        Start();
        var show = await GoOnAirAsync();
        Store.Line.Rule = static key => key.EndsWith(".ts", StringComparison.Ordinal) ? PutFault.Late : null;
        await PlayAsync(show, 3, 2, atOnce: true);
        await Until.TrueAsync(() => Store.Line.Waiting == 2, "two are under way");
        var stopped = StopAsync();
        await Clock.Wait(2);
        Assert.False(stopped.IsCompleted);
        Store.Line.Release();
        await stopped;
        var playlist = await PlaylistAsync();
        Assert.Equal("0 1 2 3 4", Story(show, playlist));
        Assert.False(playlist.Ended);
        Assert.Equal("live", (await PlayerAsync())!.State);
    }

    [Fact]
    public async Task Stopping_waits_five_seconds_and_no_longer()
    {
        Start();
        var show = await GoOnAirAsync();
        Store.Line.Rule = static key => key.EndsWith(".ts", StringComparison.Ordinal) ? PutFault.Late : null;
        await PlayAsync(show, 3, 1);
        await Until.TrueAsync(() => Store.Line.Waiting == 1, "one is under way");
        var began = Clock.Elapsed;
        await StopAsync();
        Assert.InRange((Clock.Elapsed - began).TotalSeconds, 4.5, 7);
        Assert.Equal("0 1 2", Story(show, await PlaylistAsync()));
    }

    [Fact]
    public async Task Stopping_ends_the_playlists_of_a_broadcast_that_was_ending()
    {
        Start();
        var show = await GoOnAirAsync();
        Store.Line.Rule = static key => key.Contains("/1000003-", StringComparison.Ordinal) ? PutFault.Late : null;
        await PlayAsync(show, 3, 1);
        await Until.TrueAsync(() => Store.Line.Waiting == 1, "its last is under way");
        await PlayAsync(await Show.GetAsync(Show.Larger), 0, 3, run: 1, atOnce: true);
        await Until.TrueAsync(() => MediaPlaylistKeys.Count == 2, "the next broadcast has its playlist");
        var stopped = StopAsync();
        Store.Line.Release();
        await stopped;
        var old = await PlaylistAsync(MediaPlaylistKeys[0]);
        Assert.True(old.Ended);
        Assert.Equal("0 1 2 3", Story(show, old));
        // It was about to go on air, and still does.
        Assert.Equal(MediaPlaylistKeys[1], $"live/{(await MultivariantAsync()).Variants[0].Uri}");
        Assert.Equal("live", (await PlayerAsync())!.State);
    }

    [Fact]
    public async Task Stopping_waits_for_the_end_of_a_playlist_that_is_on_its_way()
    {
        var larger = await Show.GetAsync(Show.Larger);
        Start();
        await GoOnAirAsync();
        Store.Line.Rule = key => key == MediaPlaylistKeys[0] ? PutFault.Late : null;
        await SendAsync(larger.Segment(0, run: 1));
        await Until.TrueAsync(() => Store.Line.Waiting == 1, "its last version is on its way");
        await Clock.Wait(1);
        var stopped = StopAsync();
        await Clock.Wait(1);
        Assert.False(stopped.IsCompleted);
        Store.Line.Rule = static _ => null;
        Store.Line.Release();
        await stopped;
        Assert.True((await PlaylistAsync()).Ended);
    }

    [Fact]
    public async Task A_writer_that_was_frozen_finds_its_successor_and_stops()
    {
        Start();
        var show = await GoOnAirAsync();
        var (first, firstRunning, firstSource, firstLine) = (Stream, Running, Source, Line);
        firstLine.Freeze();
        // What it does now hangs; its successor goes on where it has stopped.
        await firstSource.Writer.WriteAsync(show.Segment(3), TestContext.Current.CancellationToken);
        Start();
        await PlayAsync(show, 0, 6, atOnce: true);
        await UntilListedAsync(6);
        firstLine.Thaw();
        await firstRunning.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Contains("epoch 2", first.Status.Superseded, StringComparison.Ordinal);
        Assert.Null(Stream.Status.Superseded);
        Assert.Single(MediaPlaylistKeys);
        Assert.Equal("0 1 2 3 4 5", Story(show, await PlaylistAsync()));
    }

    [Fact]
    public async Task Of_two_that_start_at_the_same_moment_one_stops()
    {
        // Neither sees the other's first object.
        Store.Line.Rule = static _ => PutFault.Late;
        Start();
        var (first, firstSource) = (Stream, Source);
        await Until.TrueAsync(() => Store.Line.Waiting == 1, "the first has read the bucket");
        Start();
        var (second, secondSource) = (Stream, Source);
        await Until.TrueAsync(() => Store.Line.Waiting == 2, "the second has read it too");
        Store.Line.Rule = static _ => null;
        Store.Line.Release();
        var show = await Show.GetAsync(Show.Plain);
        for (var i = 0; i < 3; i++)
        {
            firstSource.Writer.TryWrite(show.Segment(i));
            secondSource.Writer.TryWrite(show.Segment(i));
        }
        await Until.TrueAsync(async () => (await PlayerAsync())?.State == "live", () => "one of them is on air");
        await Until.TrueAsync(
            () => first.Status.Superseded is not null || second.Status.Superseded is not null,
            "one of them has stopped"
        );
        await Clock.Wait(3);
        Assert.True(first.Status.Superseded is null || second.Status.Superseded is null, "the other goes on");
    }

    [Fact]
    public async Task An_exception_of_the_store_is_not_waited_out_in_silence()
    {
        Start();
        await GoOnAirAsync();
        Store.Line.Rule = static key =>
            key.EndsWith(".ts", StringComparison.Ordinal) ? throw new InvalidOperationException("A bug.") : null;
        await SendAsync((await Show.GetAsync(Show.Plain)).Segment(3));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Running.WaitAsync(TimeSpan.FromSeconds(20)));
    }
}
