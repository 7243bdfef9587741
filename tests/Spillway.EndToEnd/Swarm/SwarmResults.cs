using System.Globalization;
using Spillway.TestSupport.Benchmarks;

namespace Spillway.EndToEnd.Swarm;

/// <summary><c>bench/results/swarm.json</c>: one row a run; a run that is measured again replaces its row.</summary>
internal static class SwarmResults
{
    private const string Head = """
        | segments | viewers | HTTP share × N, each run | with start-up | copies a segment (most) | latency, median (range), s | stalls | commit |
        |---|---:|---|---|---:|---|---:|---|
        """;

    /// <param name="machine">As it was before the row was measured.</param>
    public static void Add(SwarmRow row, BenchMachine machine)
    {
        row = row with { Commit = machine.Commit, LoadBefore = machine.LoadBefore };
        var rows = (BenchResult.Read("swarm")?.FiguresAs<Figures>()?.Rows ?? [])
            .Where(other => KeyOf(other) != KeyOf(row) || other.Run != row.Run)
            .Append(row)
            .OrderBy(static r => (r.Churn, r.Uplink, r.Delay, -r.Segment, r.Viewers, r.Run))
            .ToList();
        var table = rows.GroupBy(KeyOf).Select(static runs => Line([.. runs]));
        BenchResult.Of("swarm", machine, [Head, .. table], new Figures(rows), BenchVersions.Nginx).Save("swarm");
    }

    private static string Line(IReadOnlyList<SwarmRow> runs)
    {
        var one = runs[0];
        var what =
            $"{one.Segment} s"
            + (one.Delay > 0 ? Text($", live delay {one.Delay} s") : "")
            + (one.Uplink > 0 ? Text($", lines out of {one.Uplink} × the stream") : "")
            + (one.Churn ? ", one leaves and one comes every 10 s" : "");
        var latency = runs.Select(static run => run.LatencyMedian).Order().ElementAt(runs.Count / 2);
        return Text(
            $"| {what} | {one.Viewers} | {Each(static run => run.EdgeShareTimesViewers)} | {Each(static run => run.WithStartUpTimesViewers)} | {runs.Average(static run => run.EdgeCopies):0.00} ({runs.Max(static run => run.MostCopies)}) | {latency:0.0} ({runs.Min(static run => run.LatencyLeast):0.0} to {runs.Max(static run => run.LatencyMost):0.0}) | {runs.Sum(static run => run.Stalls)} | {string.Join(", ", runs.Select(static run => run.Commit).Distinct(StringComparer.Ordinal))} |"
        );

        string Each(Func<SwarmRow, double> figure) => string.Join(", ", runs.Select(run => Text($"{figure(run):0.00}")));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static (bool, double, double, int, int) KeyOf(SwarmRow row) =>
        (row.Churn, row.Uplink, row.Delay, row.Segment, row.Viewers);

    private sealed record Figures(IReadOnlyList<SwarmRow> Rows);
}
