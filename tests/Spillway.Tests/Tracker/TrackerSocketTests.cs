using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Spillway.Tracker;
using static Spillway.Tests.Tracker.Messages;

namespace Spillway.Tests.Tracker;

public sealed class TrackerSocketTests
{
    [Fact]
    public async Task Two_clients_exchange_offer_and_answer_over_real_sockets()
    {
        await using var host = await TrackerHost.StartAsync();
        using var a = await host.ConnectAsync();
        using var b = await host.ConnectAsync();

        await a.SendAsync(Announce("h", "a", offers: 5));
        Assert.Equal(1, (await a.NextAsync()).Number("incomplete"));
        await b.SendAsync(Announce("h", "b", offers: 5), isBinary: true);
        Assert.Equal(2, (await b.NextAsync()).Number("incomplete"));
        var offer = await a.NextAsync();
        await a.SendAsync(Answer("h", "a", "b", offer.Text("offer_id")));
        Assert.Equal(Id("a"), (await b.NextAsync()).Text("peer_id"));

        var counters = host.Counters;
        Assert.Equal((2, 1, 2), (counters.Connections, counters.Swarms, counters.Peers));
        Assert.Equal((1, 1), (counters.OffersRelayed, counters.AnswersRelayed));
        Assert.Equal(2, counters.Streams["live"].Peers);

        await b.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        await host.UntilAsync(now => now is { Connections: 1, Peers: 1 });
        a.Abort();
        await host.UntilAsync(now => now is { Connections: 0, Peers: 0, Swarms: 0 });
    }

    [Fact]
    public async Task Streams_have_separate_swarms_and_unknown_ones_are_404()
    {
        await using var host = await TrackerHost.StartAsync(streams: ["one", "two"]);
        using var one = await host.ConnectAsync("one");
        using var two = await host.ConnectAsync("two");
        await one.SendAsync(Announce("h", "a"));
        await one.NextAsync();
        await two.SendAsync(Announce("h", "b", offers: 1));
        Assert.Equal(1, (await two.NextAsync()).Number("incomplete"));
        Assert.Equal(0, host.Counters.OffersRelayed);

        var refused = await Assert.ThrowsAsync<WebSocketException>(() => host.ConnectAsync("three"));
        Assert.Contains("404", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_allow_list_knows_the_stream()
    {
        await using var host = await TrackerHost.StartAsync(
            streams: ["one", TrackerServer.AnyStream],
            isAllowed: static (stream, _) => stream == "one"
        );
        using var one = await host.ConnectAsync("one");
        using var other = await host.ConnectAsync("whatever");
        await one.SendAsync(Announce("h", "a"));
        Assert.True((await one.NextAsync()).ContainsKey("interval"));
        await other.SendAsync(Announce("h", "b"));
        Assert.True((await other.NextAsync()).ContainsKey("failure reason"));
    }

    [Fact]
    public async Task A_plain_request_is_told_what_this_is()
    {
        await using var host = await TrackerHost.StartAsync();
        using var http = new HttpClient { BaseAddress = host.Address };
        using var response = await http.GetAsync("/tracker/live");
        Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
        Assert.Equal("websocket", response.Headers.Upgrade.Single().Name);
        Assert.Contains("WebTorrent tracker", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/tracker/other")).StatusCode);
    }

    [Fact]
    public async Task Garbage_costs_nobody_the_connection()
    {
        await using var host = await TrackerHost.StartAsync();
        using var socket = await host.ConnectAsync();
        await socket.SendAsync(""); // nothing, and counted as nothing
        foreach (var garbage in new[] { "null", "[]", "7", "{", "{}", "{\"offers\":[null]}", new string('[', 60_000) })
            await socket.SendAsync(garbage);
        await socket.SendAsync(new byte[] { 0xFF, 0xFE }, WebSocketMessageType.Binary, true, default);
        await socket.SendAsync("""{"action":"announce","info_hash":"hhhhhhhhhhhhhhhhhhhh","offers":[null]}""");
        Assert.Contains("peer_id", (await socket.NextAsync()).Text("failure reason"), StringComparison.Ordinal);
        await socket.SendAsync(Announce("h", "a"));
        Assert.True((await socket.NextAsync()).ContainsKey("interval"));
        Assert.Equal(8, host.Counters.Streams["live"].Malformed);
    }

    [Fact]
    public async Task A_message_in_fragments_up_to_64_KiB_is_read_and_a_larger_one_closes_with_1009()
    {
        await using var host = await TrackerHost.StartAsync();
        using var socket = await host.ConnectAsync();
        var largest = Encoding.UTF8.GetBytes(Announce("h", "a").PadRight(TrackerReader.MaxMessageBytes));
        foreach (var chunk in largest.Chunk(10_000))
            await socket.SendAsync(chunk, WebSocketMessageType.Text, endOfMessage: false, default);
        await socket.SendAsync(Array.Empty<byte>(), WebSocketMessageType.Text, endOfMessage: true, default);
        Assert.True((await socket.NextAsync()).ContainsKey("interval"));

        await socket.SendAsync(Announce("h", "a").PadRight(1_000_000));
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, await socket.CloseOfServerAsync());
        await host.UntilAsync(now => now is { Peers: 0 });
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default);
        await host.UntilAsync(now => now is { Connections: 0 });
    }

    [Fact]
    public async Task More_connections_than_allowed_from_one_address_are_503_until_one_goes()
    {
        await using var host = await TrackerHost.StartAsync(new TrackerOptions { MaxConnectionsPerAddress = 2 });
        using var first = await host.ConnectAsync();
        using var second = await host.ConnectAsync();
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => host.ConnectAsync());
        Assert.Contains("503", refused.Message, StringComparison.Ordinal);
        Assert.Equal((2, 1), (host.Counters.Connections, host.Counters.Refused));

        first.Abort();
        await host.UntilAsync(now => now.Connections == 1);
        using var third = await host.ConnectAsync();
        Assert.Equal(2, host.Counters.Connections);
    }

    [Fact]
    public async Task At_shutdown_clients_get_a_close_and_those_that_do_not_answer_are_not_waited_for()
    {
        await using var host = await TrackerHost.StartAsync();
        using var polite = await host.ConnectAsync();
        using var rude = await RawConnectAsync(host);
        await host.UntilAsync(now => now.Connections == 2);

        var closing = polite.CloseOfServerAsync();
        var start = Stopwatch.GetTimestamp();
        var stopping = host.StopAsync();
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await closing);
        await polite.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, null, default);
        await stopping;
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 8);
        Assert.Equal(0, host.Counters.Connections);
    }

    [Fact]
    public async Task A_client_that_answers_no_ping_is_dropped()
    {
        await using var host = await TrackerHost.StartAsync(new TrackerOptions { Ping = TimeSpan.FromSeconds(2) });
        using var alive = await host.ConnectAsync();
        var receiving = alive.NextAsync(); // a client answers pings only while it reads
        using var dead = await RawConnectAsync(host);
        await host.UntilAsync(now => now.Connections == 2);
        await host.UntilAsync(now => now.Connections == 1);
        Assert.Equal(WebSocketState.Open, alive.State);
        await alive.SendAsync(Announce("h", "a"));
        Assert.True((await receiving).ContainsKey("interval"));
    }

    [Fact]
    public async Task A_client_that_does_not_read_gets_no_more_offers_and_slows_down_nobody()
    {
        await using var host = await TrackerHost.StartAsync(Unlimited.Tracker);
        using var lazy = await RawConnectAsync(host);
        await lazy.GetStream().WriteAsync(Frame(Announce("h", "lazy")));
        await host.UntilAsync(now => now.Peers == 1);
        using var eager = await host.ConnectAsync();

        // Each offer is for the lazy one; about 7 KB each, far more than the operating system and the queue take.
        var offer = Announce("h", "eager", offers: 1).Replace("v=0", new string('x', 7_000), StringComparison.Ordinal);
        var relayed = -1L;
        for (var round = 0; round < 5_000 && host.Counters.OffersRelayed != relayed; round += 100)
        {
            relayed = host.Counters.OffersRelayed;
            for (var i = 0; i < 100; i++)
            {
                // It still sends, so it is alive.
                await lazy.GetStream().WriteAsync(Frame(Announce("h", "lazy")));
                await eager.SendAsync(offer);
                Assert.True((await eager.NextAsync()).ContainsKey("interval"));
            }
        }
        Assert.InRange(relayed, 18, 4_900);
        Assert.Equal(2, host.Counters.Peers);
    }

    [Fact]
    public async Task A_client_that_never_ends_its_message_is_cut_off_after_half_a_minute()
    {
        var time = new FakeTimeProvider();
        await using var host = await TrackerHost.StartAsync(time: time);
        using var idle = await host.ConnectAsync();
        using var slow = await RawConnectAsync(host);
        await slow.GetStream().WriteAsync(Frame(Announce("h", "slow")));
        await host.UntilAsync(now => now.Peers == 1);
        await slow.GetStream().WriteAsync(Frame(Announce("h", "slow")).AsMemory()[..^1]);

        await host.UntilAsync(
            now => now.Connections == 1,
            () => time.Advance(TimeSpan.FromSeconds(1)) // silent for 150 s, it would only lose its membership
        );
        Assert.Equal(0, host.Counters.Peers);
        Assert.InRange(time.GetUtcNow() - time.Start, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(140));
        Assert.Equal(WebSocketState.Open, idle.State);
    }

    [Fact]
    public async Task A_silent_peer_leaves_its_swarm_and_keeps_its_connection()
    {
        var time = new FakeTimeProvider();
        await using var host = await TrackerHost.StartAsync(time: time);
        using var socket = await host.ConnectAsync();
        await socket.SendAsync(Announce("h", "a"));
        await socket.NextAsync();
        time.Advance(TimeSpan.FromSeconds(145));
        Assert.Equal(1, host.Counters.Peers);
        time.Advance(TimeSpan.FromSeconds(10));
        await host.UntilAsync(now => now.Peers == 0);
        await socket.SendAsync(Announce("h", "a"));
        Assert.Equal(1, (await socket.NextAsync()).Number("incomplete"));
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    public void An_IPv6_network_is_a_64_prefix(string address, string network) =>
        Assert.Equal(network, TrackerServer.NetworkOf(IPAddress.Parse(address)));

    /// <summary>A WebSocket that neither reads nor answers pings and closes, being only a TCP connection after its handshake.</summary>
    private static async Task<TcpClient> RawConnectAsync(TrackerHost host)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, host.Address.Port);
        await client
            .GetStream()
            .WriteAsync(
                Encoding.ASCII.GetBytes(
                    "GET /tracker/live HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
                )
            );
        var status = new byte[12];
        await client.GetStream().ReadExactlyAsync(status);
        Assert.Equal("HTTP/1.1 101", Encoding.ASCII.GetString(status));
        return client;
    }

    /// <summary>A client's text frame, masked with zeros: https://www.rfc-editor.org/rfc/rfc6455#section-5.2</summary>
    private static byte[] Frame(string text)
    {
        var payload = Encoding.UTF8.GetBytes(text);
        return [0x81, 0xFE, (byte)(payload.Length >> 8), (byte)payload.Length, 0, 0, 0, 0, .. payload];
    }
}
