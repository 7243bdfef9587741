using Spillway.TestSupport.Benchmarks;

namespace Spillway.EndToEnd.Swarm;

/// <summary>
/// How much of a stream real viewers have from each other: <c>make bench PART=swarm</c>, with VIEWERS, SEGMENTS, RUNS, SECONDS,
/// CHURN, DELAY and UPLINK. It measures and does not judge, except that everybody must play.
/// </summary>
[Trait("Speed", "long")]
public sealed class SwarmTests(ITestOutputHelper output) : EndToEndTest
{
    /// <summary>After which a viewer that has come counts as started.</summary>
    private static readonly TimeSpan s_startUp = TimeSpan.FromSeconds(15);

    private readonly SwarmPlan _plan = new();

    [Fact]
    [Trait("Bench", "swarm")]
    public async Task The_share_of_bytes_that_comes_from_the_edge_is_measured()
    {
        output.WriteLine(SwarmRow.Head);
        for (var run = _plan.First; run < _plan.First + _plan.Runs; run++)
            foreach (var seconds in _plan.SegmentSeconds)
            foreach (var viewers in _plan.Viewers)
            {
                var machine = BenchMachine.Read();
                var row = await MeasureAsync(viewers, seconds, run);
                SwarmResults.Add(row, machine);
                output.WriteLine($"{row}");
                Assert.True(row.PeersMedian > 0 || viewers == 1, "Nobody was connected to anybody.");
            }
    }

    private async Task<SwarmRow> MeasureAsync(int viewers, int seconds, int run)
    {
        var folder = Path.Combine(Folder, $"{seconds}-{viewers}-{run}");
        await using var swarm = await SwarmRun.StartAsync(
            folder,
            seconds,
            DelayScript() + UplinkScript(),
            _plan.Player,
            Uplinked ? "1000k" : "200k"
        );
        for (var index = 0; index < viewers; index++)
        {
            await swarm.OpenAsync();
            await swarm.WatchAsync(TimeSpan.FromSeconds(0.4));
        }
        await swarm.WatchAsync(TimeSpan.FromSeconds(_plan.WarmUp));

        var (from, edgeBefore) = (swarm.Now, swarm.CountAtEdge());
        var random = new Random(run);
        var next = from;
        await swarm.WatchAsync(
            TimeSpan.FromSeconds(_plan.Seconds),
            async () =>
            {
                if (!_plan.Churn || swarm.Now < next)
                    return;
                next += TimeSpan.FromSeconds(10);
                await swarm.CloseAsync(swarm.Present[random.Next(swarm.Present.Count)]);
                await swarm.OpenAsync();
            }
        );
        var (to, edge) = (swarm.Now, swarm.CountAtEdge());

        var gain = swarm.All.Aggregate(default(Gain), (sum, who) => sum + who.GainOf(from, to));
        var whole = swarm.All.Aggregate(default(Gain), (sum, who) => sum + who.GainOf(TimeSpan.Zero, to));
        var afterStart = swarm.All.Sum(who => who.GainOf(Later(from, who.Opened + s_startUp), to).Stalls);
        var samples = swarm.All.SelectMany(who => who.Since(Later(from, who.Opened + s_startUp))).ToList();
        var latencies = samples.Where(static s => s.Latency is not null).Select(static s => s.Latency!.Value).Order().ToList();
        var peers = samples.Select(static s => (double)s.Peers).Order().ToList();
        // Those that came after the beginning and that everybody has had the time to fetch.
        var first = edgeBefore.Segments.Keys.Last() + 1;
        var last = edge.Segments.Keys.Last() - (12 / seconds);
        var copies = edge.Copies(first, last);
        return new SwarmRow
        {
            Viewers = viewers,
            Segment = seconds,
            Run = run,
            Churn = _plan.Churn,
            Delay = _plan.Delay,
            Uplink = _plan.Uplink,
            Measured = _plan.Seconds,
            EdgeShareTimesViewers = gain.EdgeShare * viewers,
            WithStartUpTimesViewers = whole.EdgeShare * viewers,
            EdgeCopies = copies.Count == 0 ? 0 : copies.Average(),
            MostCopies = copies.Count == 0 ? 0 : copies.Max(),
            Segments = copies.Count,
            EdgeBytesToPlayers = (edge.Bytes - edgeBefore.Bytes) / (double)Math.Max(gain.FromEdge, 1),
            LatencyMedian = latencies.Count == 0 ? 0 : latencies[latencies.Count / 2],
            LatencyLeast = latencies.Count == 0 ? 0 : latencies[0],
            LatencyMost = latencies.Count == 0 ? 0 : latencies[^1],
            Stalls = afterStart,
            PeersMedian = peers.Count == 0 ? 0 : peers[peers.Count / 2],
            Rejected = swarm.All.Sum(static who => who.Last.P2pRejected + who.Last.HttpRejected),
            Faults = swarm.All.Sum(static who => who.Last.PeerFaults.Slow + who.Last.PeerFaults.Stalled),
            Banned = swarm.All.Sum(static who => who.Last.PeersBanned),
        };
    }

    private bool Uplinked => _plan.Uplink > 0;

    /// <summary>With sound and the container's own bytes the stream has 1.1 Mbit/s.</summary>
    private string UplinkScript() =>
        Uplinked
            ? string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"globalThis.spillwayUplink = {_plan.Uplink * 1_100_000 / 8};"
            ) + File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Viewers", "uplink.js"))
            : "";

    /// <summary>Another live delay than the server's, as if it stood in player.json.</summary>
    private string DelayScript() =>
        _plan.Delay <= 0
            ? ""
            : string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $$"""
                (() => {
                  const parse = JSON.parse;
                  JSON.parse = (...given) => {
                    const value = parse(...given);
                    if (value && typeof value === "object" && "liveDelay" in value) value.liveDelay = {{_plan.Delay}};
                    return value;
                  };
                })();
                """
            );

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
