using System.Globalization;
using Spillway.EndToEnd.Viewers;

namespace Spillway.EndToEnd.Rebuffer;

/// <summary>
/// A show without faults: how far behind the live edge viewers are who share, and whether their picture ever stands still.
/// <c>make bench PART=steady</c>, with MINUTES, VIEWERS of each stream, DELAY, LIVEDELAY and PLAYER.
/// </summary>
[Trait("Speed", "long")]
public sealed class SteadyTests(ITestOutputHelper output) : EndToEndTest
{
    /// <summary>After the last one's first picture: until then it is the start that is seen.</summary>
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(30);

    /// <summary>Segments of so many seconds, and how many the median of the latency may have.</summary>
    private static readonly (int Segment, double Bound)[] s_streams = [(2, 7), (4, 13)];

    private readonly BenchRun _run = new(output);
    private readonly int _viewers = (int)BenchRun.Number("VIEWERS", 2);

    [Fact]
    [Trait("Bench", "steady")]
    public async Task Viewers_who_share_stay_near_the_live_edge_and_nobodys_picture_stands_still()
    {
        var browser = await StartBrowserAsync();
        var shows = await Task.WhenAll(s_streams.Select((stream, index) => StartAsync(stream.Segment, _run.LiveDelays[index])));
        for (var viewer = 0; viewer < _viewers; viewer++)
            foreach (var show in shows)
                await show.OpenAsync(browser);
        _run.Note("everybody has a picture");
        await WatchAsync(shows, s_settling, []);

        var before = new Dictionary<Watching, Picture>();
        foreach (var viewer in shows.SelectMany(static show => show.Viewers))
            before[viewer] = await viewer.LookAsync();
        _run.Note($"measured from here for {_run.Minutes} min");
        var latencies = before.Keys.ToDictionary(static viewer => viewer, static _ => new List<double>());
        await WatchAsync(shows, _run.Length, latencies);

        var rows = shows
            .SelectMany(
                (show, index) => show.Viewers.Select(viewer => RowOf(show, index, viewer, before[viewer], latencies[viewer]))
            )
            .ToList();
        _run.Save("steady", "steady", browser, [SteadyRow.Head, .. rows.Select(static row => $"{row}")], rows);
        Assert.Empty(Missed(rows));
    }

    private async Task<SteadyShow> StartAsync(int segment, double liveDelay) =>
        Own(await SteadyShow.StartAsync(Path.Combine(Folder, $"{segment}"), segment, _run, liveDelay));

    private async Task WatchAsync(SteadyShow[] shows, TimeSpan length, Dictionary<Watching, List<double>> latencies)
    {
        var start = TimeProvider.System.GetTimestamp();
        var told = TimeSpan.Zero;
        while (TimeProvider.System.GetElapsedTime(start) is var passed && passed < length)
        {
            foreach (var viewer in shows.SelectMany(static show => show.Viewers))
            {
                var seen = await viewer.LookAsync();
                if (seen.Latency is { } latency && latencies.TryGetValue(viewer, out var samples))
                    samples.Add(Math.Round(latency, 1));
            }
            if (passed >= told)
            {
                told += TimeSpan.FromSeconds(Math.Min(60, _run.Length.TotalSeconds / 6));
                _run.SampleLoad();
                _run.Note(
                    string.Join(
                        "; ",
                        shows
                            .SelectMany(static show => show.Viewers)
                            .Select(static viewer =>
                                string.Create(
                                    CultureInfo.InvariantCulture,
                                    $"{viewer.Name}: {viewer.Last!.Latency:F1} s behind, {viewer.Last.Starved.Count()} stalls, {viewer.Last.Hiccups.Count()} hiccups, {viewer.Last.FromPeers / 1e6:F1} of {(viewer.Last.FromPeers + viewer.Last.FromEdge) / 1e6:F1} MB from peers"
                                )
                            )
                    )
                );
            }
            await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        }
    }

    private SteadyRow RowOf(SteadyShow show, int index, Watching viewer, Picture before, List<double> latencies)
    {
        var (seen, sorted) = (viewer.Last!, latencies.Order().ToList());
        return new SteadyRow
        {
            Viewer = viewer.Name[(viewer.Name.IndexOf(',', StringComparison.Ordinal) + 2)..],
            Segment = show.Seconds,
            LiveDelay = _run.LiveDelays[index],
            Measured = Math.Round((seen.Now - before.Now) / 1000),
            Bound = s_streams[index].Bound,
            // Nobody knows is worse than any bound.
            LatencyMedian = sorted.Count == 0 ? double.MaxValue : sorted[sorted.Count / 2],
            LatencyLeast = sorted.FirstOrDefault(),
            LatencyMost = sorted.LastOrDefault(),
            Stalls = [.. seen.Starved.Where(stall => stall.At + (1000 * stall.Seconds) > before.Now)],
            Hiccups = [.. seen.Hiccups.Where(stall => stall.At + (1000 * stall.Seconds) > before.Now)],
            OwnStalls = seen.Own!.Stalls - before.Own!.Stalls,
            Speed = Math.Round(1000 * (seen.Played - before.Played) / (seen.Now - before.Now), 4),
            FromPeers = seen.FromPeers - before.FromPeers,
            FromEdge = seen.FromEdge - before.FromEdge,
            Latencies = latencies,
        };
    }

    private List<string> Missed(List<SteadyRow> rows)
    {
        List<string> missed =
        [
            .. rows.Where(static row => row.LatencyMedian > row.Bound)
                .Select(static row =>
                    $"{row.Segment} s, {row.Viewer}: median of the latency {row.LatencyMedian} s, over {row.Bound}"
                ),
            .. rows.Where(static row => row.Stalls.Count > 0).Select(static row => $"{row.Segment} s, {row.Viewer}: stalls"),
            // All but one sample may be there: each row must cover the time.
            .. rows.Where(row => row.Measured < 0.95 * _run.Length.TotalSeconds || row.Latencies.Count < row.Measured / 4)
                .Select(static row => $"{row.Segment} s, {row.Viewer}: {row.Latencies.Count} samples in {row.Measured} s"),
            .. rows.GroupBy(static row => row.Segment)
                .Where(static stream => stream.Sum(static row => row.FromPeers) == 0)
                .Select(static stream => $"{stream.Key} s: nothing came from peers"),
        ];
        return missed;
    }
}
