using Spillway.Sources;
using Spillway.Tests.Streams;

namespace Spillway.Tests.Dashboard;

/// <summary>The operator ends a broadcast and switches P2P; both outlast the process that was told.</summary>
public sealed class SwitchOnAirTests : OnAirTest
{
    public SwitchOnAirTests() => Options.Window = 100;

    [Fact]
    public async Task What_was_ended_by_hand_stays_ended_whatever_the_source_still_brings_until_it_is_let_in()
    {
        Start();
        var show = await GoOnAirAsync();
        var first = MediaPlaylistKeys.Single();
        var answer = await Stream.EndAsync()!;
        Assert.Null(answer.Refusal);
        Assert.Equal("ended", answer.Status.State);
        Assert.True((await EndedAsync(first)).Ended);
        await UntilStateAsync("ended");
        await PlayAsync(show, 3, 5);
        Assert.Equal("ended", Stream.Status.State);
        Assert.True(Stream.Status.Switches.Held);
        Assert.Equal([first], MediaPlaylistKeys);
        Assert.True((await PlayerAsync())!.HeldByHand);
        Assert.Contains("ended already", (await Stream.EndAsync()!).Refusal, StringComparison.Ordinal);

        Assert.False((await Stream.LetInAsync()!).Status.Switches.Held);
        await PlayAsync(show, 8, 4);
        await UntilStateAsync("live");
        await Until.TrueAsync(() => MediaPlaylistKeys.Count == 2, "the next broadcast is on air");
        Assert.Null((await PlayerAsync())!.HeldByHand);
        var next = await PlaylistAsync(MediaPlaylistKeys[1]);
        Assert.StartsWith("8 9 10", Story(show, next), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_was_away_for_its_grace_brings_another_show()
    {
        Options.Grace = TimeSpan.FromSeconds(8);
        Start();
        var show = await GoOnAirAsync();
        await Stream.EndAsync()!;
        // An encoder that comes back at once is the same show's.
        await SendAsync(new SourceAway("gone"));
        await Clock.Wait(4);
        await SendAsync(new SourceBack());
        await PlayAsync(show, 3, 4, run: 1);
        Assert.True(Stream.Status.Switches.Held);

        await SendAsync(new SourceAway("gone"));
        await Clock.Wait(9);
        await Until.TrueAsync(() => !Stream.Status.Switches.Held, "it is over");
        await SendAsync(new SourceBack());
        await PlayAsync(show, 7, 4, run: 2);
        await UntilStateAsync("live");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_process_that_comes_after_holds_it_too(bool isKilled)
    {
        Start();
        var show = await GoOnAirAsync();
        await Stream.EndAsync()!;
        // Players have been told, and that is what lasts; the playlists may not have their end yet.
        await Until.TrueAsync(async () => (await PlayerAsync())?.HeldByHand == true, () => "it is stored");
        if (isKilled)
            await KillAsync();
        else
            await StopAsync();

        Start();
        await Until.TrueAsync(() => Stream.Status.Switches.Held, "it is held");
        await PlayAsync(show, 3, 5);
        Assert.Equal("ended", Stream.Status.State);
        Assert.True((await EndedAsync(MediaPlaylistKeys.Single())).Ended);
        await Stream.LetInAsync()!;
        await PlayAsync(show, 8, 4);
        await UntilStateAsync("live");
    }

    [Fact]
    public async Task Nothing_on_air_is_nothing_to_end()
    {
        Start();
        await Until.TrueAsync(() => Stream.EndAsync() is not null, "it runs");
        var answer = await Stream.EndAsync()!;
        Assert.Equal("Nothing is on air on live.", answer.Refusal);
        Assert.False(answer.Status.Switches.Held);
        Assert.Equal("Nothing is on air on live.", answer.Status.Switches.EndRefusal);
        await GoOnAirAsync();
        await Until.TrueAsync(() => Stream.Status.Switches.EndRefusal is null, "there is something now");
    }

    [Fact]
    public async Task P2P_that_is_switched_off_by_hand_stays_off_over_broadcasts_and_processes()
    {
        Start();
        var show = await GoOnAirAsync();
        Assert.True((await PlayerAsync())!.Peers.Enabled);
        Assert.True((await Stream.SetPeersAsync(false)!).Status.Switches.PeersOff);
        await Until.TrueAsync(
            async () => (await PlayerAsync()) is { Peers.Enabled: false, PeersOffByHand: true },
            () => "it is off"
        );

        await StopAsync();
        Start();
        await PlayAsync(show, 2, 4, atOnce: true);
        await UntilListedAsync(6);
        Assert.True(Stream.Status.Switches.PeersOff);
        Assert.True((await PlayerAsync()) is { Epoch: 2, Peers.Enabled: false, PeersOffByHand: true });

        await Stream.SetPeersAsync(true)!;
        await Until.TrueAsync(
            async () => (await PlayerAsync()) is { Peers.Enabled: true, PeersOffByHand: null },
            () => "it is on"
        );
    }

    [Fact]
    public async Task What_the_settings_switch_off_cannot_be_switched_on()
    {
        Options.P2P = false;
        Start();
        await Until.TrueAsync(() => Stream.SetPeersAsync(false) is not null, "it runs");
        Assert.Contains("Streams.live.P2P is false", (await Stream.SetPeersAsync(true)!).Refusal, StringComparison.Ordinal);
    }
}
