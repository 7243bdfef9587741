using Spillway.EndToEnd.Viewers;

namespace Spillway.EndToEnd;

/// <summary>One viewer sends wrong bytes to the others. Its lies carry a mark that would be seen in what is decoded.</summary>
public sealed class LyingPeerTests : EndToEndTest
{
    private static readonly string s_lyingPeer = File.ReadAllText(
        Path.Combine(AppContext.BaseDirectory, "Viewers", "lying-peer.js")
    );

    [Fact(Timeout = 150_000)]
    public Task Wrong_bytes_from_a_peer_are_never_played_and_nobody_stalls() => WatchWithLiarAsync("flip");

    [Fact(Timeout = 150_000)]
    public Task Wrong_bytes_from_a_peer_that_stops_half_way_are_never_played_and_nobody_stalls() =>
        WatchWithLiarAsync("stall-half");

    private async Task WatchWithLiarAsync(string lie)
    {
        var source = await CreateSourceAsync();
        var server = await ServeAsync(source.Folder);
        source.Start();
        await server.ListsAsync(3, TimeSpan.FromSeconds(20));
        var judge = Own(Judge.Watch(server.Edge));

        // The liar comes first, so that it has what the others want.
        var liar = await OpenAsync(server.Origin, $"globalThis.spillwayLie = '{lie}'; {s_lyingPeer}");
        await liar.PlaysAsync(2, TimeSpan.FromSeconds(20));
        // It asks for playlists all the time, and the browser's own copy, good for a second, could keep it behind the others for ever:
        // then it never has what they want, and cannot lie.
        var cache = await liar.Page.Context.NewCDPSessionAsync(liar.Page);
        await cache.SendAsync("Network.enable");
        await cache.SendAsync("Network.setCacheDisabled", new Dictionary<string, object> { ["cacheDisabled"] = true });
        Viewer[] honest =
        [
            await OpenAsync(server.Origin),
            // Plain HTTP on a name: no crypto.subtle, so the page checks hashes by itself.
            await OpenAsync($"http://{Browser.InsecureHost}:{server.Port}/"),
        ];
        Assert.True(await honest[0].ReadAsync<bool>("isSecureContext"));
        Assert.False(await honest[1].ReadAsync<bool>("isSecureContext || crypto.subtle !== undefined"));
        await AllPlayAsync(honest, 16, TimeSpan.FromSeconds(35));

        // Whose turn it is at the edge goes by lot: that lies really come takes some segments. A whole one is refused by its hash, half of
        // one counts as a stall.
        foreach (var viewer in honest)
            await viewer.UntilAsync(
                figures => lie != "flip" || figures.P2pRejected > 0,
                "it has refused a lie",
                TimeSpan.FromSeconds(40)
            );
        Lies lies = new(0, 0);
        await Until.TrueAsync(
            async () =>
            {
                lies = await liar.ReadAsync<Lies>("spillwayLies");
                return lies.Flipped > 0 && (lie == "flip" || lies.Swallowed > 0);
            },
            TimeSpan.FromSeconds(40),
            () => $"it has lied: {lies}"
        );
        foreach (var viewer in honest)
        {
            var figures = await viewer.FiguresAsync();
            var appended = await viewer.AppendedAsync();
            Assert.True(appended is { Bytes: > 300_000, Lies: 0 }, $"{appended}");
            Assert.All(figures.Segments, segment => Assert.True(segment.Sha256Ok, segment.Url));
            Assert.True(figures.BytesFromPeers > 0, $"{figures}");
            Assert.Equal(0, figures.HttpRejected);
            var playback = await viewer.PlaybackAsync(since: 8_000);
            Assert.True(playback.LongestStall < 2 && playback.Speed > 0.9, $"{playback}; {figures}");
        }
        await judge.PassAsync();
    }

    private sealed record Lies(int Flipped, int Swallowed);
}
