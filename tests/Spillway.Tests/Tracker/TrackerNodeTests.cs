using System.Net;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Spillway.Configuration;
using Spillway.Playlists;
using Spillway.Storage;
using Spillway.Tests.Storage;
using Spillway.Tracker;
using static Spillway.Tests.Tracker.Messages;

namespace Spillway.Tests.Tracker;

/// <summary>A tracker alone: what it serves, and what it says of itself.</summary>
public sealed class TrackerNodeTests
{
    [Fact]
    public async Task An_open_node_serves_any_swarm_of_any_stream_up_to_its_limits_and_says_how_many()
    {
        await using var node = await RunningNode.StartAsync(set: static options => options.Tracker.MaxSwarms = 1);
        using var http = Http(node);
        Assert.Equal("ok", (await HealthAsync(http))["status"]!.GetValue<string>());
        using var a = await TrackerHost.ConnectAsync(node.Port, "whatever", "127.0.0.1");
        using var b = await TrackerHost.ConnectAsync(node.Port, "whatever", "127.0.0.1");
        await a.SendAsync(Announce("h", "a"));
        Assert.Equal(1, (await a.NextAsync()).Number("incomplete"));
        await b.SendAsync(Announce("h", "b", offers: 2));
        Assert.Equal(2, (await b.NextAsync()).Number("incomplete"));
        var offer = await a.NextAsync();
        await a.SendAsync(Answer("h", "a", "b", offer.Text("offer_id")));
        await b.NextAsync();
        await a.SendAsync(Announce("other", "c"));
        Assert.Contains("no room", (await a.NextAsync()).Text("failure reason"), StringComparison.Ordinal);

        var health = await HealthAsync(http);
        Assert.Equal("t1", health["node"]!.GetValue<string>());
        Assert.Equal(
            (2, 1, 2, 2L),
            (
                health["connections"]!.GetValue<int>(),
                health["swarms"]!.GetValue<int>(),
                health["peers"]!.GetValue<int>(),
                health["relays"]!.GetValue<long>()
            )
        );
        Assert.Equal("ok\n", await http.GetStringAsync("/health/live"));
        Assert.Equal("ok\n", await http.GetStringAsync("/health/ready"));
        Assert.Equal(HttpStatusCode.UpgradeRequired, (await http.GetAsync("/tracker/live")).StatusCode);
        foreach (var path in (string[])["/", "/live/playlist.m3u8", "/api/v1/streams", "/watch/live"])
            Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task A_node_with_a_bucket_serves_the_swarms_that_its_streams_have_there_and_no_others()
    {
        await using var store = new TestStore();
        const string Playlist =
            "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1500000,CODECS=\"avc1.64001f,mp4a.40.2\",RESOLUTION=320x180\n"
            + "20261122T190501Z-7f3a/main/playlist.m3u8\n";
        await store.Direct.PutAsync(
            StreamKeys.Multivariant("live"),
            System.Text.Encoding.UTF8.GetBytes(Playlist),
            StreamKeys.MultivariantHeaders,
            PutCondition.None,
            default
        );
        var published = PublishedSwarm.Read("live", System.Text.Encoding.UTF8.GetBytes(Playlist))!;
        var hash = new char[TrackerId.Size];
        SwarmHash.Of(published.Id, published.Variants[0]).CopyTo(hash);
        await using var node = await RunningNode.StartAsync(store.Direct);
        var catalog = node.Service<SwarmCatalog>();
        await Until.TrueAsync(() => catalog.Served("live").Count > 0, "it has read what is on air");

        using var viewer = await TrackerHost.ConnectAsync(node.Port, "live", "127.0.0.1");
        await viewer.SendAsync(Announce("h", "a"));
        Assert.Contains("does not serve", (await viewer.NextAsync()).Text("failure reason"), StringComparison.Ordinal);
        await viewer.SendAsync(
            new JsonObject
            {
                ["action"] = "announce",
                ["info_hash"] = new string(hash),
                ["peer_id"] = Id("a"),
            }.ToJsonString()
        );
        Assert.Equal(1, (await viewer.NextAsync()).Number("incomplete"));
        var refused = await Assert.ThrowsAsync<WebSocketException>(() =>
            TrackerHost.ConnectAsync(node.Port, "other", "127.0.0.1")
        );
        Assert.Contains("404", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_whose_bucket_does_not_answer_is_degraded_and_turns_nobody_away()
    {
        await using var store = new TestStore();
        await using var node = await RunningNode.StartAsync(new DeafStore(store.Direct));
        await Until.TrueAsync(() => node.Health.Status == "degraded", "it says so");
        Assert.Contains("line is dead", node.Health.Problem!, StringComparison.Ordinal);
        using var viewer = await TrackerHost.ConnectAsync(node.Port, "live", "127.0.0.1");
        await viewer.SendAsync(Announce("h", "a"));
        Assert.Equal(1, (await viewer.NextAsync()).Number("incomplete"));
    }

    [Fact]
    public async Task A_full_node_is_not_ready_and_says_which_limit_it_met()
    {
        await using var node = await RunningNode.StartAsync(set: static options => options.Tracker.MaxConnections = 1);
        using var http = Http(node);
        using var viewer = await TrackerHost.ConnectAsync(node.Port, "live", "127.0.0.1");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/health/ready")).StatusCode);
        Assert.Contains("Tracker:MaxConnections", node.Health.Problem!, StringComparison.Ordinal);
        Assert.Equal("ok\n", await http.GetStringAsync("/health/live"));
    }

    [Fact]
    public async Task Behind_a_trusted_proxy_the_forwarded_address_counts_here_too()
    {
        await using var node = await RunningNode.StartAsync(set: static options =>
        {
            options.Server.TrustedProxies = ["127.0.0.1"];
            options.Tracker.MaxConnectionsPerAddress = 1;
        });
        using var first = await ConnectAsync("203.0.113.1");
        using var second = await ConnectAsync("203.0.113.2");
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync("203.0.113.1"));
        Assert.Contains("503", refused.Message, StringComparison.Ordinal);

        Task<ClientWebSocket> ConnectAsync(string from) =>
            TrackerHost.ConnectAsync(
                node.Port,
                "live",
                "127.0.0.1",
                options => options.SetRequestHeader("X-Forwarded-For", from)
            );
    }

    private static HttpClient Http(RunningNode node) =>
        new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://127.0.0.1:{node.Port}") };

    private static async Task<JsonObject> HealthAsync(HttpClient http) =>
        JsonNode.Parse(await http.GetStringAsync("/health"))!.AsObject();

    private sealed class DeafStore(IObjectStore inner) : StoreInFront(inner)
    {
        public override Task<GetResult> GetAsync(string key, CancellationToken cancellationToken) =>
            Task.FromResult(
                new GetResult(
                    GetStatus.Unknown,
                    null,
                    new StoreFault(StoreFaultKind.Unreachable, "The line is dead.", "Mend it.")
                )
            );
    }
}
