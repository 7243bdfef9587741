using Spillway.AdaptiveWindow;
using Spillway.Bench.WindowSimulation;

namespace Spillway.Tests.AdaptiveWindow;

/// <summary>
/// Good and bad networks in virtual time, as <c>make bench PART=window</c> has them: the real rule and audience core, modelled lines
/// and players. See docs/adaptive-window.md for what is modelled.
/// </summary>
public sealed class WindowSimulationTests
{
    [Theory]
    [InlineData(2, 1)]
    [InlineData(4, 7)]
    public void Over_good_and_bad_networks_it_has_fewer_stalls_at_the_latency_of_the_fixed_default(double segment, int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(WindowOutcome.Head);
        var (off, adaptive) = (Run(LiveDelayOptions.Off), Run(LiveDelayOptions.Adaptive));
        // On good lines the picture comes sooner, and nobody pays for it.
        Assert.True(adaptive[0].Latency < off[0].Latency - 1, "good lines: less latency");
        Assert.True(adaptive[0].StalledShare <= off[0].StalledShare + 0.0001, "good lines: no more stalls");
        // On bad ones the delay is what the stalls ask for.
        Assert.True(adaptive[^1].StallsPerHour < 0.85 * off[^1].StallsPerHour, "bad lines: a seventh of the stalls less");
        Assert.True(adaptive[^1].Leaps < 0.5 * off[^1].Leaps, "bad lines: half the leaps");
        // All networks together.
        Assert.True(
            adaptive.Sum(static o => o.StallsPerHour) < 0.9 * off.Sum(static o => o.StallsPerHour),
            "a tenth of the stalls less"
        );
        Assert.True(adaptive.Average(static o => o.Latency) < off.Average(static o => o.Latency) + 0.1, "no more latency");
        Assert.All(adaptive, static outcome => Assert.InRange(outcome.Changes, 0, 40));

        List<WindowOutcome> Run(string mode) =>
            [
                .. WindowScenario.All.Select(scenario =>
                {
                    var outcome = SimulatedEvent.Run(
                        scenario with
                        {
                            Segment = segment,
                        },
                        new LiveDelayOptions { Mode = mode },
                        sharing: false,
                        seed
                    );
                    TestContext.Current.TestOutputHelper?.WriteLine(outcome.Row(scenario, mode));
                    return outcome;
                }),
            ];
    }
}
