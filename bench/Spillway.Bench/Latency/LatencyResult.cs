using System.Globalization;
using System.Text.Json;

namespace Spillway.Bench.Latency;

/// <summary>Medians in milliseconds of the parts of the way; the first and the third rest on the log's whole milliseconds.</summary>
/// <param name="ToUpload">From complete until the PUT begins: wake-up, reading, checking, hashing, numbering.</param>
/// <param name="Upload">The segment's PUT.</param>
/// <param name="ToListed">From stored until the poller sees it listed: the playlist's PUT, and up to one interval of the poller.</param>
/// <param name="ToReadable">The poller's GET of the segment.</param>
internal sealed record Steps(double ToUpload, double Upload, double ToListed, double ToReadable);

/// <param name="SegmentBytes">Median.</param>
/// <param name="Ratio">Of the medians.</param>
/// <param name="Samples">Milliseconds of each segment, in order: through Spillway, and bare.</param>
internal sealed record RenditionLatency(
    string Name,
    int SegmentBytes,
    int Segments,
    Spread ListedAndReadable,
    Spread BarePuts,
    double Ratio,
    Steps Steps,
    IReadOnlyList<double[]> Samples
);

/// <summary>What one run measured, as it is written to <c>bench/results</c>.</summary>
internal sealed record LatencyResult(
    string Benchmark,
    string Store,
    string Date,
    Machine Machine,
    int SegmentSeconds,
    int WarmUp,
    double PollMilliseconds,
    int PlaylistBytes,
    int PollerFailures,
    IReadOnlyList<RenditionLatency> Renditions
)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static LatencyResult Of(
        string store,
        Machine machine,
        Recording recording,
        Passages passages,
        IReadOnlyList<BarePut> bare,
        EdgePoller poller
    ) =>
        new(
            "latency",
            store,
            DateTimeOffset.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            machine,
            Recording.SegmentSeconds,
            LatencyRun.WarmUp,
            EdgePoller.Interval.TotalMilliseconds,
            poller.LastPlaylist.Length,
            poller.Failures,
            [
                .. recording.Renditions.Select(rendition =>
                    Of(
                        rendition.Name,
                        [
                            .. passages
                                .All.Where(p => p.Rendition == rendition.Name && p.Number >= LatencyRun.WarmUp)
                                .OrderBy(static p => p.Number),
                        ],
                        [
                            .. bare.Where(b => b.Rendition == rendition.Name && b.Number >= LatencyRun.WarmUp)
                                .OrderBy(static b => b.Number),
                        ]
                    )
                ),
            ]
        );

    public string ToJson() => JsonSerializer.Serialize(this, s_json) + "\n";

    private static RenditionLatency Of(string name, IReadOnlyList<Passage> passages, IReadOnlyList<BarePut> bare)
    {
        var through = Spread.Of(passages.Select(static p => p.Latency!.Value));
        var alone = Spread.Of(bare.Select(static b => b.Both));
        return new RenditionLatency(
            name,
            (int)Spread.Of(passages.Select(static p => (double)p.Bytes)).Median,
            passages.Count,
            through,
            alone,
            Math.Round(through.Median / alone.Median, 2),
            new Steps(
                Median(static p => (p.Stored!.Value - p.Complete!.Value.Time).TotalMilliseconds - p.Upload!.Value),
                Median(static p => p.Upload!.Value),
                Median(static p => (p.Listed!.Value.Time - p.Stored!.Value).TotalMilliseconds),
                Median(static p => p.Readable!.Value - p.Listed!.Value)
            ),
            [.. passages.Zip(bare, static (p, b) => new[] { Math.Round(p.Latency!.Value, 1), Math.Round(b.Both, 1) })]
        );

        double Median(Func<Passage, double> part) =>
            Spread.Of(passages.Where(static p => p.Stored is not null).Select(part)).Median;
    }
}
