using System.Net;
using System.Text.Json.Nodes;
using Spillway.Tracker;

namespace Spillway.Tests.Tracker;

/// <summary>A client that keeps what it is sent, as the JSON it would see.</summary>
internal sealed class RecordingConnection(string address = "192.0.2.1", ListedNetworks? networks = null)
    : TrackerConnection(NetworkPlace.Of(IPAddress.Parse(address), networks ?? ListedNetworks.None))
{
    private readonly Queue<JsonObject> _received = [];

    public bool Dead { get; set; }
    public bool IsFull { get; set; }
    public Action<JsonObject>? OnMessage { get; set; }
    public override bool IsOpen => !Dead;
    public int Waiting => _received.Count;

    public override bool TrySend(in TrackerReply reply)
    {
        if (Dead || IsFull)
            return false;
        using var writer = new TrackerWriter();
        var message = JsonNode.Parse(writer.Write(in reply))!.AsObject();
        OnMessage?.Invoke(message);
        _received.Enqueue(message);
        return true;
    }

    /// <summary>For whoever plays the client.</summary>
    public List<JsonObject> Offers { get; } = [];

    public IReadOnlyCollection<JsonObject> Peek() => _received;

    public JsonObject Next() => _received.Dequeue();

    public JsonObject[] All()
    {
        JsonObject[] all = [.. _received];
        _received.Clear();
        return all;
    }
}
