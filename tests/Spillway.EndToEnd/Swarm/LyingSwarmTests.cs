using System.Globalization;
using Spillway.EndToEnd.Reliability;
using Spillway.EndToEnd.Viewers;
using Spillway.TestSupport.Benchmarks;

namespace Spillway.EndToEnd.Swarm;

/// <summary>
/// A thousand exchanges in a swarm that always has liars in it: <c>make bench PART=lies</c>, COUNT= chooses how many. A liar is
/// found out after two segments, so that new ones with new names keep coming.
/// </summary>
[Trait("Speed", "long")]
public sealed class LyingSwarmTests(ITestOutputHelper output) : EndToEndTest
{
    private const int Honest = 6;
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(8);

    private static readonly string s_lyingPeer = Script("lying-peer.js");

    [Fact]
    [Trait("Bench", "lies")]
    public Task With_whole_lies_no_wrong_byte_is_played_and_no_good_segment_is_refused() => WatchAsync("flip");

    [Fact]
    [Trait("Bench", "lies")]
    public Task With_lies_that_stop_half_way_no_wrong_byte_is_played_and_no_good_segment_is_refused() => WatchAsync("stall-half");

    private async Task WatchAsync(string lie)
    {
        var machine = BenchMachine.Read();
        var proof = new Proof($"lies-{lie}", 1_000, output);
        await using var swarm = await SwarmRun.StartAsync(Folder, 1, Script("digests.js"));
        List<Watched> honest = [];
        for (var index = 0; index < Honest; index++)
            honest.Add(await swarm.OpenAsync());
        Queue<Watched> liars = new();
        HashSet<(Watched, long)> good = [];
        var (lies, nextLiar, liarsSeen) = (new Lies(0, 0), TimeSpan.Zero, 0);
        while (ExchangesOf(honest, good) < proof.Steps && proof.Elapsed < s_longest)
        {
            if (swarm.Now >= nextLiar)
            {
                nextLiar = swarm.Now + TimeSpan.FromSeconds(8);
                liars.Enqueue(await swarm.OpenAsync($"globalThis.spillwayLie = '{lie}'; {s_lyingPeer}"));
                liarsSeen++;
                if (liars.Count > 2)
                    lies += await LeaveAsync(swarm, liars.Dequeue());
            }
            await swarm.WatchAsync(TimeSpan.FromSeconds(2));
            foreach (var who in honest)
            foreach (var segment in who.Last.Segments)
            {
                Assert.True(segment.Sha256Ok, segment.Url);
                if (segment.From == "peer")
                    good.Add((who, segment.Number!.Value));
            }
        }
        foreach (var liar in liars)
            lies += await liar.Viewer.ReadAsync<Lies>("spillwayLies");

        var digests = await Task.WhenAll(honest.Select(static who => who.Viewer.ReadAsync<Digests>("spillwayDigests")));
        var appended = await Task.WhenAll(honest.Select(static who => who.Viewer.AppendedAsync()));
        var refused = honest.Sum(static who => who.Last.P2pRejected + who.Last.HttpRejected);
        var marked = digests.Sum(static d => d.Marked);
        proof.Summarize(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{ExchangesOf(honest, good)} exchanges, {good.Count} good segments from peers, {liarsSeen} liars ({lies.Flipped} chunks falsified, {lies.Swallowed} kept back); "
                    + $"{digests.Sum(static d => d.All)} segments checked, {marked} of them false, {refused} refused; "
                    + $"{honest.Sum(static who => who.Last.PeerFaults.Stalled)} stalls of a peer, {honest.Sum(static who => who.Last.PeersBanned)} bans; "
                    + $"{appended.Sum(static a => a.Lies)} false bytes played, {honest.Sum(static who => who.Last.Stalls)} interruptions of playback"
            )
        );
        var row = new LyingRow(
            lie,
            liarsSeen,
            proof.Elapsed.TotalMinutes,
            ExchangesOf(honest, good),
            digests.Sum(static d => d.All),
            marked,
            refused,
            honest.Sum(static who => who.Last.PeerFaults.Stalled),
            appended.Sum(static a => a.Lies),
            honest.Sum(static who => who.Last.Stalls)
        );
        row.Save(machine);
        output.WriteLine($"{row}");
        Assert.True(ExchangesOf(honest, good) >= proof.Steps, "there were too few exchanges in the time");
        Assert.True(lies.Flipped > 0 && (lie == "flip" ? marked > 0 : lies.Swallowed > 0), $"{lies}");
        Assert.All(appended, static a => Assert.Equal(0, a.Lies));
        // What was refused was false, and what was false was refused.
        Assert.Equal(marked, refused);
    }

    /// <summary>Segments that came from a peer, and attempts that a liar spoilt.</summary>
    private static int ExchangesOf(IReadOnlyList<Watched> honest, HashSet<(Watched, long)> good) =>
        good.Count + honest.Sum(static who => who.Last.P2pRejected + who.Last.PeerFaults.Stalled);

    private static async Task<Lies> LeaveAsync(SwarmRun swarm, Watched liar)
    {
        var lies = await liar.Viewer.ReadAsync<Lies>("spillwayLies");
        await swarm.CloseAsync(liar);
        return lies;
    }

    private static string Script(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Viewers", name));

    private sealed record Digests(int All, int Marked);

    private sealed record Lies(int Flipped, int Swallowed)
    {
        public static Lies operator +(Lies a, Lies b) => new(a.Flipped + b.Flipped, a.Swallowed + b.Swallowed);
    }
}
