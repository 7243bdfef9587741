using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spillway.Tracker;

namespace Spillway.Tests.Tracker;

/// <summary>Messages as clients write them.</summary>
internal static class Messages
{
    /// <summary>20 characters that begin with <paramref name="name"/>, the last of them outside ASCII and in need of escapes.</summary>
    public static string Id(string name) => name.PadRight(17, '.') + "\u00ff\"\n";

    public static string Announce(
        string hash,
        string peer,
        int offers = 0,
        string? action = "announce",
        string? @event = null,
        string batch = "",
        int? left = null
    )
    {
        var message = new JsonObject
        {
            ["numwant"] = offers,
            ["uploaded"] = 0,
            ["downloaded"] = 0,
            ["left"] = left,
            ["action"] = action,
            ["info_hash"] = Id(hash),
            ["peer_id"] = Id(peer),
            ["offers"] = new JsonArray(
                Enumerable
                    .Range(0, offers)
                    .Select(
                        JsonNode (i) =>
                            new JsonObject
                            {
                                ["offer"] = new JsonObject { ["type"] = "offer", ["sdp"] = $"v=0 of {peer}" },
                                ["offer_id"] = Id($"{peer}{batch}-{i}"),
                            }
                    )
                    .ToArray()
            ),
        };
        if (@event is not null)
            message["event"] = @event;
        return message.ToJsonString();
    }

    public static string Answer(string hash, string peer, string toPeer, string offerId) =>
        new JsonObject
        {
            ["action"] = "announce",
            ["info_hash"] = Id(hash),
            ["peer_id"] = Id(peer),
            ["to_peer_id"] = Id(toPeer),
            ["answer"] = new JsonObject { ["type"] = "answer", ["sdp"] = $"v=0 by {peer}" },
            ["offer_id"] = offerId,
        }.ToJsonString();

    public static string Scrape(params string[] hashes) =>
        new JsonObject
        {
            ["action"] = "scrape",
            ["info_hash"] = hashes is [var only] ? Id(only) : new JsonArray(hashes.Select(JsonNode (hash) => Id(hash)).ToArray()),
        }.ToJsonString();

    public static string Text(this JsonObject message, string name) => message[name]!.GetValue<string>();

    public static int Number(this JsonObject message, string name) => message[name]!.GetValue<int>();

    public static void Receive(this TrackerCore core, TrackerConnection from, string json, double seconds = 0)
    {
        var message = TrackerReader.Read(Encoding.UTF8.GetBytes(json));
        core.Receive(from, in message, TimeSpan.FromSeconds(seconds));
    }
}
