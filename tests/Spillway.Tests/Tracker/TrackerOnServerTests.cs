using System.Net.WebSockets;
using System.Text;
using Spillway.Playlists;
using Spillway.Tracker;

namespace Spillway.Tests.Tracker;

/// <summary>The tracker in the whole server: whose address counts, and which swarms it serves.</summary>
public sealed class TrackerOnServerTests
{
    [Fact]
    public async Task Behind_a_trusted_proxy_the_forwarded_address_counts_and_what_the_client_put_before_it_does_not()
    {
        await using var server = await RunningServer.StartAsync(static options =>
        {
            options.Server.TrustedProxies = ["127.0.0.1"];
            options.Tracker.MaxConnectionsPerAddress = 1;
        });
        using var first = await ConnectAsync(server, "203.0.113.1");
        using var second = await ConnectAsync(server, "203.0.113.2");
        using var sixth = await ConnectAsync(server, "2001:db8:1:2::1");
        foreach (var again in (string[])["203.0.113.1", "198.51.100.9, 203.0.113.2", "2001:db8:1:2:ffff::9"])
            Assert.Contains("503", (await RefusedAsync(() => ConnectAsync(server, again))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_else_is_believed_about_addresses()
    {
        await using var server = await RunningServer.StartAsync(static options =>
        {
            options.Server.TrustedProxies = ["10.0.0.0/8"];
            options.Tracker.MaxConnectionsPerAddress = 1;
        });
        using var first = await ConnectAsync(server, "203.0.113.1");
        Assert.Contains("503", (await RefusedAsync(() => ConnectAsync(server, "203.0.113.2"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_swarms_of_what_is_on_air_are_served()
    {
        await using var server = await RunningServer.StartAsync();
        await server.GoOnAirAsync();
        var playlist = PlaylistParser.Parse(Encoding.UTF8.GetBytes(await Text(server, "/live/playlist.m3u8"))).Multivariant!;
        var hash = new char[TrackerId.Size];
        SwarmHash.Of($"live/{server.Stream.OnAir!.Id}/live", playlist.Variants[0]).CopyTo(hash);

        using var viewer = await TrackerHost.ConnectAsync(server.Port, "live", "127.0.0.1");
        await viewer.SendAsync(Join(new string(hash)));
        Assert.Equal(1, (await viewer.NextAsync()).Number("incomplete"));
        await viewer.SendAsync(Join("hhhhhhhhhhhhhhhhhhhh"));
        var refusal = await viewer.NextAsync();
        Assert.Equal("hhhhhhhhhhhhhhhhhhhh", refusal.Text("info_hash"));
        Assert.Contains("does not serve", refusal.Text("failure reason"), StringComparison.Ordinal);
        await viewer.SendAsync(Join(new string(hash)));
        Assert.Equal(1, (await viewer.NextAsync()).Number("incomplete"));
    }

    [Fact]
    public async Task A_server_set_to_do_so_serves_any_swarm()
    {
        await using var server = await RunningServer.StartAsync(static options => options.Tracker.AnySwarm = true);
        await server.GoOnAirAsync();
        using var viewer = await TrackerHost.ConnectAsync(server.Port, "live", "127.0.0.1");
        await viewer.SendAsync(Join("hhhhhhhhhhhhhhhhhhhh"));
        Assert.Equal(1, (await viewer.NextAsync()).Number("incomplete"));
    }

    private static string Join(string hash) =>
        $$"""{"action":"announce","info_hash":"{{hash}}","peer_id":"-PM0203-aaaaaaaaaaaa","offers":[]}""";

    private static async Task<string> Text(RunningServer server, string path)
    {
        using var answer = await server.GetEdgeAsync(path);
        return await answer.Content.ReadAsStringAsync();
    }

    private static Task<ClientWebSocket> ConnectAsync(RunningServer server, string forwardedFor) =>
        TrackerHost.ConnectAsync(
            server.Port,
            "live",
            "127.0.0.1",
            options => options.SetRequestHeader("X-Forwarded-For", forwardedFor)
        );

    private static Task<WebSocketException> RefusedAsync(Func<Task<ClientWebSocket>> connect) =>
        Assert.ThrowsAsync<WebSocketException>(connect);
}
