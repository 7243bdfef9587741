using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Spillway.Bench.Latency;
using Spillway.EndToEnd.Servers;

namespace Spillway.Bench.Start;

/// <summary>
/// How long a broadcast stands still when the process is killed and started again at once: until it answers, until it says that it is live, and
/// until a segment is listed that came after the start. And how large the binary is, and how much memory it has with nothing to do.
/// </summary>
internal static class StartBenchmark
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly HttpClient s_http = new(new SocketsHttpHandler { UseProxy = false });

    /// <param name="times">How often it is killed.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(int times, CancellationToken cancellationToken)
    {
        var machine = BenchMachine.Read();
        using var scratch = new ScratchFolder();
        var folder = scratch.Path;
        var recording = await Recording.MakeAsync(Path.Combine(folder, "recording"), 8 * (times + 1), cancellationToken);
        var replay = new OwncastReplay(recording.Best, new Passages(), Path.Combine(folder, "hls"));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var playing = PlayAsync(recording, replay, over.Token);
        var idle = await IdleAsync(folder, cancellationToken);
        var samples = new List<StartSample>();
        var (port, edge) = (FreePort.Next(), FreePort.Next());
        var process = Serve(folder, port, edge);
        try
        {
            await NewestAsync(process, edge, "", cancellationToken);
            for (var i = 0; i < times; i++)
            {
                // Somewhere within a segment, each time elsewhere.
                await Task.Delay(TimeSpan.FromSeconds(4 + (i * 0.37 % Recording.SegmentSeconds)), cancellationToken);
                var before = await NewestAsync(process, edge, "", cancellationToken);
                process.Kill();
                await process.DisposeAsync();
                var start = Stopwatch.GetTimestamp();
                process = Serve(folder, port, edge);
                var answers = await UntilAsync(process, start, () => HealthAsync(port, static _ => true), cancellationToken);
                var live = await UntilAsync(
                    process,
                    start,
                    () => HealthAsync(port, static text => text.Contains("\"state\": \"live\"", StringComparison.Ordinal)),
                    cancellationToken
                );
                await NewestAsync(process, edge, before, cancellationToken);
                samples.Add(new StartSample(answers, live, Stopwatch.GetElapsedTime(start).TotalMilliseconds));
            }
        }
        finally
        {
            await over.CancelAsync();
            await process.DisposeAsync();
            await playing;
        }
        Save(machine, samples, idle);
        return 0;
    }

    private static void Save(BenchMachine machine, List<StartSample> samples, ProcessUse idle)
    {
        var size = new FileInfo(Repository.Binary).Length;
        List<string> table =
        [
            "| after a kill, since the process was started | min, ms | median | max |",
            "|---|---:|---:|---:|",
            Row("/health answers", static s => s.Answers),
            Row("it says live", static s => s.Live),
            Row($"a new segment is listed (one comes every {Recording.SegmentSeconds} s)", static s => s.NewSegment),
            "",
            string.Create(
                CultureInfo.InvariantCulture,
                $"The binary has {size / 1e6:0.0} MB, all of it: player, dashboard, store. With no source on air it has {idle.Resident / 1e6:0} MB resident after 10 s."
            ),
        ];
        BenchReport.Save(
            "start",
            "start",
            machine,
            table,
            new
            {
                samples,
                binaryBytes = size,
                idleResidentBytes = idle.Resident,
            }
        );

        string Row(string what, Func<StartSample, double> of)
        {
            var spread = Spread.Of(samples.Select(of));
            return string.Create(
                CultureInfo.InvariantCulture,
                $"| {what} | {spread.Min:0} | {spread.Median:0} | {spread.Max:0} |"
            );
        }
    }

    private static async Task PlayAsync(Recording recording, OwncastReplay replay, CancellationToken over)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(Recording.SegmentSeconds));
        try
        {
            for (var number = 0; number < recording.Count; number++)
            {
                replay.Write(number);
                await timer.WaitForNextTickAsync(over);
            }
        }
        catch (OperationCanceledException) { }
    }

    private static async Task<ProcessUse> IdleAsync(string folder, CancellationToken cancellationToken)
    {
        var empty = Directory.CreateDirectory(Path.Combine(folder, "idle")).FullName;
        Directory.CreateDirectory(Path.Combine(empty, "hls"));
        await using var process = Serve(empty, FreePort.Next(), FreePort.Next());
        await Task.Delay(TimeSpan.FromSeconds(10), cancellationToken);
        return process.HasExited
            ? throw new InvalidOperationException($"Spillway ended. It wrote:\n{process.Output}")
            : ProcessUse.Of(process.Id);
    }

    private static ChildProcess Serve(string folder, int port, int edge) =>
        ChildProcess.Start(
            Repository.Binary,
            [
                .. (string[])["serve", "--source", Path.Combine(folder, "hls"), "--data", Path.Combine(folder, "data")],
                .. (string[])["--port", $"{port}", "--edge-port", $"{edge}"],
            ],
            folder,
            new Dictionary<string, string> { ["SPILLWAY__STREAMS__LIVE__SLATE"] = "none" }
        );

    /// <returns>The last segment that the edge lists, once it is another one than <paramref name="before"/>.</returns>
    private static async Task<string> NewestAsync(
        ChildProcess process,
        int edge,
        string before,
        CancellationToken cancellationToken
    )
    {
        var newest = "";
        await UntilAsync(process, Stopwatch.GetTimestamp(), IsNewAsync, cancellationToken);
        return newest;

        async Task<bool> IsNewAsync()
        {
            var root = new Uri($"http://127.0.0.1:{edge}/live/playlist.m3u8");
            var media = (await s_http.GetStringAsync(root, cancellationToken))
                .Split('\n')
                .First(static l => l.EndsWith(".m3u8", StringComparison.Ordinal));
            var listed = await s_http.GetStringAsync(new Uri(root, media), cancellationToken);
            newest = listed.Split('\n').LastOrDefault(static l => l.Length > 0 && l[0] != '#') ?? "";
            return newest.Length > 0 && newest != before;
        }
    }

    private static async Task<bool> HealthAsync(int port, Func<string, bool> isIt) =>
        isIt(await s_http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/health")));

    /// <returns>Milliseconds since <paramref name="start"/>.</returns>
    private static async Task<double> UntilAsync(
        ChildProcess process,
        long start,
        Func<Task<bool>> isSo,
        CancellationToken cancellationToken
    )
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                if (await isSo())
                    return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
            catch (Exception exception) when (exception is HttpRequestException or InvalidOperationException)
            {
                // Not up yet, or nothing there.
            }
            if (process.HasExited || Stopwatch.GetElapsedTime(began) > s_patience)
                throw new InvalidOperationException(
                    $"It did not come back within {s_patience.TotalSeconds} s. It wrote:\n{process.Output}"
                );
            await Task.Delay(5, cancellationToken);
        }
    }
}

/// <summary>Milliseconds since the process was started.</summary>
internal sealed record StartSample(double Answers, double Live, double NewSegment);
