using Spillway.Bench.Faults.Publishers;
using Spillway.TestSupport;

namespace Spillway.Bench.Faults;

/// <summary>
/// What is listed and missing, and what is lost, under the same faults: Spillway, ffmpeg alone, and models of what else one would take
/// to bring a live stream into a bucket.
/// </summary>
internal static class FaultsBenchmark
{
    /// <param name="only">A script's name; null: all.</param>
    /// <returns>The exit code: 1 when Spillway listed what was missing or lost anything. Nothing has to be lost in any of the scripts.</returns>
    public static async Task<int> RunAsync(string? only, CancellationToken cancellationToken)
    {
        var machine = BenchMachine.Read();
        using var scratch = new ScratchFolder();
        var folder = scratch.Path;
        var scripts = FaultScript.All.Where(script => only is null || script.Name == only).ToList();
        var longest = scripts.Max(static script => script.OnAir);
        Console.WriteLine($"Making {longest.TotalSeconds} s of a live stream ...");
        var footage = await Footage.MakeAsync(Path.Combine(folder, "recording"), longest, cancellationToken);
        var rows = new List<FaultsRow>();
        await using (var ceph = await CephCluster.StartAsync())
        {
            foreach (var script in scripts)
            {
                Console.WriteLine($"{script.Words}: on air for {script.OnAir.TotalSeconds} s ...");
                var some = await FaultsRun.RunAsync(script, footage, ceph, Path.Combine(folder, script.Name), cancellationToken);
                foreach (var row in some)
                    Console.WriteLine(row);
                rows.AddRange(some);
            }
        }
        if (only is null)
            BenchReport.Save(
                "faults",
                "faults",
                machine,
                [FaultsRow.Head, .. rows.Select(static row => $"{row}")],
                rows,
                BenchVersions.Ffmpeg
            );
        return rows.Where(static row => row.Publisher == Contender.Own).All(static row => row.IsFaultless) ? 0 : 1;
    }
}
