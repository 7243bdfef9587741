using System.Text.Json.Serialization;

namespace Spillway.EndToEnd.Servers;

/// <summary>What <c>/health</c> says.</summary>
internal sealed record Health
{
    public required string Status { get; init; }
    public required int Torrents { get; init; }
    public required int Peers { get; init; }
    public required long Chunks { get; init; }
    public required int ManifestChunks { get; init; }
    public required string Signaling { get; init; }
    public required IReadOnlyList<StreamHealth> Streams { get; init; }
    public required OriginHealth Origin { get; init; }

    /// <summary>Of the embedded edge.</summary>
    public EdgeHealth? Edge { get; init; }

    /// <summary>The answer as it came.</summary>
    [JsonIgnore]
    public string Text { get; init; } = "";

    public StreamHealth Stream => Streams[0];
}

internal sealed record StreamHealth(
    string Name,
    string State,
    string? Broadcast,
    string? SourceAway,
    string? SourceAdvice,
    string? SlateProblem,
    string? StoreFault,
    string? Role = null
)
{
    /// <summary>It follows its source and waits for its turn.</summary>
    public bool IsStandby => Role == "standby";
}

internal sealed record OriginHealth(long Playlists, long MediaPlaylists, long Pages, long Sockets, long Others, long Bytes);

internal sealed record EdgeHealth(EdgeCount Playlists, EdgeCount Segments, EdgeCount Json, EdgeCount Pages, EdgeCount Others);

internal sealed record EdgeCount(long Requests, long Bytes);
