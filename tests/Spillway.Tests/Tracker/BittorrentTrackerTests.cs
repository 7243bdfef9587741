using System.Text.Json.Nodes;

namespace Spillway.Tests.Tracker;

/// <summary>
/// The messages of bittorrent-tracker 11.2.3's client (<c>lib/client/websocket-tracker.js</c>) as p2p-media-loader 2.3.1 makes it
/// send them, member by member in its order; and what that client needs to find in the replies.
/// </summary>
public sealed class BittorrentTrackerTests
{
    private const string Hash = "u1V+kf8d/hGqPz0aB3cD";
    private const string A = "-PM0203-aaaaaaaaaaaa";
    private const string B = "-PM0203-bbbbbbbbbbbb";
    private static readonly string[] BinaryIds =
    [
        "\u0000\u0001\u001f\u0022\u005c\u007f\u0080\u009f\u00a0\u00ff0123456789",
        "0123456789\u00e9\u00c3\u0085\u000a\u000dabcde",
    ];

    [Fact]
    public async Task Its_clients_meet()
    {
        await using var host = await TrackerHost.StartAsync();
        using var a = await host.ConnectAsync();
        using var b = await host.ConnectAsync();

        await a.SendAsync(Announce(A, "started", [Offer(BinaryIds[0])]));
        AssertAnnounced(await a.NextAsync(), peers: 1);
        await b.SendAsync(Announce(B, "started", [Offer(BinaryIds[1])]));
        AssertAnnounced(await b.NextAsync(), peers: 2);

        // _onAnnounceResponse: info_hash is its own, peer_id is another's, offer and offer_id are there.
        var offer = await a.NextAsync();
        Assert.Equal((Hash, B, BinaryIds[1]), (offer.Text("info_hash"), offer.Text("peer_id"), offer.Text("offer_id")));
        Assert.Equal(Description("offer").ToJsonString(), offer["offer"]!.ToJsonString());

        await a.SendAsync(
            new JsonObject
            {
                ["action"] = "announce",
                ["info_hash"] = Hash,
                ["peer_id"] = A,
                ["to_peer_id"] = offer.Text("peer_id"),
                ["answer"] = Description("answer"),
                ["offer_id"] = offer.Text("offer_id"),
            }.ToJsonString()
        );
        var answer = await b.NextAsync();
        Assert.Equal((Hash, A, BinaryIds[1]), (answer.Text("info_hash"), answer.Text("peer_id"), answer.Text("offer_id")));
        Assert.Equal(Description("answer").ToJsonString(), answer["answer"]!.ToJsonString());

        // On its interval: no event. On leaving: stopped, no offers, no reply awaited.
        await b.SendAsync(Announce(B, null, []));
        AssertAnnounced(await b.NextAsync(), peers: 2);
        await b.SendAsync(Announce(B, "stopped", null));
        await host.UntilAsync(now => now.Peers == 1);
        await a.SendAsync($$"""{"action":"scrape","info_hash":"{{Hash}}"}""");
        Assert.Equal(1, (await a.NextAsync())["files"]![Hash]!["incomplete"]!.GetValue<int>());
    }

    [Fact]
    public async Task After_a_reconnect_an_announce_without_event_is_a_join()
    {
        await using var host = await TrackerHost.StartAsync();
        using var before = await host.ConnectAsync();
        await before.SendAsync(Announce(A, "started", []));
        AssertAnnounced(await before.NextAsync(), peers: 1);
        using var after = await host.ConnectAsync();
        await after.SendAsync(Announce(A, null, []));
        AssertAnnounced(await after.NextAsync(), peers: 1);
    }

    private static void AssertAnnounced(JsonObject reply, int peers)
    {
        Assert.Equal(("announce", Hash), (reply.Text("action"), reply.Text("info_hash")));
        Assert.InRange(reply.Number("interval"), 5, 66);
        Assert.Equal((0, peers), (reply.Number("complete"), reply.Number("incomplete")));
        // With an offer or answer in it, or its own peer_id, the client would take it for something else.
        Assert.Equal(["action", "info_hash", "interval", "complete", "incomplete"], reply.Select(member => member.Key));
    }

    /// <summary>Object.assign({}, opts, {action, info_hash, peer_id}), then numwant and offers, which keep their places.</summary>
    private static string Announce(string peerId, string? @event, JsonNode[]? offers)
    {
        var message = new JsonObject
        {
            ["numwant"] = offers is null ? 50 : 5,
            ["uploaded"] = 0,
            ["downloaded"] = 0,
        };
        if (@event is not null)
            message["event"] = @event;
        message["action"] = "announce";
        message["info_hash"] = Hash;
        message["peer_id"] = peerId;
        if (offers is not null)
            message["offers"] = new JsonArray(offers);
        return message.ToJsonString();
    }

    private static JsonObject Offer(string id) => new() { ["offer"] = Description("offer"), ["offer_id"] = id };

    private static JsonObject Description(string type) =>
        new() { ["type"] = type, ["sdp"] = "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\na=group:BUNDLE 0\r\n" };
}
