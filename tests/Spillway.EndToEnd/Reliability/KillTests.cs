using System.Globalization;
using Spillway.TestSupport;

namespace Spillway.EndToEnd.Reliability;

/// <summary>Killed with -9 at random, during its start, too, and started again at once; one time in four on an empty disk.</summary>
[Collection(Lanes.Servers)]
public sealed class KillTests(ITestOutputHelper output) : EndToEndTest
{
    /// <summary>In which it must list again, or the step counts as failed and the next one begins.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    [Trait("Proof", "kills")]
    public async Task A_writer_that_is_killed_at_random_goes_on_where_it_was_and_never_lists_what_is_not_stored()
    {
        var proof = new Proof("kills", 5, output);
        var ceph = await CephCluster.SharedAsync();
        var bucket = await ceph.CreateBucketAsync();
        var source = await CreateSourceAsync();
        var instance = Own(Instance.Create("writer", source.Folder, Folder, proof, ceph, bucket));
        var witness = Own(Witness.Watch(bucket));
        source.Start();
        var delivered = Own(SourceWitness.Watch(source, () => witness.Now));
        instance.Start();
        List<string> problems = [];
        var (kills, early, replaced, started) = (0, 0, 0, TimeSpan.Zero);
        // Of single deaths only: after several in a row each gives the time anew.
        var pauses = new Dictionary<bool, List<double>> { [false] = [], [true] = [] };
        (TimeSpan At, bool IsReplaced)? single = null;
        for (var step = proof.First; step < proof.First + proof.Steps; step++)
        {
            var random = proof.Random(step);
            // Two deaths without a life between them at most: the source shows its segments for 20 s only.
            var isEarly = step > proof.First && step % 3 != 1 && random.NextDouble() < 0.4;
            if (isEarly)
                await WaitAsync(1.2 * random.NextDouble());
            else
            {
                await ComesBackAsync(step - 1);
                await WaitAsync((proof.IsShort ? 2 : 4) * random.NextDouble());
            }

            var isReplaced = random.NextDouble() < 0.25;
            single = isEarly ? null : (witness.Now, isReplaced);
            witness.Died($"kill {step}");
            await instance.KillAsync();
            instance.Start(isReplaced);
            started = witness.Now;
            kills++;
            early += isEarly ? 1 : 0;
            replaced += isReplaced ? 1 : 0;
            proof.Note($"kill {step}{(isEarly ? ", during the start" : "")}{(isReplaced ? ", machine replaced" : "")}");
        }
        await ComesBackAsync(proof.First + proof.Steps - 1);

        var verdict = await witness.ConcludeAsync();
        var balance = await delivered.CompareAsync(witness.Listings());
        var audit = await BucketAudit.ReadAsync(ceph, bucket);
        problems.AddRange(verdict.Problems.Concat(balance.Problems).Concat(audit.Wrong));
        foreach (var problem in problems)
            proof.Note(problem);
        proof.Summarize(
            $"{kills} kills, {early} during the start, {replaced} machines replaced; nothing new after a single one for "
                + $"{Figures.Of(pauses[false], "s")} on the same machine, {Figures.Of(pauses[true], "s")} on another; {verdict.Figures}; {balance.Figures}; {audit.Figures}"
        );
        Assert.Empty(problems);
        Assert.Equal(1, verdict.Broadcasts);

        async Task ComesBackAsync(int step)
        {
            if (!await witness.ListsAgainAsync(started, s_patience))
                Fails($"kill {step}: nothing new {s_patience.TotalSeconds} s later");
            else if (single is { } death)
            {
                var pause = witness.LongestPause(death.At, witness.Now).TotalSeconds;
                pauses[death.IsReplaced].Add(pause);
                proof.Note(string.Create(CultureInfo.InvariantCulture, $"kill {step}: nothing new for {pause:F1} s"));
            }
            single = null;
        }

        void Fails(string what)
        {
            problems.Add(what);
            proof.Note(what);
        }
    }

    private static Task WaitAsync(double seconds) =>
        Task.Delay(TimeSpan.FromSeconds(seconds), TestContext.Current.CancellationToken);
}
