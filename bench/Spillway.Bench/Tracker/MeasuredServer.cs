using System.Diagnostics;
using System.Globalization;
using Spillway.EndToEnd.Servers;

namespace Spillway.Bench.Tracker;

/// <summary>A tracker to be measured: a process of its own, on a core of its own where there are two.</summary>
/// <param name="Key">For the command line and the results.</param>
/// <param name="Name">For the table.</param>
/// <param name="Path">Of its WebSockets.</param>
/// <param name="AsNewPeers">See <see cref="Crowd"/>.</param>
/// <param name="Program">And its arguments; <c>{port}</c> and <c>{folder}</c> are filled in.</param>
internal sealed record MeasuredServer(string Key, string Name, string Path, bool AsNewPeers, string[] Program)
{
    /// <summary>All limits are raised: the load comes from one machine, and much faster than browsers announce.</summary>
    private static readonly Dictionary<string, string> s_settings = new()
    {
        ["SPILLWAY__TRACKER__ANYSWARM"] = "true",
        ["SPILLWAY__TRACKER__MESSAGESPERMINUTE"] = "1000000",
        ["SPILLWAY__TRACKER__OFFERSPERMINUTE"] = "1000000",
        ["SPILLWAY__TRACKER__OFFERSPERMINUTEPERADDRESS"] = "100000000",
        ["SPILLWAY__TRACKER__OFFERSPERMINUTETOPEER"] = "1000000",
        ["SPILLWAY__TRACKER__MAXCONNECTIONSPERADDRESS"] = "100000",
    };

    private static string Trackers { get; } = System.IO.Path.Combine(Repository.Root, "bench", "trackers");

    public static MeasuredServer Alone { get; } =
        new("tracker", "spillway tracker", "/tracker/live", true, ["{binary}", "tracker", "--open", "--port", "{port}"]);

    public static MeasuredServer Serve { get; } =
        new(
            "serve",
            "spillway serve",
            "/tracker/live",
            true,
            ["{binary}", "serve", "--source", "push", "--port", "{port}", "--edge-port", "{other}", "--data", "{folder}"]
        );

    public static MeasuredServer Bittorrent { get; } =
        new("bt", "bittorrent-tracker 11.2.3", "/", false, ["node", "bt.mjs", "{port}"]);

    public static MeasuredServer Wt { get; } = new("wt", "wt-tracker 014cc50", "/", false, ["node", "wt.mjs", "{port}"]);

    public static IReadOnlyList<MeasuredServer> All { get; } = [Alone, Serve, Bittorrent, Wt];

    /// <summary>What stands in the way of running it; null: nothing.</summary>
    public string? Missing()
    {
        if (Program[0] == "node" && !Directory.Exists(System.IO.Path.Combine(Trackers, "node_modules", "bittorrent-tracker")))
            return "its packages are missing: run 'npm ci' in bench/trackers";
        if (this == Wt && !File.Exists(System.IO.Path.Combine(Trackers, "wt-tracker", "dist", "uws-tracker.js")))
            return "it is in no package registry: docs/benchmarks.md says how it gets to bench/trackers/wt-tracker";
        return null;
    }

    /// <summary>Started, and listening.</summary>
    /// <exception cref="InvalidOperationException">It ended, or does not listen.</exception>
    public async Task<ChildProcess> StartAsync(int port, string folder, CancellationToken cancellationToken)
    {
        string[] program =
        [
            .. (string[])["prlimit", $"--nofile={OpenFiles.Hard}:{OpenFiles.Hard}"],
            .. Environment.ProcessorCount > 1 ? (string[])["taskset", "-c", "1"] : [],
            .. Program.Select(part =>
                (part == "{binary}" ? Repository.Binary : part)
                    .Replace("{port}", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
                    .Replace("{other}", FreePort.Next().ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
                    .Replace("{folder}", folder, StringComparison.Ordinal)
            ),
        ];
        var child = ChildProcess.Start(
            program[0],
            program.Skip(1),
            Program[0] == "node" ? Trackers : folder,
            Program[0] == "node" ? null : s_settings
        );
        var start = Stopwatch.GetTimestamp();
        while (!FreePort.IsTaken(port))
        {
            if (child.HasExited || Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(20))
            {
                await child.DisposeAsync();
                throw new InvalidOperationException($"{Name} does not listen. It wrote:\n{child.Output}");
            }
            await Task.Delay(50, cancellationToken);
        }
        return child;
    }
}
