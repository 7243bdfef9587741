using System.Text.Json;
using System.Text.Json.Serialization;
using Spillway.Configuration;

namespace Spillway.Tracker.Nodes;

/// <summary>A node's sign of life, <c>trackers/{node}.json</c>. When it was given is the object's Last-Modified, by the store's clock.</summary>
internal sealed record NodeHeartbeat
{
    /// <summary>Intervals without a heartbeat after which a node is dead.</summary>
    public const double Patience = 2.5;

    private const double Shortest = 5;
    private const double Longest = 300;

    public required string Node { get; init; }

    /// <summary>Differs from one process to the next.</summary>
    public required string Instance { get; init; }

    /// <summary>Rises with each heartbeat, so that no two are the same bytes: equal bytes have equal ETags and fence nothing.</summary>
    public required long Sequence { get; init; }

    /// <summary>As players reach it, without <c>/tracker/…</c>: ws or wss.</summary>
    public required string Address { get; init; }

    /// <summary>Seconds between two heartbeats.</summary>
    public required double Interval { get; init; }

    /// <summary>Open WebSockets.</summary>
    public required int Connections { get; init; }

    /// <summary>WebSockets it takes at most.</summary>
    public required int Capacity { get; init; }

    /// <summary>Memberships.</summary>
    public required int Peers { get; init; }

    /// <summary>How old it may become.</summary>
    [JsonIgnore]
    public TimeSpan LivesFor => TimeSpan.FromSeconds(Patience * Math.Clamp(Interval, Shortest, Longest));

    /// <returns>Null for what is no heartbeat of that node.</returns>
    public static NodeHeartbeat? Read(string node, ReadOnlySpan<byte> json)
    {
        try
        {
            return
                JsonSerializer.Deserialize(json, NodeJson.Default.NodeHeartbeat) is { } heartbeat
                && heartbeat.Node == node
                && heartbeat.Instance is not null
                && heartbeat.Address is { Length: <= 500 } address
                && WebAddress.IsWebSocket(address)
                && double.IsFinite(heartbeat.Interval)
                ? heartbeat
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, NodeJson.Default.NodeHeartbeat);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(NodeHeartbeat))]
internal sealed partial class NodeJson : JsonSerializerContext;
