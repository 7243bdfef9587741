using System.Diagnostics;
using System.Globalization;
using Spillway.Bench.Tracker;
using Spillway.EndToEnd.Servers;

namespace Spillway.Bench.Dashboard;

/// <summary>
/// What the published binary uses of a core with a stream of 2.5 Mbit/s on air and 1,000 peers at its tracker, each of which announces
/// once a minute as a new peer does: without anybody at the dashboard, and with one page open.
/// </summary>
internal static class DashboardBenchmark
{
    /// <summary>Per cent of a core, with the page open.</summary>
    private const double Most = 5;
    private const string Token = "the-token-of-the-operator";
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(10);

    /// <summary>1,000 announces a minute are so many offers and answers a second.</summary>
    private static readonly TrackerLoad s_load = new("1,000 sockets, swarms of 250", 1_000, 250, 1_000 * 10 / 60);

    /// <returns>The exit code: 1 if it is more than it may be.</returns>
    public static async Task<int> RunAsync(TimeSpan length, CancellationToken cancellationToken)
    {
        using var scratch = new ScratchFolder();
        var folder = scratch.Path;
        var hls = Path.Combine(folder, "hls");
        Directory.CreateDirectory(hls);
        var machine = BenchMachine.Read();
        OpenFiles.Need(s_load.Sockets);
        await Cores.KeepToAsync(0, cancellationToken);
        var (port, edge) = (FreePort.Next(), FreePort.Next());
        await using var encoder = ChildProcess.Start("ffmpeg", Source(hls), folder);
        await using var server = ChildProcess.Start("taskset", Program(hls, folder, port, edge), folder, s_settings);
        await OnAirAsync(server, port, cancellationToken);
        using var crowd = new Crowd(s_load, asNewPeers: true);
        await crowd.JoinAsync(port, "/tracker/live", cancellationToken);
        var announcing = crowd.AnnounceAsync(2 * (s_warmUp + length), cancellationToken);

        var without = await MeasureAsync(server.Id, length, cancellationToken);
        await using var page = await EventReader.OpenAsync(port, Token, cancellationToken);
        var with = await MeasureAsync(server.Id, length, cancellationToken);
        var (statuses, bytes) = page.Read;
        await announcing;
        if (crowd.Problems is [var first, ..])
            throw new InvalidOperationException($"{crowd.Closed} connections closed; first: {first}. It wrote:\n{server.Output}");
        if (statuses < length.TotalSeconds)
            throw new InvalidOperationException(
                $"Only {statuses} statuses came in {length.TotalSeconds} s: the page is not live."
            );

        BenchReport.Save(
            "dashboard",
            "dashboard",
            machine,
            [
                "| a stream on air and 1,000 peers | CPU, % of a core | statuses to the page | kB to the page |",
                "|---|---:|---:|---:|",
                string.Create(CultureInfo.InvariantCulture, $"| nobody at the dashboard | {without:0.0} | | |"),
                string.Create(CultureInfo.InvariantCulture, $"| one page open | {with:0.0} | {statuses} | {bytes / 1e3:0} |"),
            ],
            new
            {
                seconds = length.TotalSeconds,
                peers = s_load.Sockets,
                announcesPerMinute = 60 * s_load.RelaysPerSecond / 10,
                cpuPercentWithout = without,
                cpuPercentWith = with,
                statuses,
                bytesToThePage = bytes,
            }
        );
        return with <= Most ? 0 : 1;
    }

    private static readonly Dictionary<string, string> s_settings = new()
    {
        ["SPILLWAY__ADMIN__TOKEN"] = Token,
        ["SPILLWAY__TRACKER__ANYSWARM"] = "true",
        ["SPILLWAY__STREAMS__LIVE__SLATE"] = "none",
    };

    private static string[] Program(string hls, string folder, int port, int edge) =>
        [
            .. (string[])["-c", Environment.ProcessorCount > 1 ? "1" : "0"],
            .. (string[])["prlimit", $"--nofile={OpenFiles.Hard}:{OpenFiles.Hard}", Repository.Binary, "serve", "--source", hls],
            .. (string[])["--port", $"{port}", "--edge-port", $"{edge}", "--data", Path.Combine(folder, "data")],
        ];

    /// <summary>Noise, so that the encoder needs all of the bits it is given.</summary>
    private static string[] Source(string hls) =>
        [
            .. (string[])["-hide_banner", "-loglevel", "error", "-nostdin", "-re", "-f", "lavfi"],
            .. (string[])["-i", "testsrc2=size=480x270:rate=25,noise=alls=40:allf=t", "-c:v", "libx264", "-preset", "ultrafast"],
            .. (string[])["-b:v", "2500k", "-maxrate", "2500k", "-bufsize", "2500k", "-g", "50", "-f", "hls"],
            .. (string[])["-hls_time", "2", "-hls_list_size", "8", "-hls_flags", "delete_segments+temp_file"],
            Path.Combine(hls, "stream.m3u8"),
        ];

    private static async Task OnAirAsync(ChildProcess server, int port, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                var health = await http.GetStringAsync($"http://127.0.0.1:{port}/health", cancellationToken);
                if (health.Contains("\"state\": \"live\"", StringComparison.Ordinal))
                    return;
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }
            if (server.HasExited || Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(40))
                throw new InvalidOperationException($"The stream does not go on air. Spillway wrote:\n{server.Output}");
            await Task.Delay(200, cancellationToken);
        }
    }

    /// <returns>Per cent of a core.</returns>
    private static async Task<double> MeasureAsync(int process, TimeSpan length, CancellationToken cancellationToken)
    {
        await Task.Delay(s_warmUp, cancellationToken);
        var (at, cpu) = (Stopwatch.GetTimestamp(), ProcessUse.Of(process).Cpu);
        await Task.Delay(length, cancellationToken);
        return 100 * (ProcessUse.Of(process).Cpu - cpu) / Stopwatch.GetElapsedTime(at);
    }
}
