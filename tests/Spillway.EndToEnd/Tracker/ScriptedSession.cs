using System.Text.Json.Nodes;

namespace Spillway.EndToEnd.Tracker;

/// <summary>Three clients, a and b in one place and c elsewhere, say the same to any tracker, and what each is told is written down.</summary>
internal sealed class ScriptedSession
{
    private const string Hash = "u1V+kf8d/hGqPz0aB3cD";
    private const string OddHash = "\u0000\u0001\u001f\u0022\u005c\u007f\u0080\u009f\u00a0\u00ff0123456789";
    private const string OddId = "0123456789\u00e9\u00c3\u0085\u000a\u000dabcde";
    private static readonly string[] s_names = ["a", "b", "c"];

    private readonly Dictionary<string, TrackerClient> _clients;
    private readonly List<(string Step, string Told)> _told = [];

    private ScriptedSession(Dictionary<string, TrackerClient> clients) => _clients = clients;

    /// <returns>By step: who was told what, as JSON with sorted members, without texts and intervals, which are each tracker's own.</returns>
    public static async Task<IReadOnlyDictionary<string, string>> RunAsync(string url)
    {
        var clients = new Dictionary<string, TrackerClient>();
        try
        {
            foreach (var name in s_names)
                clients.Add(name, await TrackerClient.ConnectAsync(url, name == "c" ? "127.0.0.66" : "127.0.0.2"));
            var session = new ScriptedSession(clients);
            await session.RunAsync();
            return session._told.ToDictionary(told => told.Step, told => told.Told);
        }
        finally
        {
            foreach (var client in clients.Values)
                client.Dispose();
        }
    }

    private async Task RunAsync()
    {
        await StepAsync("a joins", "a", Announce("a", @event: "started"));
        await StepAsync("b joins with an offer", "b", Announce("b", ["b-1"], "started"));
        await StepAsync("a answers", "a", Answer("a", "b", "b-1"));
        await StepAsync("b announces again", "b", Announce("b"));
        await StepAsync("b offers to a partner", "b", Announce("b", ["b-2"]));
        await StepAsync("b announces in a binary frame", "b", Announce("b"), isBinary: true);
        await StepAsync("a has all", "a", Announce("a", @event: "completed", left: 0));
        await StepAsync("c joins as a seeder", "c", Announce("c", @event: "started", left: 0));
        await StepAsync("c answers what nobody asked", "c", Answer("c", "b", "made-up"));
        await StepAsync("c announces as b", "c", Announce("b"));
        await StepAsync("c stops b", "c", Announce("b", @event: "stopped"));
        await StepAsync("b is or comes back", "b", Announce("b", @event: "started"));
        await StepAsync("c sends 13 offers", "c", Announce("c", [.. Enumerable.Range(0, 13).Select(i => $"c-{i}")], left: 0));
        await StepAsync("a scrapes", "a", Scrape(JsonValue.Create(Hash)));
        await StepAsync("a scrapes a list", "a", Scrape(new JsonArray(Hash, Id("other"))));
        await StepAsync("a scrapes all", "a", Scrape(null));
        await StepAsync(
            "a says an unknown action",
            "a",
            Announce("a").Replace("\"announce\"", "\"hello\"", StringComparison.Ordinal)
        );
        await StepAsync("a shortens the hash", "a", Announce("a").Replace(Hash[4..], "short", StringComparison.Ordinal));
        await StepAsync("a forgets its peer id", "a", Announce("a").Replace("\"peer_id\"", "\"peer\"", StringComparison.Ordinal));
        await StepAsync("a sends no JSON", "a", "hello");
        await StepAsync("b leaves", "b", Announce("b", @event: "stopped"));
        await StepAsync("c offers to the one who is left", "c", Announce("c", ["c-20"], left: 0));
        await StepAsync("c leaves", "c", Announce("c", @event: "stopped"));
        await StepAsync("a answers the one who has left", "a", Answer("a", "c", "c-20"));
        await StepAsync("c joins with left null", "c", Announce("c").Replace("{", "{\"left\":null,", StringComparison.Ordinal));
        await StepAsync("b joins with odd ids", "b", Odd(Announce("b", ["b-30"], "started")));
        await StepAsync("a joins with odd ids", "a", Odd(Announce("a", [OddId], "started")));
    }

    private async Task StepAsync(string step, string sender, string message, bool isBinary = false)
    {
        await _clients[sender].SendAsync(message, isBinary);
        var told = new List<string>();
        // The sender first: then the others have theirs already.
        foreach (var name in s_names.OrderBy(name => name != sender))
        {
            foreach (var received in await _clients[name].TakeAsync())
                told.Add($"{name}: {Canonical(received)}");
        }
        _told.Add((step, string.Join('\n', told)));
    }

    private static string Announce(string peer, string[]? offers = null, string? @event = null, int? left = null)
    {
        offers ??= [];
        var message = new JsonObject
        {
            ["numwant"] = offers.Length,
            ["uploaded"] = 0,
            ["downloaded"] = 0,
            ["action"] = "announce",
            ["info_hash"] = Hash,
            ["peer_id"] = Id(peer),
            ["offers"] = new JsonArray([
                .. offers.Select(
                    JsonNode (offer) => new JsonObject { ["offer"] = Description("offer"), ["offer_id"] = Id(offer) }
                ),
            ]),
        };
        if (left is not null)
            message["left"] = left;
        if (@event is not null)
            message["event"] = @event;
        return message.ToJsonString();
    }

    private static string Answer(string peer, string toPeer, string offer) =>
        new JsonObject
        {
            ["action"] = "announce",
            ["info_hash"] = Hash,
            ["peer_id"] = Id(peer),
            ["to_peer_id"] = Id(toPeer),
            ["answer"] = Description("answer"),
            ["offer_id"] = Id(offer),
        }.ToJsonString();

    private static string Scrape(JsonNode? hash)
    {
        var message = new JsonObject { ["action"] = "scrape" };
        if (hash is not null)
            message["info_hash"] = hash;
        return message.ToJsonString();
    }

    /// <summary>In another swarm, whose hash needs escapes, as does a's peer id.</summary>
    private static string Odd(string message)
    {
        var odd = JsonNode.Parse(message)!.AsObject();
        odd["info_hash"] = OddHash;
        if (odd["peer_id"]!.GetValue<string>() == Id("a"))
            odd["peer_id"] = OddId;
        return odd.ToJsonString();
    }

    private static JsonObject Description(string type) =>
        new() { ["type"] = type, ["sdp"] = "v=0\r\no=- 46117 2 IN IP4 127.0.0.1\r\ns=\u00e9 \"quoted\"\r\n" };

    private static string Id(string name) => name.Length == 20 ? name : name.PadRight(20, '.');

    private static string Canonical(JsonObject message)
    {
        if (message.ContainsKey("interval"))
            message["interval"] = "n";
        if (message.ContainsKey("failure reason"))
            message["failure reason"] = "text";
        return Sorted(message)!.ToJsonString();
    }

    private static JsonNode? Sorted(JsonNode? node) =>
        node is JsonObject members
            ? new JsonObject(
                members
                    .OrderBy(member => member.Key, StringComparer.Ordinal)
                    .Select(member => KeyValuePair.Create(member.Key, Sorted(member.Value)))
            )
            : node?.DeepClone();
}
