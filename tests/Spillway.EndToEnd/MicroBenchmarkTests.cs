using Spillway.EndToEnd.Servers;

namespace Spillway.EndToEnd;

[Collection(Lanes.Servers)]
public sealed class MicroBenchmarkTests : EndToEndTest
{
    [Fact]
    public async Task Each_micro_benchmark_runs_once()
    {
        var run = Own(ChildProcess.Start(BenchProgram.Path, ["micro", "--test"], Folder));
        Assert.True(await run.ExitAsync(TimeSpan.FromMinutes(3)) == 0, run.Output);
        Assert.Contains("12 benchmarks work.", run.Output, StringComparison.Ordinal);
    }
}
