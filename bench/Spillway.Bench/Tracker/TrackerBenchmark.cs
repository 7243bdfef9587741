using System.Globalization;
using Spillway.EndToEnd.Servers;

namespace Spillway.Bench.Tracker;

/// <summary>
/// Trackers side by side: the same clients and the same number of relayed messages a second for each, one server after the other in
/// random order, in several rounds. Only the server's process is measured.
/// </summary>
internal static class TrackerBenchmark
{
    /// <param name="load">A key of <see cref="TrackerLoad.All"/>.</param>
    /// <param name="servers">Keys of <see cref="MeasuredServer.All"/>; empty: all.</param>
    /// <param name="rounds">How often each is measured.</param>
    /// <param name="length">How long each time, after the warm-up.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        string load,
        string[] servers,
        int rounds,
        TimeSpan length,
        CancellationToken cancellationToken
    )
    {
        var machine = BenchMachine.Read();
        var loads = TrackerLoad.All[load];
        OpenFiles.Need(loads.Max(static load => load.Sockets));
        var measured = Available(servers);
        await Cores.KeepToAsync(0, cancellationToken);
        var runs = new List<TrackerRun>();
        for (var round = 1; round <= rounds; round++)
        {
            var order = (from server in measured from one in loads select (Server: server, Load: one)).ToArray();
            Random.Shared.Shuffle(order);
            foreach (var (server, one) in order)
            {
                var run = await TrackerRun.MakeAsync(server, one, length, cancellationToken);
                runs.Add(run);
                Console.WriteLine($"{round}/{rounds} {server.Name}, {one.Name}: {Line(run)}");
            }
        }
        BenchReport.Save(
            $"tracker-{load}",
            "tracker",
            machine,
            Table(loads, measured, runs),
            new
            {
                rounds,
                seconds = length.TotalSeconds,
                runs,
            }
        );
        return 0;
    }

    private static List<MeasuredServer> Available(string[] keys)
    {
        var available = new List<MeasuredServer>();
        foreach (var server in MeasuredServer.All.Where(server => keys.Length == 0 || keys.Contains(server.Key)))
        {
            if (server.Missing() is { } missing)
                Console.WriteLine($"{server.Name} is left out: {missing}.");
            else
                available.Add(server);
        }
        return available;
    }

    private static IEnumerable<string> Table(TrackerLoad[] loads, List<MeasuredServer> servers, List<TrackerRun> runs)
    {
        yield return "| load | server | relays/s | µs of CPU a relay (each round) | of it the kernel's | to bt | to wt | p50 ms | p99 ms | idle KB a socket |";
        yield return "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|";
        foreach (var load in loads)
        {
            foreach (var server in servers)
            {
                var own = Of(server.Key);
                var each = string.Join(", ", own.Select(static run => Text(run.CpuPerRelay)));
                yield return $"| {load.Name} | {server.Name} | {Median(own, static run => run.RelaysPerSecond):0} | {Text(Median(own, static run => run.CpuPerRelay))} ({each}) | {Text(Median(own, static run => run.KernelPerRelay))} | "
                    + $"{Ratio("bt")} | {Ratio("wt")} | {Median(own, static run => run.RelayP50):0.00} | {Median(own, static run => run.RelayP99):0.0} | "
                    + $"{Median(own, static run => run.IdleBytes) / 1024:0.0} |";

                string Ratio(string other) =>
                    Of(other) is { Length: > 0 } theirs
                        ? (Median(own, static run => run.CpuPerRelay) / Median(theirs, static run => run.CpuPerRelay)).ToString(
                            "0.00",
                            CultureInfo.InvariantCulture
                        )
                        : "";
            }

            TrackerRun[] Of(string key) => [.. runs.Where(run => run.Server == key && run.Load == load.Name)];
        }
    }

    private static string Line(TrackerRun run) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{run.RelaysPerSecond:0} relays/s, {run.CpuPerRelay:0.0} µs ({run.KernelPerRelay:0.0} in the kernel), {run.CpuPercent:0} % of a core, p50 {run.RelayP50:0.00} ms, p99 {run.RelayP99:0.0} ms, "
                + $"{run.IdleBytes / 1024:0.0} KB a socket, {run.OffersPerAnnounce:0.00} offers an announce, {run.AnswersLost} answers lost"
        );

    private static double Median(TrackerRun[] runs, Func<TrackerRun, double> value)
    {
        var sorted = runs.Select(value).Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static string Text(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}
