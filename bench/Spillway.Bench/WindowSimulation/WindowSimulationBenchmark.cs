using System.Globalization;
using Spillway.AdaptiveWindow;

namespace Spillway.Bench.WindowSimulation;

/// <summary>The live delay fixed and adaptive, on good and bad networks, in virtual time. What it models: docs/adaptive-window.md.</summary>
internal static class WindowSimulationBenchmark
{
    /// <summary>Viewers who share keep the usual delay as the lower bound; see <see cref="WindowBounds"/>.</summary>
    private static readonly IReadOnlyList<(string Name, LiveDelayOptions Options, bool Sharing)> s_policies =
    [
        ("off (fixed default)", new LiveDelayOptions(), false),
        ("adaptive", new LiveDelayOptions { Mode = LiveDelayOptions.Adaptive }, false),
        ("adaptive, sharing", new LiveDelayOptions { Mode = LiveDelayOptions.Adaptive }, true),
    ];

    /// <param name="seed">For all that is drawn.</param>
    /// <param name="segments">Seconds of a segment, one after the other.</param>
    /// <param name="delay">Only this fixed live delay, in seconds, and the result is not kept; null: the server's own rules.</param>
    /// <returns>The exit code.</returns>
    public static int Run(int seed, double[] segments, double? delay)
    {
        var machine = BenchMachine.Read();
        var policies = delay is { } fixedDelay ? [Fixed(fixedDelay)] : s_policies;
        List<string> table = [WindowOutcome.Head];
        foreach (var segment in segments)
        {
            var sums = new Dictionary<string, (double Stalls, double Latency)>(StringComparer.Ordinal);
            foreach (var scenario in WindowScenario.All)
            {
                foreach (var (name, options, sharing) in policies)
                {
                    var outcome = SimulatedEvent.Run(scenario with { Segment = segment }, options, sharing, seed);
                    table.Add(outcome.Row(scenario with { Segment = segment }, name));
                    var (stalls, latency) = sums.GetValueOrDefault(name);
                    sums[name] = (stalls + outcome.StallsPerHour, latency + outcome.Latency);
                }
            }
            foreach (var (name, _, _) in policies)
                table.Add(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {segment} s | **all four** | {name} | **{sums[name].Stalls / 4:0.00}** | | | **{sums[name].Latency / 4:0.0}** | | | | |"
                    )
                );
        }
        if (delay is not null)
        {
            Console.WriteLine(string.Join('\n', table));
            return 0;
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

    private static (string Name, LiveDelayOptions Options, bool Sharing) Fixed(double delay) =>
        (
            string.Create(CultureInfo.InvariantCulture, $"fixed, {delay} s"),
            new LiveDelayOptions { Mode = LiveDelayOptions.Fixed, Delay = TimeSpan.FromSeconds(delay) },
            false
        );
}
