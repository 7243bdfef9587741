using System.Diagnostics;
using System.Globalization;
using Spillway.EndToEnd.Servers;

namespace Spillway.Bench.Tracker;

/// <summary>Spillway's tracker with 10,000 sockets for minutes: nothing is dropped, and its memory stays where it is.</summary>
internal static class TrackerSoak
{
    private static readonly TimeSpan s_sample = TimeSpan.FromSeconds(5);

    /// <summary>What a later third may be above an earlier one.</summary>
    private const double Flat = 1.05;

    /// <returns>The exit code: 1 if anything was dropped, or the memory grows.</returns>
    public static async Task<int> RunAsync(MeasuredServer server, TimeSpan length, CancellationToken cancellationToken)
    {
        var load = TrackerLoad.Soak;
        using var scratch = new ScratchFolder();
        var folder = scratch.Path;
        var machine = BenchMachine.Read();
        OpenFiles.Need(load.Sockets);
        var port = FreePort.Next();
        await using var process = await server.StartAsync(port, folder, cancellationToken);
        using var crowd = new Crowd(load, asNewPeers: false);
        await crowd.JoinAsync(port, server.Path, cancellationToken);
        var cpu = ProcessUse.Of(process.Id).Cpu;
        var announcing = crowd.AnnounceAsync(length, cancellationToken);
        var resident = new List<long>();
        var start = Stopwatch.GetTimestamp();
        while (!announcing.IsCompleted)
        {
            await Task.WhenAny(announcing, Task.Delay(s_sample, cancellationToken));
            resident.Add(ProcessUse.Of(process.Id).Resident);
            if (resident.Count % 12 == 0)
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{Stopwatch.GetElapsedTime(start).TotalSeconds:0} s: {resident[^1] / 1e6:0.0} MB, {crowd.Relays} relays, {crowd.Closed} closed"
                    )
                );
        }
        await announcing;
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        cpu = ProcessUse.Of(process.Id).Cpu - cpu;
        await crowd.QuietAsync(cancellationToken);

        // The first third is for the allocator to find its size.
        var third = resident.Count / 3;
        var (middle, last) = (resident.Skip(third).Take(third).Average(), resident.Skip(2 * third).Average());
        var lostAnswers = crowd.Offers - crowd.Answers;
        BenchReport.Save(
            "tracker-soak",
            "tracker",
            machine,
            [
                "| sockets | seconds | relays | closed | answers lost | CPU, % of a core | MB resident, middle third | last third |",
                "|---:|---:|---:|---:|---:|---:|---:|---:|",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {load.Sockets:N0} | {seconds:0} | {crowd.Relays:N0} | {crowd.Closed} | {lostAnswers} | {100 * cpu.TotalSeconds / seconds:0.0} | {middle / 1e6:0.0} | {last / 1e6:0.0} |"
                ),
            ],
            new
            {
                server = server.Name,
                load,
                seconds,
                relays = crowd.Relays,
                cpuPercent = 100 * cpu.TotalSeconds / seconds,
                closed = crowd.Closed,
                problems = crowd.Problems,
                lostAnswers,
                residentMiddleThird = middle,
                residentLastThird = last,
                resident,
            }
        );
        return crowd.Closed + lostAnswers == 0 && crowd.Problems.Count == 0 && last <= Flat * middle ? 0 : 1;
    }
}
