using System.Diagnostics;

namespace Spillway.Bench.SwarmSimulation;

/// <summary>
/// Swarms larger than browsers on one machine can be: the real tracker core, modelled viewers, virtual time. It shows what the player's
/// rules come to, not what networks do to them.
/// </summary>
internal static class SwarmSimulationBenchmark
{
    /// <param name="viewers">Only rows with so many; empty: all.</param>
    /// <param name="megabits">A second of the stream.</param>
    /// <param name="delay">Seconds of another live delay than the server's own; null: its own.</param>
    /// <param name="segments">Only rows with segments of so many seconds; empty: all.</param>
    /// <param name="seed">Of the first event of each row.</param>
    /// <param name="cancellationToken">Ends it between two events.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(
        int[] viewers,
        double megabits,
        double? delay,
        double[] segments,
        int seed,
        CancellationToken cancellationToken
    )
    {
        var machine = BenchMachine.Read();
        var rows = new List<SwarmRow>();
        Console.WriteLine(SwarmRow.Head);
        foreach (var scenario in Scenario.All)
        {
            if (viewers.Length > 0 && !viewers.Contains(scenario.Viewers))
                continue;
            if (segments.Length > 0 && !segments.Contains(scenario.SegmentSeconds))
                continue;
            var row = Simulate(
                scenario with
                {
                    Bitrate = 1e6 * megabits,
                    LiveDelay = delay ?? scenario.LiveDelay,
                },
                seed,
                cancellationToken
            );
            rows.Add(row);
            Console.WriteLine(row);
        }
        if (viewers.Length == 0 && segments.Length == 0 && delay is null && Math.Abs(1e6 * megabits - Scenario.UsualBitrate) < 1)
            BenchReport.Save(
                "swarm-simulation",
                "swarm-simulation",
                machine,
                [SwarmRow.Head, .. rows.Select(static row => $"{row}")],
                new { seed, rows }
            );
        return Task.FromResult(0);
    }

    private static SwarmRow Simulate(Scenario scenario, int seed, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var outcomes = new List<SwarmOutcome>();
        for (var i = 0; i < scenario.Seeds; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var swarm = new SimulatedSwarm(scenario, seed + i);
            outcomes.Add(swarm.Run());
        }
        return new SwarmRow(scenario, outcomes, watch.Elapsed.TotalSeconds);
    }
}
