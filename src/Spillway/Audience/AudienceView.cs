using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spillway.Audience;

/// <summary>The short form, for <c>/health</c>.</summary>
/// <param name="Reporters">Viewers who report now.</param>
/// <param name="Share">Part of the viewers who are to report.</param>
/// <param name="PeersOn">P2P is on.</param>
/// <param name="Viewers">Who watch now; null: nobody knows.</param>
/// <param name="FromPeers">Part of the bytes, 0 to 1; null: nobody knows.</param>
internal sealed record AudienceSummary(int Reporters, double Share, bool PeersOn, Estimate? Viewers, Estimate? FromPeers);

/// <summary><c>GET /api/v1/streams/{stream}/audience</c>. Null is "not known", never 0.</summary>
internal sealed record AudienceView
{
    public required string Stream { get; init; }
    public string? Broadcast { get; init; }
    public required int Reporters { get; init; }
    public required double Share { get; init; }
    public required bool PeersOn { get; init; }
    public int? PeersAtTracker { get; init; }
    public Estimate? Viewers { get; init; }

    /// <summary>Part of the viewers who share, 0 to 1.</summary>
    public Estimate? Sharing { get; init; }
    public required CurrentAudience Now { get; init; }

    /// <summary>Null: nobody has reported of it yet.</summary>
    public BroadcastAudience? WholeBroadcast { get; init; }
    public required MessageCounts Messages { get; init; }
    public string? Advice { get; init; }
}

/// <param name="ShareFromPeers">Part of the bytes, 0 to 1.</param>
/// <param name="StallsPerHour">Of one viewer.</param>
/// <param name="Latency">Seconds, median.</param>
/// <param name="Latency95">Seconds.</param>
/// <param name="Peers">Connections of a viewer, median.</param>
internal sealed record CurrentAudience(
    Estimate? ShareFromPeers,
    Estimate? StallsPerHour,
    Estimate? Latency,
    Estimate? Latency95,
    Estimate? Peers,
    IReadOnlyList<RenditionAudience> Renditions
);

internal sealed record RenditionAudience(string Name, Estimate Viewers);

/// <summary>What viewers reported of a broadcast.</summary>
internal sealed record BroadcastAudience
{
    /// <summary>Bytes of media.</summary>
    public required Estimate FromPeers { get; init; }
    public required Estimate FromEdge { get; init; }
    public required Estimate ToPeers { get; init; }
    public Estimate? ShareFromPeers { get; init; }
    public required Estimate ViewerHours { get; init; }
    public Estimate? StallsPerHour { get; init; }
    public Estimate? StalledShare { get; init; }

    /// <summary>Seconds.</summary>
    public Estimate? StartUp { get; init; }
    public Estimate? StartUp95 { get; init; }
    public Estimate? Latency { get; init; }
    public Estimate? Latency95 { get; init; }

    /// <summary>The largest of the estimates of how many watched, taken each second.</summary>
    public double? PeakViewers { get; init; }
    public double? MeanViewers { get; init; }
}

/// <summary>Messages since the start of this process.</summary>
/// <param name="Taken">Reports.</param>
/// <param name="Malformed">No reports.</param>
/// <param name="Implausible">Reports that cannot be true.</param>
/// <param name="TooOften">Dropped unread.</param>
/// <param name="Refused">Connections for which there was no place.</param>
internal sealed record MessageCounts(long Taken, long Malformed, long Implausible, long TooOften, long Refused);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(AudienceView))]
internal sealed partial class AudienceJson : JsonSerializerContext;
