using System.Text.Json;
using System.Text.Json.Serialization;
using Spillway.Configuration;

namespace Spillway.Audience;

/// <summary>
/// What a viewer tells about its playback. Numbers are of the time since its last report, unless they say otherwise. All of it may be
/// made up: see <see cref="Problem"/>.
/// </summary>
internal sealed record PlaybackReport
{
    public const int Version = 1;

    /// <summary>Bytes; what a player sends is below 400.</summary>
    public const int Largest = 2048;

    private const double Day = 86_400;
    private const int MostPeers = 1_000;
    private const int MostFaults = 100_000;

    /// <summary>Renditions are switched, downloads broken off and begun again.</summary>
    private const double Downloads = 3;

    /// <summary>One viewer with a good line may serve many.</summary>
    private const double Uploads = 20;

    /// <summary>Seconds of media that a player holds beyond what it plays.</summary>
    private const double Buffer = 60;

    /// <summary>Seconds by which a report may be late.</summary>
    public const double Delay = 60;

    /// <summary>Seconds between two looks of a player at its own picture, in a tab that is not seen.</summary>
    private const double Look = 65;

    [JsonPropertyName("v")]
    public required int V { get; init; }

    /// <summary>As <c>player.json</c> said when it decided to report.</summary>
    public required double Share { get; init; }

    /// <summary>Seconds since it began to watch.</summary>
    public required double Session { get; init; }

    /// <summary>Seconds that this report covers.</summary>
    public required double Seconds { get; init; }

    /// <summary>Of these, seconds in which the picture went on.</summary>
    public required double Played { get; init; }

    /// <summary>Bytes of media.</summary>
    public required long FromPeers { get; init; }
    public required long FromEdge { get; init; }
    public required long ToPeers { get; init; }

    /// <summary>Interruptions, and their seconds.</summary>
    public required int Stalls { get; init; }
    public required double Stalled { get; init; }

    /// <summary>Seconds from the begin to the first picture; told once.</summary>
    public double? StartUp { get; init; }

    /// <summary>Seconds behind the live edge now; null: not known.</summary>
    public double? Latency { get; init; }

    /// <summary>Name of the one on screen; empty: none.</summary>
    public required string Rendition { get; init; }

    /// <summary>Connected now.</summary>
    public required int Peers { get; init; }

    /// <summary>Segments from peers that were thrown away, and peers from whom none are taken any more.</summary>
    public required int Rejected { get; init; }
    public required int Banned { get; init; }

    /// <summary>This viewer shares.</summary>
    [JsonPropertyName("p2p")]
    public required bool SharesWithPeers { get; init; }

    /// <returns>Null for what is no report: wrong types, unknown or missing members, or no JSON at all.</returns>
    public static PlaybackReport? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ReportMessageJson.Default.PlaybackReport);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Which member cannot be true; null: all may be.</summary>
    /// <param name="seconds">How many it may cover at most.</param>
    /// <param name="bitsPerSecond">Of the best rendition.</param>
    public string? Problem(double seconds, double bitsPerSecond)
    {
        var most = bitsPerSecond / 8 * (Seconds + Buffer);
        return V != Version ? "v"
            : !IsWithin(Session, 0, 30 * Day) ? "session"
            : !IsWithin(Seconds, 0, Math.Min(seconds, Session + 1)) ? "seconds"
            : !IsWithin(Played, 0, (1.05 * Seconds) + Look) ? "played"
            : !IsWithin(FromPeers, 0, Downloads * most) ? "fromPeers"
            : !IsWithin(FromEdge, 0, (Downloads * most) - FromPeers) ? "fromEdge"
            : !IsWithin(ToPeers, 0, Uploads * most) ? "toPeers"
            : !IsWithin(Stalls, 0, (2 * Seconds) + 2) ? "stalls"
            : !IsWithin(Stalled, 0, Seconds + 2) ? "stalled"
            : StartUp is { } startUp && !IsWithin(startUp, 0, Session + 1) ? "startUp"
            : Latency is { } latency && !IsWithin(latency, 0, Day) ? "latency"
            : Rendition.Length > 0 && !StreamName.IsWellFormed(Rendition) ? "rendition"
            : !IsWithin(Peers, 0, MostPeers) ? "peers"
            : !IsWithin(Rejected, 0, MostFaults) ? "rejected"
            : !IsWithin(Banned, 0, MostFaults) ? "banned"
            : null;
    }

    /// <summary>False for what is no number, too.</summary>
    private static bool IsWithin(double value, double least, double most) => value >= least && value <= most;
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = 2)]
[JsonSerializable(typeof(PlaybackReport))]
internal sealed partial class ReportMessageJson : JsonSerializerContext;
