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
    [Trait("Speed", "slow")]
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
        await SharedAsync(viewers, 0);
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
        Assert.Equal(delay + 4, changed.GetProperty("delay").GetDouble());
        Assert.Matches("the picture of 5 of [567] viewers stood still", changed.GetProperty("reason").GetString());
        Assert.True(changed.GetProperty("seconds").GetDouble() >= delay + 4 + 9, $"the window follows: {changed}");

        // A start leaves them about a second further back than the delay: some of the four seconds they have already.
        for (var i = 0; i < viewers.Length; i++)
        {
            var viewer = viewers[i];
            await Until.TrueAsync(
                async () => SlowSeconds(await viewer.SamplesAsync()) >= 10,
                TimeSpan.FromSeconds(40),
                () => "it moves back"
            );
            var playback = await viewer.PlaybackAsync(since[i]);
            Assert.Equal("0.95 1", playback.Rates);
            Assert.True(playback is { LongestStall: < 1, Jumps: 0 }, $"{playback}");
        }
        await SharedAsync(viewers, await FromPeersAsync(viewers));
        foreach (var viewer in viewers)
        {
            var after = await viewer.FiguresAsync();
            Assert.Equal((0, 0, 1), (after.Stalls, after.PeersBanned, after.Peers));
            Assert.InRange(after.Latency!.Value, delay - 1, delay + 6);
        }
    }

    /// <summary>One of two has got more from the other than that.</summary>
    private static Task SharedAsync(Viewer[] viewers, long bytes) =>
        Until.TrueAsync(async () => await FromPeersAsync(viewers) > bytes, TimeSpan.FromSeconds(25), () => "they share");

    private static async Task<long> FromPeersAsync(Viewer[] viewers) =>
        (await Task.WhenAll(viewers.Select(static viewer => viewer.FiguresAsync()))).Sum(static figures =>
            figures.BytesFromPeers
        );

    /// <summary>For how long the picture has gone on a twentieth slower than life.</summary>
    private static double SlowSeconds(IReadOnlyList<PlaybackSample> samples) =>
        samples
            .Zip(samples.Skip(1), static (one, next) => one.Rate == 0.95 && next.Position > one.Position ? next.At - one.At : 0)
            .Sum() / 1000;

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
            if (_told > 0 && now - _told < 2)
                return;
            _told = now;
            const string Report =
                """{"v":1,"share":1,"session":60,"seconds":2,"played":0,"fromPeers":0,"fromEdge":1000,"toPeers":0,"stalls":1,"stalled":4,"startUp":null,"latency":9,"rendition":"","peers":0,"rejected":0,"banned":0,"p2p":false}""";
            foreach (var socket in _sockets)
                await socket.SendAsync(Encoding.UTF8.GetBytes(Report), WebSocketMessageType.Text, true, CancellationToken.None);
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
