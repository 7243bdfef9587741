using System.Globalization;

namespace Spillway.EndToEnd.Swarm;

/// <summary>One measured run.</summary>
internal sealed record SwarmRow
{
    public required int Viewers { get; init; }

    /// <summary>Seconds.</summary>
    public required int Segment { get; init; }
    public required int Run { get; init; }
    public required bool Churn { get; init; }

    /// <summary>Seconds behind the live edge that were asked for in place of the default; 0: the default.</summary>
    public required double Delay { get; init; }

    /// <summary>Each viewer's line out, in multiples of the stream's rate; 0: not limited.</summary>
    public required double Uplink { get; init; }

    /// <summary>Seconds.</summary>
    public required int Measured { get; init; }

    /// <summary>Bytes over HTTP of all segment bytes, as the players counted them, times the number of viewers: 1 is the least.</summary>
    public required double EdgeShareTimesViewers { get; init; }

    /// <summary>The same since each viewer's opening, start-up included.</summary>
    public required double WithStartUpTimesViewers { get; init; }

    /// <summary>Copies of a segment that the edge gave away, by its own log.</summary>
    public required double EdgeCopies { get; init; }
    public required int MostCopies { get; init; }

    /// <summary>Segments whose copies were counted.</summary>
    public required int Segments { get; init; }

    /// <summary>The edge's bytes beside those that the players say they had from it.</summary>
    public required double EdgeBytesToPlayers { get; init; }

    /// <summary>Seconds, over all viewers and samples.</summary>
    public required double LatencyMedian { get; init; }
    public required double LatencyLeast { get; init; }
    public required double LatencyMost { get; init; }

    /// <summary>After start-up.</summary>
    public required int Stalls { get; init; }
    public required double PeersMedian { get; init; }
    public required int Rejected { get; init; }
    public required int Banned { get; init; }

    /// <summary>Of the code that was measured.</summary>
    public string Commit { get; init; } = "";

    /// <summary>Average of the minute before.</summary>
    public double LoadBefore { get; init; }

    /// <summary>Stalls and slowness of peers. Nobody was meant to be slow: the machine was.</summary>
    public required int Faults { get; init; }

    public static string Head =>
        """
            | segments | viewers | run | HTTP share × N | with start-up | edge: copies a segment | most | latency, median (range) | stalls | peers |
            |---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
            """;

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"| {Segment} s | {Viewers}{(Churn ? ", coming and going" : "")} | {Run} | {EdgeShareTimesViewers:F2} | {WithStartUpTimesViewers:F2} | {EdgeCopies:F2} (of {Segments}) | {MostCopies} | {LatencyMedian:F1} s ({LatencyLeast:F1} to {LatencyMost:F1}) | {Stalls} | {PeersMedian:F0} |"
        );
}
