namespace Spillway.Bench.Latency;

/// <summary>Medians in milliseconds of the two bare PUTs, each by itself.</summary>
internal sealed record BareSteps(double Segment, double Playlist);

/// <param name="SegmentBytes">Median.</param>
/// <param name="Ratio">Of the medians.</param>
/// <param name="Steps">Medians.</param>
internal sealed record RenditionLatency(
    string Name,
    int SegmentBytes,
    int Segments,
    Spread ListedAndReadable,
    Spread BarePuts,
    double Ratio,
    Steps Steps,
    BareSteps BareSteps,
    IReadOnlyList<Sample> Samples
);

/// <summary>What one run measured, as it is written to <c>bench/results</c>.</summary>
/// <param name="PollEvery">Milliseconds between two polls of a playlist.</param>
/// <param name="Warnings">Lines of that level or above in Spillway's log.</param>
/// <param name="PollTakes">Median of their milliseconds.</param>
internal sealed record LatencyResult(
    string Store,
    BenchMachine Machine,
    int SegmentSeconds,
    int WarmUp,
    double PollEvery,
    double PollTakes,
    int PlaylistBytes,
    int PollerFailures,
    int Warnings,
    IReadOnlyList<RenditionLatency> Renditions
)
{
    public static LatencyResult Of(
        string store,
        BenchMachine machine,
        Recording recording,
        Passages passages,
        IReadOnlyList<BarePut> bare,
        EdgePoller poller,
        int warnings
    ) =>
        new(
            store,
            machine,
            Recording.SegmentSeconds,
            LatencyRun.WarmUp,
            EdgePoller.Interval.TotalMilliseconds,
            Spread.Of(poller.Polls).Median,
            poller.LastPlaylist.Length,
            poller.Failures,
            warnings,
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
            Steps.MedianOf([.. passages.Select(Steps.Of)]),
            new BareSteps(
                Spread.Of(bare.Select(static b => b.Segment)).Median,
                Spread.Of(bare.Select(static b => b.Playlist)).Median
            ),
            [
                .. passages.Zip(
                    bare,
                    static (p, b) => new Sample(p.Number, Math.Round(p.Latency!.Value, 1), Math.Round(b.Both, 1), Steps.Of(p))
                ),
            ]
        );
    }
}
