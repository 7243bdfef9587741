using System.Diagnostics;
using System.Globalization;

namespace Spillway.Bench.Latency;

/// <summary>
/// The time from "segment complete at the source" to "listed and readable at the edge", beside the time of the bare PUTs to the
/// same store in the same run. The published binary follows a folder, as it does beside an Owncast.
/// </summary>
internal static class LatencyBenchmark
{
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(TimeSpan onAir, IReadOnlyList<string> stores, CancellationToken cancellationToken)
    {
        using var scratch = new ScratchFolder();
        var folder = scratch.Path;
        var start = Stopwatch.GetTimestamp();
        var segments = (int)onAir.TotalSeconds / Recording.SegmentSeconds;
        Console.WriteLine($"Making {segments} segments of {Recording.SegmentSeconds} s in two renditions ...");
        var recording = await Recording.MakeAsync(Path.Combine(folder, "recording"), segments, cancellationToken);
        var results = new List<LatencyResult>();
        foreach (var store in stores)
        {
            Console.WriteLine($"{store}: on air for {segments * Recording.SegmentSeconds} s ...");
            var result = await LatencyRun.RunAsync(store, recording, Path.Combine(folder, store), cancellationToken);
            results.Add(result);
        }
        var name = stores is [var only] ? $"latency-{only}" : "latency";
        BenchReport.Save(name, "latency", results[0].Machine, Table(results), results);
        Console.WriteLine($"In {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s.");
        return 0;
    }

    /// <summary>In Markdown, as <c>docs/benchmarks.md</c> has it.</summary>
    private static List<string> Table(IEnumerable<LatencyResult> results)
    {
        List<string> figures =
        [
            "| store | segment | ms | min | median | p90 | p99 | max |",
            "|---|---|---|---:|---:|---:|---:|---:|",
        ];
        List<string> steps =
        [
            "",
            "Medians of the parts of the way in ms, from Spillway's log and the poller (they need not add up to the median of the whole); then those of the bare PUTs, and of the poller's requests for a playlist:",
            "",
            "| store | segment | ratio of medians | to upload | upload | to listed | to readable | bare segment | bare playlist | a poll |",
            "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|",
        ];
        foreach (var result in results)
        {
            foreach (var rendition in result.Renditions)
            {
                var size = string.Create(CultureInfo.InvariantCulture, $"{rendition.SegmentBytes / 1000} kB");
                var name = $"| {result.Store} | {size} × {rendition.Segments} ";
                figures.Add($"{name}| complete → listed and readable {Row(rendition.ListedAndReadable)}");
                figures.Add($"{name}| bare PUTs: segment, then playlist {Row(rendition.BarePuts)}");
                var parts = rendition.Steps;
                steps.Add(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{name}| {rendition.Ratio:0.00} | {parts.ToUpload:0.0} | {parts.Upload:0.0} | {parts.ToListed:0.0} | {parts.ToReadable:0.0} | {rendition.BareSteps.Segment:0.0} | {rendition.BareSteps.Playlist:0.0} | {result.PollTakes:0.0} |"
                    )
                );
            }
        }
        return [.. figures, .. steps];
    }

    private static string Row(Spread spread) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"| {spread.Min:0.0} | {spread.Median:0.0} | {spread.P90:0.0} | {spread.P99:0.0} | {spread.Max:0.0} |"
        );
}
