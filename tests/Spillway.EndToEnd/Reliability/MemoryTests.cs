using System.Globalization;
using Spillway.EndToEnd.Sources;
using Spillway.TestSupport;

namespace Spillway.EndToEnd.Reliability;

/// <summary>The memory of the native process over hours, with a bucket, one pulled source and a polling viewer.</summary>
public sealed class MemoryTests(ITestOutputHelper output) : EndToEndTest
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(10);

    /// <summary>Of the run, in which caches and heaps grow to their size.</summary>
    private const double WarmUp = 0.25;

    /// <summary>MiB an hour over a run of two hours; a shorter one says too little to fail.</summary>
    private const double Flat = 2;

    [Fact]
    [Trait("Proof", "memory")]
    [Trait("Speed", "long")]
    public async Task Memory_is_flat_over_hours()
    {
        var proof = new Proof("memory", 0, output);
        var ceph = await CephCluster.SharedAsync();
        var bucket = await ceph.CreateBucketAsync();
        var encoder = Own(Encoder.OfFolder(Path.Combine(Folder, "source"), "160x90", 10));
        encoder.Start();
        var instance = Own(Instance.Create("server", encoder.Source, Folder, proof, ceph, bucket));
        instance.Start();
        var witness = Own(Witness.Watch(bucket));
        Assert.True(await witness.ListsAgainAsync(TimeSpan.Zero, TimeSpan.FromSeconds(30)));

        var samples = new List<Sample>();
        var file = Path.Combine(proof.Folder, "samples.csv");
        await File.WriteAllTextAsync(file, "seconds,rss_kib,anonymous_kib,threads\n");
        while (proof.Elapsed < TimeSpan.FromMinutes(proof.Minutes))
        {
            await Task.Delay(s_interval, TestContext.Current.CancellationToken);
            var sample = await Sample.TakeAsync(instance.Process.Id, proof.Elapsed);
            samples.Add(sample);
            await File.AppendAllTextAsync(file, sample.Csv + "\n");
            if (samples.Count % 30 == 0)
                proof.Note(sample.ToString());
        }

        var verdict = await witness.ConcludeAsync();
        foreach (var problem in verdict.Problems)
            proof.Note(problem);
        var (rss, anonymous) = (Slope(samples, static s => s.Rss), Slope(samples, static s => s.Anonymous));
        proof.Summarize(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{proof.Minutes:F0} minutes, the first quarter not counted: resident set {rss:+0.00;-0.00} MiB an hour, "
                    + $"anonymous {anonymous:+0.00;-0.00} MiB an hour; at the end {samples[^1]}, at most {samples.Max(static s => s.Rss) / 1024.0:F1} MiB; "
                    + $"{verdict.Figures}"
            )
        );
        Assert.Empty(verdict.Problems);
        if (proof.Minutes >= 60)
            Assert.True(anonymous < Flat, $"anonymous memory grows by {anonymous:F2} MiB an hour");
    }

    /// <summary>MiB an hour, by least squares.</summary>
    private static double Slope(List<Sample> samples, Func<Sample, double> kib)
    {
        var counted = samples.Skip((int)(samples.Count * WarmUp)).ToList();
        var (x, y) = (counted.Average(static s => s.At.TotalHours), counted.Average(kib));
        var over = counted.Sum(s => (s.At.TotalHours - x) * (kib(s) - y));
        var under = counted.Sum(s => (s.At.TotalHours - x) * (s.At.TotalHours - x));
        return under > 0 ? over / under / 1024 : 0;
    }

    /// <summary>KiB, as the kernel counts them.</summary>
    private sealed record Sample(TimeSpan At, double Rss, double Anonymous, int Threads)
    {
        public string Csv => string.Create(CultureInfo.InvariantCulture, $"{At.TotalSeconds:F0},{Rss},{Anonymous},{Threads}");

        public static async Task<Sample> TakeAsync(int process, TimeSpan at)
        {
            var lines = await File.ReadAllLinesAsync($"/proc/{process}/status");
            return new Sample(at, Value("VmRSS:"), Value("RssAnon:"), (int)Value("Threads:"));

            double Value(string name) =>
                double.Parse(
                    lines
                        .First(line => line.StartsWith(name, StringComparison.Ordinal))
                        .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
                    CultureInfo.InvariantCulture
                );
        }

        public override string ToString() =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Rss / 1024:F1} MiB resident, {Anonymous / 1024:F1} MiB anonymous, {Threads} threads"
            );
    }
}
