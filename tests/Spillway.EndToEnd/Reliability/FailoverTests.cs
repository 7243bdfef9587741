using Spillway.TestSupport;

namespace Spillway.EndToEnd.Reliability;

/// <summary>A writer that dies, freezes, is cut off or stopped, and the other that takes over; the clocks of both are wrong.</summary>
public sealed class FailoverTests(ITestOutputHelper output) : EndToEndTest
{
    /// <summary>In this order again and again; the first two in <c>make test</c>.</summary>
    private static readonly Failure[] s_failures = [Failure.Killed, Failure.CutOff, Failure.Frozen, Failure.Stopped];

    [Fact]
    [Trait("Proof", "failover")]
    public async Task The_standby_takes_over_in_time_and_the_first_one_comes_back_and_overwrites_nothing()
    {
        var proof = new Proof("failover", 2, output);
        var ceph = await CephCluster.SharedAsync();
        var bucket = await ceph.CreateBucketAsync();
        var source = await CreateSourceAsync();
        source.Start();
        var clocks = (First: TimeSpan.FromMinutes(7), Second: TimeSpan.FromMinutes(-4));
        var pair = Own(await Pair.StartAsync(proof, Folder, source, ceph, bucket, clocks));
        var delivered = Own(SourceWitness.Watch(source, () => pair.Witness.Now));
        for (var step = proof.First; step < proof.First + proof.Steps; step++)
            await pair.TakeOverAsync(step, s_failures[(step - 1) % s_failures.Length]);

        await ConcludeAsync(proof, pair, delivered, ceph, bucket);
        Assert.Equal(proof.Steps, pair.TakeOvers.Count);
    }

    /// <summary>For as long as MINUTES says: failures of writers among failures of the store.</summary>
    [Fact]
    [Trait("Proof", "soak")]
    [Trait("Speed", "long")]
    public async Task Two_writers_and_a_bad_store_for_an_hour_leave_viewers_with_nothing_worse_than_pauses()
    {
        var proof = new Proof("soak", 0, output);
        var ceph = await CephCluster.SharedAsync();
        var bucket = await ceph.CreateBucketAsync();
        var source = await CreateSourceAsync();
        source.Start();
        var clocks = (First: TimeSpan.FromMinutes(-7), Second: TimeSpan.FromMinutes(4));
        var pair = Own(await Pair.StartAsync(proof, Folder, source, ceph, bucket, clocks));
        var delivered = Own(SourceWitness.Watch(source, () => pair.Witness.Now));
        for (var step = proof.First; proof.Elapsed < TimeSpan.FromMinutes(proof.Minutes); step++)
        {
            var random = proof.Random(-step);
            switch (random.Next(3))
            {
                case 0:
                    await BadStoreAsync(pair, random, step);
                    break;
                default:
                    await pair.TakeOverAsync(step, s_failures[random.Next(s_failures.Length)]);
                    break;
            }
        }
        await ConcludeAsync(proof, pair, delivered, ceph, bucket);
    }

    private static Task BadStoreAsync(Pair pair, Random random, int step)
    {
        // As long as the source shows a segment, without what is needed to catch up.
        var lasting = TimeSpan.FromSeconds(2 + (6 * random.NextDouble()));
        if (random.Next(2) == 0)
            return pair.BadStoreAsync(new ProxyFault.Stall(), static () => true, lasting, $"{step}: outage of the store");
        var chance = new Random(random.Next());
        return pair.BadStoreAsync(
            new ProxyFault.Answer(500, "InternalError"),
            IsHit,
            lasting,
            $"{step}: the store fails three times in ten"
        );

        bool IsHit()
        {
            lock (chance)
                return chance.NextDouble() < 0.3;
        }
    }

    private static async Task ConcludeAsync(Proof proof, Pair pair, SourceWitness delivered, CephCluster ceph, CephBucket bucket)
    {
        var verdict = await pair.Witness.ConcludeAsync();
        var balance = await delivered.CompareAsync(pair.Witness.Listings());
        var audit = await BucketAudit.ReadAsync(ceph, bucket);
        List<string> problems =
        [
            .. pair.Problems,
            .. verdict.Problems,
            .. balance.Problems,
            .. audit.Wrong,
            .. pair.Log.Trespasses(),
        ];
        foreach (var problem in problems.Skip(pair.Problems.Count))
            proof.Note(problem);
        foreach (var refused in pair.Log.Refused)
            proof.Note($"refused: {refused}");
        foreach (var kind in pair.TakeOvers.GroupBy(static take => take.How.Split(',')[0], StringComparer.Ordinal))
            proof.Note($"{kind.Key}: {Times(kind.Select(static take => take.Pause))}");
        proof.Summarize(
            $"{pair.TakeOvers.Count} take-overs, {Times(pair.TakeOvers.Select(static take => take.Pause))}; {pair.Log.Epochs} epochs, {pair.Log.Refused.Count} writes refused, "
                + $"{pair.Log.Trespasses().Count} wrong; {verdict.Figures}; {balance.Figures}; {audit.Figures}"
        );
        Assert.Empty(problems);
        Assert.Equal(1, verdict.Broadcasts);
    }

    private static string Times(IEnumerable<TimeSpan> pauses) =>
        $"nothing new for {Figures.Of(pauses.Select(static pause => pause.TotalSeconds), "s")}";
}
