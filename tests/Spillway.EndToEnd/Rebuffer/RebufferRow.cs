using System.Globalization;

namespace Spillway.EndToEnd.Rebuffer;

/// <param name="At">Seconds since the run began.</param>
internal sealed record FaultSeen(string What, double At);

/// <summary>One viewer, or all who came and went together: a row of <c>bench/results/rebuffer.json</c>.</summary>
internal sealed record RebufferRow
{
    public required string Viewer { get; init; }

    /// <summary>Seconds, since the first picture.</summary>
    public required double Played { get; init; }
    public required double Stalled { get; init; }

    /// <summary>Stalled of all, 0 to 1.</summary>
    public required double Ratio { get; init; }

    /// <summary>Seconds in which it stood still though there was media: the machine was busy elsewhere.</summary>
    public required double Hiccups { get; init; }

    /// <summary>Seconds by which the position jumped.</summary>
    public required double Skipped { get; init; }
    public required long FromPeers { get; init; }
    public required long FromEdge { get; init; }
    public required IReadOnlyList<StallSeen> Stalls { get; init; }

    public const string Head =
        "| viewer | played, s | stalled, s | ratio | hiccups, s | skipped, s | from peers | stalls |\n|---|---:|---:|---:|---:|---:|---:|---|";

    /// <summary>Seconds for which it stood still after a fault.</summary>
    public double After(string fault) => Stalls.Where(stall => stall.Fault == fault).Sum(static stall => stall.Seconds);

    /// <param name="of">All of one row.</param>
    public static RebufferRow Of(string viewer, IReadOnlyList<Picture> of, IReadOnlyList<Fault> faults)
    {
        var (played, stalled) = (of.Sum(static one => one.Played), of.Sum(static one => one.Stalled));
        return new RebufferRow
        {
            Viewer = viewer,
            Played = Math.Round(played, 1),
            Stalled = Math.Round(stalled, 2),
            // Who has seen nothing has not been spared.
            Ratio = played > 0 ? stalled / (stalled + played) : 1,
            Hiccups = Math.Round(of.SelectMany(static one => one.Hiccups).Sum(static stall => stall.Seconds), 1),
            Skipped = Math.Round(of.Sum(static one => one.Skipped), 1),
            FromPeers = of.Sum(static one => one.FromPeers),
            FromEdge = of.Sum(static one => one.FromEdge),
            Stalls =
            [
                .. of.SelectMany(static one => one.Starved)
                    .OrderBy(static stall => stall.At)
                    .Select(stall =>
                        Fault.Of(stall, faults) is { } fault
                            ? new StallSeen(
                                fault.What,
                                Math.Round((stall.At - fault.From) / 1000, 1),
                                Math.Round(stall.Seconds, 2)
                            )
                            : new StallSeen("no fault", 0, Math.Round(stall.Seconds, 2))
                    ),
            ],
        };
    }

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"| {Viewer} | {Played:F0} | {Stalled:F1} | {100 * Ratio:F2} % | {Hiccups:F1} | {Skipped:F1} | {FromPeers / 1e6:F1} of {(FromPeers + FromEdge) / 1e6:F1} MB | {(Stalls.Count == 0 ? "none" : string.Join(", ", Stalls))} |"
        );
}

/// <param name="After">Seconds from the fault's beginning to the stall's.</param>
internal sealed record StallSeen(string Fault, double After, double Seconds)
{
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Seconds:F1} s {(Fault == "no fault" ? "without a fault" : $"{After:F0} s after the {Fault}")}"
        );
}
