using System.Globalization;

namespace Spillway.Bench.SwarmSimulation;

/// <summary>The figures of one scenario, over all its seeds.</summary>
internal sealed class SwarmRow
{
    private readonly double[] _copies;
    private readonly double[] _peers;

    /// <param name="scenario">What was simulated.</param>
    /// <param name="outcomes">One a seed.</param>
    /// <param name="seconds">That it took, on this machine.</param>
    public SwarmRow(Scenario scenario, IReadOnlyList<SwarmOutcome> outcomes, double seconds)
    {
        (Scenario, Seconds) = (scenario, seconds);
        _copies = Sorted(outcomes.SelectMany(static outcome => outcome.Copies));
        _peers = Sorted(outcomes.SelectMany(static outcome => outcome.Peers));
        var edge = outcomes.Sum(static outcome => outcome.Tally.EdgeBits);
        HttpShare = edge / (edge + outcomes.Sum(static outcome => outcome.Tally.PeerBits));
        var reasons = Enum.GetValues<EdgeReason>()
            .Select(reason => (double)outcomes.Sum(outcome => outcome.Tally.Reasons[(int)reason]))
            .ToArray();
        var fetched = Math.Max(reasons.Sum(), 1);
        (ByTurn, Urgent) = (reasons[(int)EdgeReason.Turn] / fetched, reasons[(int)EdgeReason.Urgent] / fetched);
        (AtStart, Alone) = (reasons[(int)EdgeReason.Start] / fetched, reasons[(int)EdgeReason.Alone] / fetched);
        BusiestTurns = outcomes.Average(outcome =>
            OfBusiest(outcome.Tally.Turns.Select(static turns => (double)turns), scenario.Viewers)
        );
        BusiestGiven = outcomes.Average(outcome => OfBusiest(outcome.Tally.Given, scenario.Viewers));
        var hours = scenario.Viewers * scenario.MeasuredSeconds * outcomes.Count / 3600;
        LatePerViewerHour = outcomes.Sum(static outcome => outcome.Tally.Late) / hours;
        LateSecondsPerViewerHour = outcomes.Sum(static outcome => outcome.Tally.LateSeconds) / hours;
        ConnectedPairs =
            (double)outcomes.Sum(static outcome => outcome.Connections)
            / Math.Max(outcomes.Sum(static outcome => outcome.Attempts), 1);
        Circles = outcomes.Average(static outcome => outcome.Peers.Sum(static peers => 1.0 / (peers + 1)));
        (JoiningFrames, JoiningBytes) = Rate(outcomes.Select(static outcome => outcome.Joining), Scenario.JoinSeconds);
        (Frames, Bytes) = Rate(outcomes.Select(static outcome => outcome.Measured), scenario.MeasuredSeconds);
        Events = outcomes.Sum(static outcome => outcome.Events);
    }

    public Scenario Scenario { get; }

    /// <summary>Of all segment bytes, by the players' counts, what was broken off included.</summary>
    public double HttpShare { get; }
    public double HttpShareTimesViewers => HttpShare * Scenario.Viewers;
    public double CopiesMean => _copies.Average();
    public double CopiesMedian => Quantile(_copies, 0.5);
    public double CopiesP95 => Quantile(_copies, 0.95);

    /// <summary>Sum of 1 / (peers + 1) over the viewers: how many are the first in the row of those they know, by theory.</summary>
    public double Circles { get; }

    /// <summary>Parts of the copies.</summary>
    public double ByTurn { get; }
    public double Urgent { get; }
    public double AtStart { get; }
    public double Alone { get; }

    /// <summary>What the busiest tenth of the viewers has of all turns, and of all bytes given; mean over the events.</summary>
    public double BusiestTurns { get; }
    public double BusiestGiven { get; }

    /// <summary>How many segments left the edge so many times.</summary>
    public SortedDictionary<int, int> SegmentsByCopies => new(_copies.CountBy(static copies => (int)copies).ToDictionary());
    public double PeersMedian => Quantile(_peers, 0.5);
    public double PeersP5 => Quantile(_peers, 0.05);
    public double PeersMost => _peers[^1];
    public double PeersMean => _peers.Average();

    /// <summary>Segments that came after playback had reached them.</summary>
    public double LatePerViewerHour { get; }
    public double LateSecondsPerViewerHour { get; }

    /// <summary>Of those that tried.</summary>
    public double ConnectedPairs { get; }

    /// <summary>The tracker's, a second, in and out together: while viewers come, and while it is measured.</summary>
    public double JoiningFrames { get; }
    public double JoiningBytes { get; }
    public double Frames { get; }
    public double Bytes { get; }

    public long Events { get; }
    public double Seconds { get; }

    public const string Head = """
        | audience | segments | viewers | HTTP share | × N | copies: median | p95 | by theory | by turn / alone / urgent / at a start, % | the busiest tenth's part of the turns, of what is given | peers: median (p5 to most) | late an hour | tracker messages/s, kB/s: coming | later |
        |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
        """;

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"| {NameOf(Scenario.Audience)} | {Scenario.SegmentSeconds} s | {Scenario.Viewers:N0} | {100 * HttpShare:0.0} % | {HttpShareTimesViewers:#,0.00} | {CopiesMedian:#,0.#} | {CopiesP95:#,0.#} | {Circles:#,0.0} | {100 * ByTurn:0} / {100 * Alone:0} / {100 * Urgent:0} / {100 * AtStart:0} | {100 * BusiestTurns:0} %, {100 * BusiestGiven:0} % | {PeersMedian:0} ({PeersP5:0} to {PeersMost:0}) | {LatePerViewerHour:0.00} | {JoiningFrames:#,0.0}, {JoiningBytes / 1000:#,0.0} | {Frames:#,0.0}, {Bytes / 1000:#,0.0} |"
        );

    private static string NameOf(Audience audience) =>
        audience switch
        {
            Audience.OneMachine => "one machine",
            Audience.Reachable => "all reachable",
            _ => "public",
        };

    private static double[] Sorted(IEnumerable<int> values) => [.. values.Order().Select(static value => (double)value)];

    private static double OfBusiest(IEnumerable<double> parts, int viewers)
    {
        double[] sorted = [.. parts.OrderDescending()];
        var all = sorted.Sum();
        return all > 0 ? sorted.Take((viewers + 9) / 10).Sum() / all : 0;
    }

    private static double Quantile(double[] sorted, double part) =>
        sorted[Math.Min((int)(part * sorted.Length), sorted.Length - 1)];

    private static (double Frames, double Bytes) Rate(IEnumerable<(long Frames, long Bytes)> counts, double seconds)
    {
        var all = counts.ToArray();
        return (all.Average(static count => count.Frames) / seconds, all.Average(static count => count.Bytes) / seconds);
    }
}
