using System.Net.WebSockets;
using Spillway.Tracker;
using static Spillway.Tests.Tracker.Messages;

namespace Spillway.Tests.Tracker;

/// <summary>
/// What bittorrent-tracker and wt-tracker were seen to die of or to put up with, one test for each: here it is refused, and two viewers
/// who exchange offers and answers meanwhile notice nothing. <see cref="TrackerAbuseTests"/> has the details.
/// </summary>
public sealed class MeasuredAbuseTests
{
    private const string Abuser = "127.0.0.66";
    private const string Hash = RelayingPair.Hash;

    [Theory]
    [InlineData("JSON null", "null")]
    [InlineData(
        "a null among the offers",
        """{"action":"announce","info_hash":"hhhhhhhhhhhhhhhhhhhh","peer_id":"pppppppppppppppppppp","numwant":1,"offers":[null]}"""
    )]
    public async Task One_message_that_kills_the_process(string name, string message)
    {
        await using var pair = await RelayingPair.StartAsync();
        using var abuser = await pair.Host.ConnectAsync(address: Abuser);
        await pair.DuringAsync(async () =>
        {
            for (var i = 0; i < 50; i++)
                await abuser.SendAsync(message, isBinary: i % 2 == 0);
            await AssertServedAsync(abuser);
        });
        Assert.True(pair.Host.Counters.Streams["live"] is { Malformed: 50 } or { Failed: 50 }, name);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_message_of_100_MiB(bool inFragments)
    {
        await using var pair = await RelayingPair.StartAsync();
        using var abuser = await pair.Host.ConnectAsync(address: Abuser);
        await pair.DuringAsync(async () =>
        {
            var closing = abuser.CloseOfServerAsync();
            try
            {
                var part = new byte[inFragments ? 1 << 20 : 100 << 20];
                part.AsSpan().Fill((byte)' ');
                for (var i = 0; i < 100 && abuser.State == WebSocketState.Open; i++)
                    await abuser.SendAsync(part, WebSocketMessageType.Text, endOfMessage: !inFragments, default);
            }
            catch (Exception error) when (error is WebSocketException or IOException)
            {
                // It is closed while it still writes.
            }
            Assert.Equal(WebSocketCloseStatus.MessageTooBig, await closing);
        });
        await pair.Host.UntilAsync(static now => now.Connections == 2);
    }

    [Fact]
    public async Task Stopping_someone_else()
    {
        await using var pair = await RelayingPair.StartAsync();
        using var abuser = await pair.Host.ConnectAsync(address: Abuser);
        await pair.DuringAsync(async () =>
        {
            for (var i = 0; i < 20; i++)
            {
                await abuser.SendAsync(Announce(Hash, pair.Answerer, @event: "stopped"));
                Assert.Contains("in use", (await abuser.NextAsync()).Text("failure reason"), StringComparison.Ordinal);
            }
            await AssertServedAsync(abuser);
        });
    }

    [Fact]
    public async Task Taking_someone_elses_place()
    {
        await using var pair = await RelayingPair.StartAsync();
        using var abuser = await pair.Host.ConnectAsync(address: Abuser);
        await pair.DuringAsync(async () =>
        {
            for (var i = 0; i < 20; i++)
            {
                await abuser.SendAsync(Announce(Hash, pair.Answerer, offers: 5));
                Assert.Contains("in use", (await abuser.NextAsync()).Text("failure reason"), StringComparison.Ordinal);
            }
            await AssertServedAsync(abuser);
        });
    }

    [Fact]
    public async Task Answers_that_nobody_asked_for()
    {
        await using var pair = await RelayingPair.StartAsync();
        using var abuser = await pair.Host.ConnectAsync(address: Abuser);
        await pair.DuringAsync(async () =>
        {
            await abuser.SendAsync(Announce(Hash, "x"));
            for (var i = 0; i < 20; i++)
            {
                await abuser.SendAsync(Answer(Hash, "x", pair.Answerer, Id($"made-up{i}")));
                await abuser.SendAsync(Answer(Hash, pair.Answerer, pair.Asker, Id($"made-up{i}")));
            }
            // Offers of the innocent may come between.
            for (var refused = 0; refused < 40; )
                refused += (await abuser.NextAsync()).ContainsKey("failure reason") ? 1 : 0;
            await AssertServedAsync(abuser);
        });
    }

    [Fact]
    public async Task Info_hashes_without_end()
    {
        await using var pair = await RelayingPair.StartAsync(isAllowed: static (_, hash) => hash == HashOf(Hash));
        using var abuser = await pair.Host.ConnectAsync(address: Abuser);
        await pair.DuringAsync(async () =>
        {
            for (var i = 0; i < 250; i++)
            {
                await abuser.SendAsync(Announce($"made-up{i}", "x", offers: 1));
                Assert.Contains("does not serve", (await abuser.NextAsync()).Text("failure reason"), StringComparison.Ordinal);
            }
        });
        Assert.Equal(1, pair.Host.Counters.Swarms);
    }

    [Fact]
    public async Task Info_hashes_without_end_where_any_is_served()
    {
        await using var pair = await RelayingPair.StartAsync(new TrackerOptions { MaxSwarms = 100 });
        var abusers = new List<ClientWebSocket>();
        await pair.DuringAsync(async () =>
        {
            for (var socket = 0; socket < 5; socket++)
            {
                var abuser = await pair.Host.ConnectAsync(address: Abuser);
                abusers.Add(abuser);
                for (var i = 0; i < 50; i++)
                {
                    await abuser.SendAsync(Announce($"{socket}-{i}", "x"));
                    await abuser.NextAsync();
                }
                // The last ones hold none: with their sockets their swarms are gone.
                if (socket > 1)
                    abuser.Abort();
            }
            await pair.Host.UntilAsync(static now => now.Swarms == 1 + 2 * 32);
        });
        abusers.ForEach(static abuser => abuser.Dispose());
    }

    [Fact]
    public async Task A_scrape_of_everything()
    {
        await using var pair = await RelayingPair.StartAsync();
        using var abuser = await pair.Host.ConnectAsync(address: Abuser);
        await pair.DuringAsync(async () =>
        {
            for (var i = 0; i < 20; i++)
            {
                await abuser.SendAsync("""{"action":"scrape"}""");
                var reply = await abuser.NextAsync();
                Assert.True(reply.ContainsKey("failure reason") && !reply.ContainsKey("files"), reply.ToJsonString());
            }
            await AssertServedAsync(abuser);
        });
    }

    [Fact]
    public async Task Sockets_that_are_dead()
    {
        await using var pair = await RelayingPair.StartAsync(new TrackerOptions { Ping = TimeSpan.FromSeconds(2) });
        await pair.DuringAsync(async () =>
        {
            var dead = new List<RawClient>();
            for (var i = 0; i < 40; i++)
            {
                dead.Add(await RawClient.ConnectAsync(pair.Host.Address.Port));
                await dead[^1].SendAsync(Announce(Hash, $"dead{i}"));
            }
            await pair.Host.UntilAsync(static now => now is { Connections: 42, Peers: 42 });
            await pair.Host.UntilAsync(static now => now is { Connections: 2, Peers: 2 });
            dead.ForEach(static client => client.Dispose());
        });
    }

    [Fact]
    public async Task A_flood_of_offers()
    {
        await using var pair = await RelayingPair.StartAsync();
        var abusers = new List<ClientWebSocket>();
        for (var i = 0; i < 10; i++)
            abusers.Add(await pair.Host.ConnectAsync(address: Abuser));
        using var victim = await pair.Host.ConnectAsync(address: "127.0.0.77");
        await victim.SendAsync(Announce(Hash, "victim"));
        await victim.NextAsync();
        await pair.DuringAsync(async () =>
        {
            for (var round = 0; round < 20; round++)
            {
                for (var i = 0; i < abusers.Count; i++)
                    await abusers[i].SendAsync(Announce(Hash, $"x{i}", offers: 12, batch: $"{round}"));
            }
            foreach (var abuser in abusers)
                await AssertServedAsync(abuser);
            await victim.SendAsync(Scrape(Hash));
            var offers = 0;
            while (await victim.NextAsync() is var message && !message.ContainsKey("files"))
                offers += message.Text("peer_id").StartsWith('x') ? 1 : 0;
            Assert.InRange(offers, 1, Membership.MaxUnansweredOfOne);
        });
        Assert.NotEqual(0, pair.Host.Counters.Streams["live"].OffersLimited);
        abusers.ForEach(static abuser => abuser.Dispose());
    }

    [Fact]
    public async Task An_answer_to_one_who_has_left_which_costs_the_answerer_its_connection()
    {
        await using var pair = await RelayingPair.StartAsync();
        using var answerer = await pair.Host.ConnectAsync(address: Abuser);
        await answerer.SendAsync(Announce(Hash, "x"));
        await answerer.NextAsync();
        await pair.DuringAsync(async () =>
        {
            var asker = await pair.Host.ConnectAsync(address: Abuser);
            await asker.SendAsync(Announce(Hash, "gone", offers: 5));
            var offer = await answerer.NextAsync();
            while (!offer.ContainsKey("offer") || offer.Text("peer_id") != Id("gone"))
                offer = await answerer.NextAsync();
            asker.Abort();
            await pair.Host.UntilAsync(static now => now.Connections == 3);
            await answerer.SendAsync(Answer(Hash, "x", "gone", offer.Text("offer_id")));
            await AssertServedAsync(answerer, mayFail: false);
        });
    }

    /// <summary>It has closed nothing and is served as before.</summary>
    private static async Task AssertServedAsync(ClientWebSocket socket, bool mayFail = true)
    {
        await socket.SendAsync(Scrape(Hash));
        while (await socket.NextAsync() is var message && !message.ContainsKey("files"))
            Assert.True(mayFail || !message.ContainsKey("failure reason"), message.ToJsonString());
        Assert.Equal(WebSocketState.Open, socket.State);
    }

    private static TrackerId HashOf(string name) => new([.. Id(name).Select(static c => (byte)c)]);
}
