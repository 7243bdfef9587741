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
    public async Task A_single_writer_has_no_lease_and_no_conditions_and_raises_the_epoch_at_each_start()
    {
        Conditional = false;
        Start();
        var show = await GoOnAirAsync();
        await StopAsync();
        Start();
        await PlayAsync(show, 3, 3, atOnce: true);
        await Until.TrueAsync(async () => (await PlayerAsync())!.Epoch == 2, () => $"players are told anew: {Stream.Status}");
        Assert.Equal("live", Stream.Status.State);
        Assert.Equal(GetStatus.Missing, (await Store.Direct.LookAsync("live/lease.json")).Status);
        Assert.All(Store.Line.Puts, static put => Assert.Equal(PutCondition.None, put.Condition));
        Assert.Null(Stream.Writer);
        Assert.Null(Stream.Refusal);
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
