using System.Globalization;
using Spillway.AdaptiveWindow;

namespace Spillway.Bench.WindowSimulation;

/// <summary>The live delay fixed and adaptive, on good and bad networks, in virtual time. What it models: docs/adaptive-window.md.</summary>
internal static class WindowSimulationBenchmark
{
    /// <summary>Viewers who share keep the usual delay as the lower bound; see <see cref="WindowBounds"/>.</summary>
    private static readonly IReadOnlyList<(string Name, string Mode, bool Sharing)> s_policies =
    [
        ("off (fixed default)", LiveDelayOptions.Off, false),
        ("adaptive", LiveDelayOptions.Adaptive, false),
        ("adaptive, sharing", LiveDelayOptions.Adaptive, true),
    ];

    /// <returns>The exit code.</returns>
    public static int Run(int seed, double[] segments)
    {
        var machine = BenchMachine.Read();
        List<string> table = [WindowOutcome.Head];
        foreach (var segment in segments)
        {
            var sums = new Dictionary<string, (double Stalls, double Latency)>(StringComparer.Ordinal);
            foreach (var scenario in WindowScenario.All)
            {
                foreach (var (name, mode, sharing) in s_policies)
                {
                    var outcome = SimulatedEvent.Run(scenario with { Segment = segment }, mode, sharing, seed);
                    table.Add(outcome.Row(scenario with { Segment = segment }, name));
                    var (stalls, latency) = sums.GetValueOrDefault(name);
                    sums[name] = (stalls + outcome.StallsPerHour, latency + outcome.Latency);
                }
            }
            foreach (var (name, _, _) in s_policies)
                table.Add(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {segment} s | **all four** | {name} | **{sums[name].Stalls / 4:0.00}** | | | **{sums[name].Latency / 4:0.0}** | | | | |"
                    )
                );
        }
        var file = string.Create(CultureInfo.InvariantCulture, $"window-seed{seed}");
        BenchReport.Save(
            file,
            "window",
            machine,
            table,
            new
            {
                seed,
                segments,
                viewers = 150,
                minutes = 40,
            }
        );
        return 0;
    }
}
