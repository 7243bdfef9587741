using System.Text.Json;
using System.Text.Json.Serialization;
using Spillway.Configuration;
using Spillway.Streams;
using Spillway.Tracker.Nodes;

namespace Spillway.Tracker;

/// <summary><c>/health</c> of a tracker alone.</summary>
internal sealed class NodeHealth(
    SpillwayOptions options,
    TrackerServer tracker,
    BucketSwarms? swarms = null,
    HeartbeatWriter? heartbeats = null
)
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapHealth(
            Report,
            NodeHealthJson.Default.NodeReport,
            // Its figures, and what is wrong: it has no other face.
            static (_, _) => null,
            static _ => false,
            () => tracker.Count().Connections >= options.Tracker.MaxConnections ? "full" : null
        );

    public NodeReport Report()
    {
        var now = tracker.Count();
        var problem =
            now.Connections >= options.Tracker.MaxConnections
                ? $"All {options.Tracker.MaxConnections} connections of Tracker:MaxConnections are taken."
                : swarms?.Fault ?? heartbeats?.Fault;
        return new NodeReport
        {
            Status = problem is null ? "ok" : "degraded",
            Problem = problem,
            Node = options.Tracker.Node,
            PublicUrl = options.Tracker.PublicUrl.Length > 0 ? options.Tracker.PublicUrl : null,
            Connections = now.Connections,
            MaxConnections = options.Tracker.MaxConnections,
            Refused = now.Refused,
            Swarms = now.Swarms,
            Peers = now.Peers,
            Relays = now.OffersRelayed + now.AnswersRelayed,
        };
    }
}

internal sealed record NodeReport
{
    /// <summary><c>ok</c> or <c>degraded</c>; one that is down does not answer.</summary>
    public required string Status { get; init; }

    /// <summary>Why it is degraded, in words.</summary>
    public string? Problem { get; init; }
    public required string Node { get; init; }
    public string? PublicUrl { get; init; }

    /// <summary>Open WebSockets.</summary>
    public required int Connections { get; init; }
    public required int MaxConnections { get; init; }

    /// <summary>WebSockets refused since the start because too many were open.</summary>
    public required long Refused { get; init; }
    public required int Swarms { get; init; }

    /// <summary>Memberships.</summary>
    public required int Peers { get; init; }

    /// <summary>Offers and answers passed on since the start.</summary>
    public required long Relays { get; init; }
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(NodeReport))]
internal sealed partial class NodeHealthJson : JsonSerializerContext;
