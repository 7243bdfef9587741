using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spillway.Watch;

/// <param name="Rule">Id, as docs/hls-checks.md lists them.</param>
/// <param name="Severity">error or warning.</param>
internal sealed record RuleCount(string Rule, string Severity, long Count);

/// <summary>What a watch has seen.</summary>
internal sealed record WatchSummary
{
    public required string Address { get; init; }
    public required double Seconds { get; init; }

    /// <summary>Why it ended.</summary>
    public required string End { get; init; }
    public required long Errors { get; init; }
    public required long Warnings { get; init; }
    public required IReadOnlyList<RuleCount> Rules { get; init; }

    /// <summary>Media playlists that are named at the end.</summary>
    public required int Renditions { get; init; }

    /// <summary>Answers for playlists.</summary>
    public required long Reloads { get; init; }

    /// <summary>That came whole, initialization sections too.</summary>
    public required long Segments { get; init; }
    public required long Bytes { get; init; }

    /// <summary>Requests that did not succeed.</summary>
    public required long Failures { get; init; }

    /// <summary>0 to 1, of the answers that say whether a cache had them; null: none did.</summary>
    public double? CacheHits { get; init; }

    /// <summary>Seconds from the live edge's date to its arrival, median, by this machine's clock; null: it has no dates.</summary>
    public double? Latency { get; init; }

    /// <summary>The largest: seconds of media listed more or less than passed.</summary>
    public double? Drift { get; init; }

    /// <summary>What was not looked at.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}

/// <param name="At">Wall time.</param>
internal sealed record FoundLine(DateTimeOffset At, string Rule, string Severity, string Url, string Message);

/// <summary>One line of JSON: exactly one of the two is set.</summary>
internal sealed record WatchLine(FoundLine? Finding, WatchSummary? Summary);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WatchLine))]
internal sealed partial class WatchJson : JsonSerializerContext;
