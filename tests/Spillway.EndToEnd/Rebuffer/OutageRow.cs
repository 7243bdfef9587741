using System.Globalization;

namespace Spillway.EndToEnd.Rebuffer;

/// <summary>What one outage was for one viewer, all in seconds: a row of <c>bench/results/outages.json</c>.</summary>
internal sealed record OutageRow
{
    /// <summary>Beyond what the buffer did not cover.</summary>
    private const double Grace = 2;

    /// <summary>Further behind the live edge nobody stays.</summary>
    private const double FurthestBehind = 14;

    public required string What { get; init; }
    public required string Viewer { get; init; }
    public required double Lasting { get; init; }

    /// <summary>Media ahead when it began.</summary>
    public required double Buffer { get; init; }

    /// <summary>Each time that the picture stood still after it, until the next one began.</summary>
    public required IReadOnlyList<StallSeen> Stalls { get; init; }
    public required double Skipped { get; init; }

    /// <summary>Behind the live edge at the end; null where the player cannot tell.</summary>
    public required double? Behind { get; init; }

    /// <summary>Nobody clicked.</summary>
    public required bool GoesOn { get; init; }

    /// <summary>All of it.</summary>
    public double Stalled => Stalls.Sum(static stall => stall.Seconds);

    public double Allowed => Math.Max(0, Lasting - Buffer) + Grace;

    public bool IsKept => GoesOn && Stalled <= Allowed && !(Behind > FurthestBehind);

    public const string Head =
        "| what | viewer | lasting, s | buffer, s | stalled, s | allowed, s | stalls: s after its begin | skipped, s | behind, s | goes on |\n|---|---|---:|---:|---:|---:|---|---:|---:|---|";

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"| {What} | {Viewer} | {Lasting:F1} | {Buffer:F1} | {Stalled:F1} | {Allowed:F1} | {string.Join(", ", Stalls.Select(static stall => FormattableString.Invariant($"{stall.Seconds:F1} s: {stall.After:F0}")))} | {Skipped:F1} | {Behind:F1} | {(GoesOn ? "yes" : "no")} |"
        );
}
