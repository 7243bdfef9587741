namespace Spillway.Bench.Latency;

/// <summary>Milliseconds of the parts of the way; what the log knows is in whole milliseconds.</summary>
/// <param name="ToUpload">From complete until the PUT begins: wake-up, reading, checking, hashing, numbering.</param>
/// <param name="Upload">The segment's PUT.</param>
/// <param name="ToListed">From stored until the poller sees it listed: the playlist's PUT, and up to one interval of the poller.</param>
/// <param name="ToReadable">The poller's GET of the segment.</param>
internal sealed record Steps(double ToUpload, double Upload, double ToListed, double ToReadable)
{
    /// <exception cref="InvalidOperationException">It has not gone the whole way, or the log does not tell of it.</exception>
    public static Steps Of(Passage passage)
    {
        if (
            passage
            is not { Complete: { } complete, Stored: { } stored, Upload: { } upload, Listed: { } listed, Readable: { } readable }
        )
            throw new InvalidOperationException($"Segment {passage.Number} of {passage.Rendition} is not in Spillway's log.");
        return new Steps(
            Math.Round((stored - complete.Time).TotalMilliseconds - upload, 1),
            upload,
            Math.Round((listed.Time - stored).TotalMilliseconds, 1),
            Math.Round(readable - listed, 1)
        );
    }

    public static Steps MedianOf(IReadOnlyList<Steps> all) =>
        new(
            Spread.Of(all.Select(static s => s.ToUpload)).Median,
            Spread.Of(all.Select(static s => s.Upload)).Median,
            Spread.Of(all.Select(static s => s.ToListed)).Median,
            Spread.Of(all.Select(static s => s.ToReadable)).Median
        );
}

/// <summary>One segment: through Spillway, bare, and the parts of its way; milliseconds.</summary>
internal sealed record Sample(int Number, double ListedAndReadable, double BarePuts, Steps Steps);
