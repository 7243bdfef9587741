using System.Net.WebSockets;
using Spillway.Tracker;
using static Spillway.Tests.Tracker.Messages;

namespace Spillway.Tests.Tracker;

/// <summary>
/// What other trackers were seen to die of or to put up with, tried over real sockets: it is refused, and two viewers who have met
/// before notice nothing.
/// </summary>
public sealed class TrackerAbuseTests
{
    private const string Abuser = "127.0.0.66";

    [Theory]
    [InlineData("null")]
    [InlineData("""{"action":"announce","info_hash":"hhhhhhhhhhhhhhhhhhhh","peer_id":"pppppppppppppppppppp","offers":[null]}""")]
    [InlineData(
        """{"action":"announce","info_hash":"hhhhhhhhhhhhhhhhhhhh","peer_id":"pppppppppppppppppppp","offers":[{"offer":null}]}"""
    )]
    [InlineData("""{"action":"announce","info_hash":null,"peer_id":{},"to_peer_id":[],"answer":7,"offers":7}""")]
    [InlineData("""{"action":"scrape","info_hash":[null,{}]}""")]
    [InlineData("""{"action":"__proto__","info_hash":"hhhhhhhhhhhhhhhhhhhh","peer_id":"__proto__"}""")]
    public async Task One_message_kills_nothing(string message)
    {
        await using var pair = await Pair.StartAsync();
        using var abuser = await pair.Host.ConnectAsync(address: Abuser);
        await abuser.SendAsync(message);
        await abuser.SendAsync(message, isBinary: true);
        await pair.AssertUnmovedAsync();
        await AssertAliveAsync(abuser);
    }

    [Fact]
    public async Task Strangers_neither_stop_a_peer_nor_take_its_place()
    {
        await using var pair = await Pair.StartAsync();
        using var abuser = await pair.Host.ConnectAsync(address: Abuser);
        await abuser.SendAsync(Announce("h", "a", @event: "stopped"));
        Assert.Contains("in use", (await abuser.NextAsync()).Text("failure reason"), StringComparison.Ordinal);
        await abuser.SendAsync(Announce("h", "a", offers: 5));
        Assert.Contains("in use", (await abuser.NextAsync()).Text("failure reason"), StringComparison.Ordinal);
        await pair.AssertUnmovedAsync();
        await AssertAliveAsync(abuser);
    }

    [Fact]
    public async Task Answers_that_nobody_asked_for_reach_nobody()
    {
        await using var pair = await Pair.StartAsync();
        using var abuser = await pair.Host.ConnectAsync(address: Abuser);
        await abuser.SendAsync(Announce("h", "x"));
        await abuser.NextAsync();
        foreach (var (name, offer) in new[] { ("x", "b-0"), ("x", "made-up"), ("a", "b-0") })
        {
            await abuser.SendAsync(Answer("h", name, "b", Id(offer)));
            Assert.True((await abuser.NextAsync()).ContainsKey("failure reason"));
        }
        await pair.AssertUnmovedAsync(peers: 3);
        await AssertAliveAsync(abuser);
    }

    [Fact]
    public async Task An_answer_to_one_who_has_left_costs_the_answerer_nothing()
    {
        await using var pair = await Pair.StartAsync();
        var asker = await pair.Host.ConnectAsync(address: Abuser);
        await asker.SendAsync(Announce("h", "x", offers: 5));
        var offer = await pair.A.NextAsync();
        Assert.Equal(Id("x"), offer.Text("peer_id"));
        await pair.B.NextAsync();
        asker.Abort();
        asker.Dispose();
        await pair.Host.UntilAsync(now => now.Peers == 2);
        await pair.A.SendAsync(Answer("h", "a", "x", offer.Text("offer_id")));
        await pair.AssertUnmovedAsync();
    }

    [Fact]
    public async Task Made_up_hashes_fill_no_memory()
    {
        await using var pair = await Pair.StartAsync(isAllowed: static (_, hash) => hash == IdOf("h"));
        using var abuser = await pair.Host.ConnectAsync(address: Abuser);
        for (var i = 0; i < 200; i++)
            await abuser.SendAsync(Announce($"made-up{i}", "x", offers: 1));
        for (var i = 0; i < 200; i++)
            Assert.Contains("does not serve", (await abuser.NextAsync()).Text("failure reason"), StringComparison.Ordinal);
        Assert.Equal(1, pair.Host.Counters.Swarms);
        await pair.AssertUnmovedAsync();
    }

    [Fact]
    public async Task In_the_open_mode_one_socket_has_32_swarms_and_all_together_as_many_as_are_set()
    {
        await using var pair = await Pair.StartAsync(new TrackerOptions { MaxSwarms = 40 });
        using var abuser = await pair.Host.ConnectAsync(address: Abuser);
        using var second = await pair.Host.ConnectAsync(address: Abuser);
        foreach (var socket in (ClientWebSocket[])[abuser, second])
        {
            for (var i = 0; i < 50; i++)
                await socket.SendAsync(Announce($"{i}{(socket == second ? "-2" : "")}", "x"));
            for (var i = 0; i < 50; i++)
                await socket.NextAsync();
        }
        Assert.Equal(40, pair.Host.Counters.Swarms);
        await pair.AssertUnmovedAsync(peers: 41);
    }

    [Fact]
    public async Task Nobody_is_told_which_swarms_there_are()
    {
        await using var pair = await Pair.StartAsync();
        using var abuser = await pair.Host.ConnectAsync(address: Abuser);
        foreach (var scrape in (string[])["""{"action":"scrape"}""", """{"action":"scrape","info_hash":[]}"""])
        {
            await abuser.SendAsync(scrape);
            var reply = await abuser.NextAsync();
            Assert.Equal(["action", "failure reason"], reply.Select(static member => member.Key));
        }
        await pair.AssertUnmovedAsync();
        await AssertAliveAsync(abuser);
    }

    [Fact]
    public async Task Too_many_or_too_long_offers_are_refused_whole()
    {
        await using var pair = await Pair.StartAsync();
        using var abuser = await pair.Host.ConnectAsync(address: Abuser);
        await abuser.SendAsync(Announce("h", "x", offers: 13));
        Assert.Contains("12 offers", (await abuser.NextAsync()).Text("failure reason"), StringComparison.Ordinal);
        await abuser.SendAsync(Announce("h", "x", offers: 1).Replace("v=0", new string('x', 8_192), StringComparison.Ordinal));
        Assert.Contains("8192 bytes", (await abuser.NextAsync()).Text("failure reason"), StringComparison.Ordinal);
        await pair.AssertUnmovedAsync();
        await AssertAliveAsync(abuser);
    }

    [Fact]
    public async Task A_flood_of_offers_reaches_a_browser_as_three_and_others_still_meet()
    {
        await using var pair = await Pair.StartAsync();
        var abusers = new List<ClientWebSocket>();
        for (var i = 0; i < 10; i++)
            abusers.Add(await pair.Host.ConnectAsync(address: Abuser));
        for (var round = 0; round < 40; round++)
        {
            for (var i = 0; i < abusers.Count; i++)
                await abusers[i].SendAsync(Announce("h", $"x{i}", offers: 12, batch: $"{round}"));
        }
        foreach (var abuser in abusers)
            await AssertAliveAsync(abuser);
        Assert.NotEqual(0, pair.Host.Counters.Streams["live"].OffersLimited);
        foreach (var (socket, name) in new[] { (pair.A, "a"), (pair.B, "b") })
        {
            // Its own reply comes behind all that was sent to it before.
            var received = 0;
            await socket.SendAsync(Announce("h", name));
            while (!(await socket.NextAsync()).ContainsKey("interval"))
                received++;
            Assert.InRange(received, 1, Membership.MaxUnansweredOfOne);
        }

        using var honest = await pair.Host.ConnectAsync(address: "127.0.0.77");
        await honest.SendAsync(Announce("h", "honest", offers: 12));
        Assert.True((await honest.NextAsync()).ContainsKey("interval"));
        Assert.Equal(Id("honest"), (await pair.A.NextAsync()).Text("peer_id"));
        Assert.Equal(Id("honest"), (await pair.B.NextAsync()).Text("peer_id"));
        foreach (var abuser in abusers)
            abuser.Dispose();
    }

    [Fact]
    public async Task Messages_over_the_limit_are_dropped_and_close_nothing()
    {
        await using var pair = await Pair.StartAsync();
        using var abuser = await pair.Host.ConnectAsync(address: Abuser);
        for (var i = 0; i < 2_000; i++)
            await abuser.SendAsync(Announce("h", "x"));
        await pair.Host.UntilAsync(now => now.Streams["live"].Dropped > 1_500);
        Assert.Equal(WebSocketState.Open, abuser.State);
        await pair.AssertUnmovedAsync(peers: 3);
    }

    [Theory]
    [InlineData("https://tv.example.org", true)]
    [InlineData("HTTPS://TV.EXAMPLE.ORG", true)]
    [InlineData("https://tv.example.org.evil.example", false)]
    [InlineData("http://tv.example.org", false)]
    [InlineData("null", false)]
    [InlineData(null, false)]
    public async Task Only_listed_pages_may_connect_if_any_are_listed(string? origin, bool may)
    {
        await using var host = await TrackerHost.StartAsync(new TrackerOptions { Origins = ["https://tv.example.org"] });
        async Task Connect()
        {
            using var socket = await host.ConnectAsync(set: options =>
            {
                if (origin is not null)
                    options.SetRequestHeader("Origin", origin);
            });
        }
        if (may)
            await Connect();
        else
            Assert.Contains("403", (await Assert.ThrowsAsync<WebSocketException>(Connect)).Message, StringComparison.Ordinal);
    }

    private static async Task AssertAliveAsync(ClientWebSocket socket)
    {
        // Answers to what came before may be on their way.
        await socket.SendAsync(Scrape("h"));
        while ((await socket.NextAsync()) is var reply && !reply.ContainsKey("files")) { }
        Assert.Equal(WebSocketState.Open, socket.State);
    }

    private static TrackerId IdOf(string name) => new([.. Id(name).Select(c => (byte)c)]);

    /// <summary>Two viewers at different addresses who have exchanged an offer and an answer.</summary>
    private sealed class Pair(TrackerHost host, ClientWebSocket a, ClientWebSocket b) : IAsyncDisposable
    {
        public TrackerHost Host => host;
        public ClientWebSocket A => a;
        public ClientWebSocket B => b;

        public static async Task<Pair> StartAsync(TrackerOptions? options = null, Func<string, TrackerId, bool>? isAllowed = null)
        {
            var host = await TrackerHost.StartAsync(options, isAllowed: isAllowed);
            var a = await host.ConnectAsync(address: "127.0.0.2");
            var b = await host.ConnectAsync(address: "127.0.0.3");
            await a.SendAsync(Announce("h", "a"));
            await a.NextAsync();
            await b.SendAsync(Announce("h", "b", offers: 1));
            await b.NextAsync();
            var offer = await a.NextAsync();
            await a.SendAsync(Answer("h", "a", "b", offer.Text("offer_id")));
            Assert.True((await b.NextAsync()).ContainsKey("answer"));
            return new Pair(host, a, b);
        }

        /// <summary>Nothing has come for them, they are still members under their names, and a new offer still finds its way.</summary>
        public async Task AssertUnmovedAsync(int peers = 2)
        {
            Assert.Equal(peers, host.Counters.Peers);
            foreach (var (socket, name) in new[] { (a, "a"), (b, "b") })
            {
                await socket.SendAsync(Announce("h", name));
                var reply = await socket.NextAsync();
                Assert.True(reply.ContainsKey("interval"), reply.ToJsonString());
            }
            Assert.Equal(peers, host.Counters.Peers);
            using var third = await host.ConnectAsync(address: "127.0.0.4");
            await third.SendAsync(Announce("h", "third", offers: 5));
            Assert.True((await third.NextAsync()).ContainsKey("interval"));
            Assert.Equal(Id("third"), (await a.NextAsync()).Text("peer_id"));
            Assert.Equal(Id("third"), (await b.NextAsync()).Text("peer_id"));
        }

        public async ValueTask DisposeAsync()
        {
            a.Dispose();
            b.Dispose();
            await host.DisposeAsync();
        }
    }
}
