using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Spillway.Bench.Micro;

/// <summary>What Spillway itself does to segments, playlists and announces, without disk or network, by BenchmarkDotNet.</summary>
internal static class MicroBenchmark
{
    /// <summary>Of a window of 10 segments: what the system before this one took.</summary>
    private const double MostMilliseconds = 1;

    /// <inheritdoc cref="MostMilliseconds"/>
    private const double MostBytes = 50_000;

    /// <param name="test">Each only once: that they work. Nothing is written.</param>
    /// <returns>The exit code: 1 if anything fails, or a bound is broken.</returns>
    public static int Run(bool test)
    {
        var machine = BenchMachine.Read();
        // In this process: BenchmarkDotNet would build a project of its own, which lock files and central versions forbid.
        var job = (test ? Job.Dry : Job.ShortRun).WithToolchain(InProcessEmitToolchain.Instance);
        var config = DefaultConfig
            .Instance.AddJob(job)
            .WithArtifactsPath(Path.Combine(Repository.Scratch, "micro"))
            .WithOptions(
                ConfigOptions.JoinSummary | (test ? ConfigOptions.DisableOptimizationsValidator : ConfigOptions.Default)
            );
        var summary = BenchmarkRunner.Run(
            [typeof(SegmentBenchmarks), typeof(PlaylistBenchmarks), typeof(AnnounceBenchmarks)],
            config
        )[0];
        if (
            summary.HasCriticalValidationErrors
            || summary.Reports.Length == 0
            || summary.Reports.Any(static report => !report.Success)
        )
            return 1;
        if (test)
        {
            Console.WriteLine($"{summary.Reports.Length} benchmarks work.");
            return 0;
        }
        var rows = summary.Reports.Select(MicroRow.Of).ToList();
        BenchReport.Save("micro", "micro", machine, [MicroRow.Head, .. rows.Select(static row => $"{row}")], rows);
        var small = rows.Single(static row => row is { Method: nameof(PlaylistBenchmarks.WritePlaylist), Parameters: "10" });
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"A window of 10 segments: at most {MostMilliseconds} ms and {MostBytes / 1000:0} kB are allowed."
            )
        );
        return small.Nanoseconds <= 1e6 * MostMilliseconds && small.AllocatedBytes <= MostBytes ? 0 : 1;
    }
}

/// <param name="Parameters">Segments of the playlist, peers of the swarm, bytes of the segment.</param>
/// <param name="Nanoseconds">Mean.</param>
/// <param name="ErrorNanoseconds">Half of the confidence interval of 99.9 %.</param>
internal sealed record MicroRow(
    string Method,
    string What,
    string Parameters,
    double Nanoseconds,
    double ErrorNanoseconds,
    long AllocatedBytes
)
{
    public const string Head = """
        | what | of | time | ± | allocated |
        |---|---:|---:|---:|---:|
        """;

    public static MicroRow Of(BenchmarkReport report)
    {
        var statistics = report.ResultStatistics!;
        var descriptor = report.BenchmarkCase.Descriptor;
        return new(
            descriptor.WorkloadMethod.Name,
            descriptor.WorkloadMethodDisplayInfo.Trim('\''),
            string.Join(", ", report.BenchmarkCase.Parameters.Items.Select(static item => $"{item.Value}")),
            statistics.Mean,
            statistics.ConfidenceInterval.Margin,
            report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0
        );
    }

    public override string ToString() =>
        $"| {What} | {Parameters} | {Time(Nanoseconds)} | {Time(ErrorNanoseconds)} | {Bytes(AllocatedBytes)} |";

    private static string Time(double nanoseconds) =>
        nanoseconds < 1e3 ? Text($"{nanoseconds:0} ns")
        : nanoseconds < 1e5 ? Text($"{nanoseconds / 1e3:0.0} µs")
        : nanoseconds < 1e6 ? Text($"{nanoseconds / 1e3:0} µs")
        : Text($"{nanoseconds / 1e6:0.00} ms");

    private static string Bytes(long bytes) => bytes < 1000 ? Text($"{bytes} B") : Text($"{bytes / 1e3:#,0} kB");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
