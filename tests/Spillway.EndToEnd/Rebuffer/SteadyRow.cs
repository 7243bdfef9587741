using System.Globalization;

namespace Spillway.EndToEnd.Rebuffer;

/// <summary>One viewer, once it had settled: a row of <c>bench/results/steady.json</c>.</summary>
internal sealed record SteadyRow
{
    public required string Viewer { get; init; }

    /// <summary>Seconds.</summary>
    public required int Segment { get; init; }

    /// <summary>Seconds behind the live edge that were asked for; 0: what the server says by itself.</summary>
    public required double LiveDelay { get; init; }

    /// <summary>Seconds.</summary>
    public required double Measured { get; init; }

    /// <summary>Seconds that the median must not exceed.</summary>
    public required double Bound { get; init; }
    public required double LatencyMedian { get; init; }
    public required double LatencyLeast { get; init; }
    public required double LatencyMost { get; init; }

    /// <summary>When the picture stood still for want of media.</summary>
    public required IReadOnlyList<Stall> Stalls { get; init; }

    /// <summary>When it stood still though there was media.</summary>
    public required IReadOnlyList<Stall> Hiccups { get; init; }

    /// <summary>What the player itself counted.</summary>
    public required int OwnStalls { get; init; }

    /// <summary>Seconds played in a second: a busy machine's browser may play more slowly than life, with no stall to be seen.</summary>
    public required double Speed { get; init; }
    public required long FromPeers { get; init; }
    public required long FromEdge { get; init; }

    /// <summary>Sampled once a second.</summary>
    public required IReadOnlyList<double> Latencies { get; init; }

    public const string Head =
        "| segments | viewer | latency: median (range), s | bound | stalls | their seconds | hiccups | speed | from peers | from the edge |\n"
        + "|---:|---|---:|---:|---:|---:|---|---:|---:|---:|";

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"| {Segment} s | {Viewer} | {LatencyMedian:F1} ({LatencyLeast:F1} to {LatencyMost:F1}) | {Bound:0} | {Stalls.Count} | {Stalls.Sum(static stall => stall.Seconds):F1} | {Hiccups.Count} of {Hiccups.Sum(static stall => stall.Seconds):F1} s | {Speed:F3} | {FromPeers / 1e6:F1} MB | {FromEdge / 1e6:F1} MB |"
        );
}
