using System.Globalization;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Spillway.EndToEnd.Servers;
using Spillway.EndToEnd.Viewers;

namespace Spillway.EndToEnd;

/// <summary>A live delay that follows what viewers report, and players that follow it while they play.</summary>
public sealed class LiveDelayTests : EndToEndTest
{
    private const string Token = "a-token-of-my-own";

    [Fact(Timeout = 120_000)]
    public async Task Players_move_to_a_longer_delay_while_they_play_and_share_and_none_of_them_stalls()
    {
        var source = await CreateSourceAsync();
        var server = await ServeAsync(
            source.Folder,
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["SPILLWAY__ADMIN__TOKEN"] = Token,
                ["SPILLWAY__STREAMS__LIVE__LIVEDELAY__MODE"] = "adaptive",
                ["SPILLWAY__AUDIENCE__AFTER"] = "1s",
                ["SPILLWAY__AUDIENCE__EVERY"] = "1s",
            }
        );
        source.Start();
        await server.ListsAsync(3, TimeSpan.FromSeconds(20));
        Viewer[] viewers = [await OpenAsync(server.Origin), await OpenAsync(server.Origin)];
        foreach (var viewer in viewers)
            await viewer.UntilAsync(static f => f.BytesFromPeers > 0, "they share", TimeSpan.FromSeconds(25));
        var before = await Task.WhenAll(viewers.Select(static viewer => viewer.FiguresAsync()));
        var since = await Task.WhenAll(viewers.Select(static viewer => viewer.NowAsync()));
        var first = await WindowAsync(server);
        var delay = first.GetProperty("delay").GetDouble();

        // Others, whose pictures stand still again and again.
        await using (var stalled = await OthersAsync(server, 5))
        {
            await Until.TrueAsync(
                async () =>
                {
                    await stalled.TellAsync();
                    return (await WindowAsync(server)).GetProperty("delay").GetDouble() > delay;
                },
                TimeSpan.FromSeconds(15),
                () => "the delay is made longer"
            );
        }
        var changed = await WindowAsync(server);
        Assert.Equal(delay + 1, changed.GetProperty("delay").GetDouble());
        Assert.Matches("the picture of 5 of [567] viewers stood still", changed.GetProperty("reason").GetString());
        Assert.True(changed.GetProperty("seconds").GetDouble() >= delay + 1 + 9, $"the window follows: {changed}");

        for (var i = 0; i < viewers.Length; i++)
        {
            var latency = before[i].Latency!.Value;
            await viewers[i]
                .UntilAsync(f => f.Latency > latency + 0.6, $"it plays further back than {latency} s", TimeSpan.FromSeconds(40));
            var playback = await viewers[i].PlaybackAsync(since[i]);
            Assert.Contains("0.95", playback.Rates, StringComparison.Ordinal);
            Assert.True(playback is { LongestStall: < 1, Jumps: 0 }, $"{playback}");
        }
        foreach (var viewer in viewers)
        {
            // There, and at the usual speed again.
            await Until.TrueAsync(
                async () => (await viewer.SamplesAsync())[^1].Rate == 1,
                TimeSpan.FromSeconds(15),
                () => "it plays on at rate 1"
            );
            var then = await viewer.FiguresAsync();
            await viewer.UntilAsync(
                f => f.BytesFromPeers > then.BytesFromPeers,
                "they share as before",
                TimeSpan.FromSeconds(15)
            );
            var after = await viewer.FiguresAsync();
            Assert.Equal((0, 0, 1), (after.Stalls, after.PeersBanned, after.Peers));
            Assert.InRange(after.Latency!.Value, delay, delay + 4);
        }
    }

    private static async Task<JsonElement> WindowAsync(SpillwayProcess server)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var health = JsonSerializer.Deserialize<JsonElement>(await http.GetStringAsync($"{server.Origin}health"));
        var shown = health.GetProperty("streams")[0].GetProperty("window");
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        var told = JsonSerializer.Deserialize<JsonElement>(
            await http.GetStringAsync($"{server.Origin}api/v1/streams/live/window")
        );
        Assert.Equal(shown.GetProperty("mode").GetString(), told.GetProperty("mode").GetString());
        return told;
    }

    private async Task<Others> OthersAsync(SpillwayProcess server, int count)
    {
        var others = new Others();
        for (var i = 0; i < count; i++)
            await others.ComeAsync(new Uri($"{server.Origin.Replace("http:", "ws:", StringComparison.Ordinal)}reports/live"));
        return others;
    }

    /// <summary>Viewers who do nothing but report.</summary>
    private sealed class Others : IAsyncDisposable
    {
        private readonly List<ClientWebSocket> _sockets = [];
        private readonly System.Diagnostics.Stopwatch _since = System.Diagnostics.Stopwatch.StartNew();
        private double _told;

        public async Task ComeAsync(Uri address)
        {
            var socket = new ClientWebSocket();
            _sockets.Add(socket);
            await socket.ConnectAsync(address, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(5));
        }

        public async Task TellAsync()
        {
            var now = _since.Elapsed.TotalSeconds;
            if (_told > 0 && now - _told < 1)
                return;
            var covered = Math.Min(1, now - _told);
            _told = now;
            var report = string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"v":1,"share":1,"session":60,"seconds":{{covered}},"played":0,"fromPeers":0,"fromEdge":1000,"toPeers":0,"stalls":1,"stalled":1,"startUp":null,"latency":9,"rendition":"","peers":0,"rejected":0,"banned":0,"p2p":false}"""
            );
            foreach (var socket in _sockets)
                await socket.SendAsync(Encoding.UTF8.GetBytes(report), WebSocketMessageType.Text, true, CancellationToken.None);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var socket in _sockets)
            {
                using var late = new CancellationTokenSource(TimeSpan.FromSeconds(5));
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, late.Token);
                socket.Dispose();
            }
        }
    }
}
