using Spillway.AdaptiveWindow;

namespace Spillway.Bench.WindowSimulation;

/// <summary>The live delay fixed and adaptive, on good and bad networks, in virtual time. What it models: docs/adaptive-window.md.</summary>
internal static class WindowSimulationBenchmark
{
    /// <summary>Viewers who share keep the usual delay as the lower bound; see <see cref="WindowBounds"/>.</summary>
    public static readonly IReadOnlyList<(string Name, string Mode, bool Sharing)> Policies =
    [
        ("off (fixed default)", LiveDelayOptions.Off, false),
        ("adaptive", LiveDelayOptions.Adaptive, false),
        ("adaptive, sharing", LiveDelayOptions.Adaptive, true),
    ];

    public static WindowOutcome Run(WindowScenario scenario, string mode, bool sharing, int seed) =>
        new SimulatedEvent(scenario, new LiveDelayOptions { Mode = mode }, sharing, seed).Run();

    /// <returns>The exit code.</returns>
    public static int Run(int seed, double[] segments)
    {
        foreach (var segment in segments)
        {
            Console.WriteLine($"\nSegments of {segment} s, 150 viewers, 40 minutes");
            Console.WriteLine(WindowOutcome.Head);
            var sums = new Dictionary<string, (double Stalls, double Latency)>(StringComparer.Ordinal);
            foreach (var scenario in WindowScenario.All)
            {
                foreach (var (name, mode, sharing) in Policies)
                {
                    var outcome = Run(scenario with { Segment = segment }, mode, sharing, seed);
                    Console.WriteLine(outcome.Row(scenario, name));
                    var (stalls, latency) = sums.GetValueOrDefault(name);
                    sums[name] = (stalls + outcome.StallsPerHour, latency + outcome.Latency);
                }
            }
            foreach (var (name, _, _) in Policies)
                Console.WriteLine(
                    $"{"all four", -28}{name, -20}{sums[name].Stalls / 4, 9:0.00}{"", 18}{sums[name].Latency / 4, 9:0.0}"
                );
        }
        return 0;
    }
}
