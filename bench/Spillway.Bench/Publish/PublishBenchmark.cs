using System.Globalization;
using Spillway.Bench.Latency;

namespace Spillway.Bench.Publish;

/// <summary>
/// How publishing grows with the streams of one server: from "segment complete at the source" to "listed and readable", less the bare PUTs, and
/// what each stream costs in CPU and memory. The published binary on its embedded store follows as many folders.
/// </summary>
internal static class PublishBenchmark
{
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(int[] counts, TimeSpan onAir, CancellationToken cancellationToken)
    {
        var machine = BenchMachine.Read();
        using var scratch = new ScratchFolder();
        var folder = scratch.Path;
        var segments = (int)onAir.TotalSeconds / Recording.SegmentSeconds;
        Console.WriteLine($"Making {segments} segments of {Recording.SegmentSeconds} s ...");
        var recording = await Recording.MakeAsync(Path.Combine(folder, "recording"), segments, cancellationToken);
        var rows = new List<PublishRow>();
        foreach (var count in counts)
        {
            Console.WriteLine($"{count} streams on air for {segments * Recording.SegmentSeconds} s ...");
            rows.Add(await PublishRun.RunAsync(count, recording.Best, Path.Combine(folder, $"{count}"), cancellationToken));
            Console.WriteLine(rows[^1]);
        }
        var bytes = recording.Renditions[0].Segments.Average(static segment => segment.Bytes.Length);
        BenchReport.Save(
            "publish",
            "publish",
            machine,
            [PublishRow.Head, .. rows.Select(static row => $"{row}")],
            new { segmentBytes = bytes, rows }
        );
        return 0;
    }
}

/// <param name="Segments">Measured, of the streams that are watched.</param>
/// <param name="ListedAndReadable">Milliseconds since it was complete at the source.</param>
/// <param name="BarePuts">Milliseconds of the two PUTs alone, in the same run.</param>
/// <param name="CpuPercent">Of a core, all streams together.</param>
/// <param name="Resident">Bytes at the end.</param>
internal sealed record PublishRow(
    int Streams,
    int Segments,
    Spread ListedAndReadable,
    Spread BarePuts,
    double CpuPercent,
    long Resident,
    long Peak
)
{
    public const string Head = """
        | streams | segments measured | complete → listed and readable, ms: median | p90 | max | bare PUTs: median | p90 | max | CPU, % of a core | of it a stream | resident, MB | peak |
        |---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
        """;

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"| {Streams} | {Segments} | {ListedAndReadable.Median:0.0} | {ListedAndReadable.P90:0.0} | {ListedAndReadable.Max:0.0} | {BarePuts.Median:0.0} | {BarePuts.P90:0.0} | {BarePuts.Max:0.0} | {CpuPercent:0.0} | {CpuPercent / Streams:0.00} | {Resident / 1e6:0} | {Peak / 1e6:0} |"
        );
}
