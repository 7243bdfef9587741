using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Spillway.EndToEnd.Servers;
using Spillway.EndToEnd.Viewers;
using Spillway.TestSupport;

namespace Spillway.EndToEnd;

/// <summary>
/// Trackers die, and come back, under viewers that share segments: whoever comes afterwards must find those who are there already,
/// which takes a tracker that both know.
/// </summary>
public sealed class TrackerNodeTests(ITestOutputHelper output) : EndToEndTest
{
    [Fact(Timeout = 120_000)]
    public async Task When_a_streams_node_is_killed_its_viewers_play_on_and_whoever_comes_finds_them_through_the_other()
    {
        var show = await StartShowAsync("t1", "t2");
        var nodes = await Task.WhenAll(StartNodeAsync("t1", show), StartNodeAsync("t2", show));
        var server = await ServeAsync(show.Source, show.Settings);
        // Both nodes, and not one of them and the server's own.
        var told = await TrackersAsync(
            show,
            trackers => trackers.All(url => nodes.Any(node => url == $"{node.Address}/tracker/live")),
            TimeSpan.FromSeconds(20)
        );
        var first = nodes.Single(node => told[0] == $"{node.Address}/tracker/live");
        var second = nodes.Single(node => node != first);
        Assert.Equal($"{second.Address}/tracker/live", told[1]);

        Viewer[] before = [await OpenAsync(show.Page), await OpenAsync(show.Page)];
        await SharingAsync(before, server);
        Assert.Equal(2, (await first.HealthAsync()).Connections);
        Assert.Equal(0, (await second.HealthAsync()).Connections);
        Assert.All(before, viewer => Assert.All(viewer.Sockets, socket => Assert.Equal(first.Port, socket.Port)));
        var stalls = await StallsAsync(before);

        await first.KillAsync();
        var killed = Stopwatch.StartNew();
        // The worst moment: player.json still names the dead one first.
        var late = await OpenAsync(show.Page);
        await late.SharesAsync(TimeSpan.FromSeconds(30));
        var found = killed.Elapsed;
        await Until.TrueAsync(
            async () => (await second.HealthAsync()).Connections == 3,
            TimeSpan.FromSeconds(20),
            () => $"all three are on the other node. It wrote:\n{second.Log}"
        );
        Assert.Contains(late.Sockets, socket => socket.Port == second.Port);

        told = await TrackersAsync(
            show,
            trackers => trackers[0].StartsWith(second.Address, StringComparison.Ordinal),
            TimeSpan.FromSeconds(30)
        );
        var followed = killed.Elapsed;
        Assert.Equal(
            $"ws://127.0.0.1:{server.Port}/tracker/live",
            told[1].Replace("{host}", "127.0.0.1", StringComparison.Ordinal)
        );
        Note(
            $"kill -9: a newcomer has bytes from peers after {Seconds(found)} s, player.json names the other node after {Seconds(followed)} s"
        );
        Assert.Equal(stalls, await StallsAsync(before));
        Assert.Equal(0, (await late.FiguresAsync()).Stalls);
        var health = JsonNode.Parse((await server.HealthAsync()).Text)!;
        Assert.Equal("degraded", health["status"]!.GetValue<string>());
        Assert.Equal(
            [first.Name],
            health["trackerNodes"]!
                .AsArray()
                .Where(static node => !node!["lives"]!.GetValue<bool>())
                .Select(static node => node!["node"]!.GetValue<string>())
        );
    }

    [Fact(Timeout = 120_000)]
    [Trait("Speed", "slow")]
    public async Task A_server_whose_tracker_is_restarted_gets_its_viewers_back_within_seconds()
    {
        var show = await StartShowAsync();
        var server = await ServeAsync(show.Source, show.Settings);
        await TrackersAsync(show, static trackers => trackers.Length == 1, TimeSpan.FromSeconds(20));
        Viewer[] before = [await OpenAsync(show.Page), await OpenAsync(show.Page)];
        await SharingAsync(before, server);
        var stalls = await StallsAsync(before);

        Assert.Equal(0, await server.StopAsync());
        var again = await ServeAsync(show.Source, show.Settings, server);
        var restarted = Stopwatch.StartNew();
        var late = await OpenAsync(show.Page);
        await late.SharesAsync(TimeSpan.FromSeconds(30));
        Note($"restart: a newcomer shares {Seconds(restarted.Elapsed)} s after the server answers again");
        await again.HealthyAsync(static health => health.Peers >= 3, "all viewers are back", TimeSpan.FromSeconds(20));
        Assert.Equal(stalls, await StallsAsync(before));
    }

    [Fact(Timeout = 240_000)]
    [Trait("Speed", "slow")]
    public async Task With_no_node_left_the_servers_own_tracker_serves_and_a_node_that_comes_back_gets_its_viewers_back()
    {
        var show = await StartShowAsync("t1");
        var node = await StartNodeAsync("t1", show);
        var server = await ServeAsync(show.Source, show.Settings);
        await TrackersAsync(
            show,
            trackers => trackers[0].StartsWith(node.Address, StringComparison.Ordinal),
            TimeSpan.FromSeconds(20)
        );
        Viewer[] before = [await OpenAsync(show.Page), await OpenAsync(show.Page)];
        await SharingAsync(before, server);

        // A clean stop says goodbye: nobody waits for it to be old.
        var stopped = Stopwatch.StartNew();
        Assert.Equal(0, await node.StopAsync());
        await TrackersAsync(show, static trackers => trackers.Length == 1, TimeSpan.FromSeconds(15));
        Note($"SIGTERM: player.json names the server's own tracker after {Seconds(stopped.Elapsed)} s");
        await server.HealthyAsync(
            static health => health.Peers >= 2,
            "viewers are on the server's own tracker",
            TimeSpan.FromSeconds(30)
        );

        var back = Stopwatch.StartNew();
        var again = await StartNodeAsync("t1", show, node.Port);
        // There is no other node: it takes them at once.
        await TrackersAsync(show, static trackers => trackers.Length == 2, TimeSpan.FromSeconds(30));
        await Until.TrueAsync(
            async () => (await again.HealthAsync()).Connections == 2,
            TimeSpan.FromSeconds(30),
            () => $"viewers are back on the node. It wrote:\n{again.Log}"
        );
        Note($"back: viewers are on the node {Seconds(back.Elapsed)} s after it answers again");
        var late = await OpenAsync(show.Page);
        await late.SharesAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, (await late.FiguresAsync()).Stalls);
    }

    private sealed record Shown(string Source, string Page, CephBucket Bucket, Dictionary<string, string> Settings);

    private async Task<Shown> StartShowAsync(params string[] nodes)
    {
        var ceph = await CephCluster.SharedAsync();
        var bucket = await ceph.CreateBucketAsync();
        var source = await CreateSourceAsync();
        source.Start();
        var settings = new Dictionary<string, string>(ceph.Settings(bucket))
        {
            ["SPILLWAY__TRACKER__STUN"] = "",
            ["SPILLWAY__TRACKER__HEARTBEAT"] = "5s",
        };
        if (nodes.Length > 0)
            settings["SPILLWAY__TRACKER__NODES"] = string.Join(',', nodes);
        return new Shown(source.Folder, $"{bucket.PublicUrl}/watch/index.html", bucket, settings);
    }

    /// <summary>Returns when its heartbeat can be read: a server that finds only one node at its start leaves the other a minute to settle.</summary>
    private async Task<TrackerProcess> StartNodeAsync(string name, Shown show, int port = 0)
    {
        var node = Own(await TrackerProcess.StartAsync(name, Path.Combine(Folder, name), show.Settings, port));
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        await Until.TrueAsync(
            async () =>
            {
                using var answer = await http.GetAsync($"{show.Bucket.PublicUrl}/trackers/{name}.json");
                return answer.IsSuccessStatusCode;
            },
            TimeSpan.FromSeconds(20),
            () => $"{name} has given a sign of life. It wrote:\n{node.Log}"
        );
        return node;
    }

    /// <summary>Waits until players are told of such trackers.</summary>
    private static async Task<string[]> TrackersAsync(Shown show, Func<string[], bool> condition, TimeSpan within)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        string[] told = [];
        var text = "nothing yet";
        await Until.TrueAsync(
            async () =>
            {
                using var answer = await http.GetAsync($"{show.Bucket.PublicUrl}/live/player.json");
                if (!answer.IsSuccessStatusCode)
                    return false;
                text = await answer.Content.ReadAsStringAsync();
                told = [.. JsonNode.Parse(text)!["trackers"]!.AsArray().Select(static tracker => tracker!.GetValue<string>())];
                return condition(told);
            },
            within,
            () => $"players are told of trackers as expected: {text}"
        );
        return told;
    }

    private static async Task SharingAsync(Viewer[] viewers, SpillwayProcess server)
    {
        await server.ListsAsync(3, TimeSpan.FromSeconds(30));
        await AllPlayAsync(viewers, 3, TimeSpan.FromSeconds(40));
        await Until.TrueAsync(
            async () =>
                (await Task.WhenAll(viewers.Select(static viewer => viewer.FiguresAsync()))).Any(static figures =>
                    figures.BytesFromPeers > 0
                ),
            TimeSpan.FromSeconds(30),
            static () => "bytes come from peers"
        );
    }

    private static async Task<int> StallsAsync(IEnumerable<Viewer> viewers) =>
        (await Task.WhenAll(viewers.Select(static viewer => viewer.FiguresAsync()))).Sum(static figures => figures.Stalls);

    private void Note(string text) => output.WriteLine(text);

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture);
}
