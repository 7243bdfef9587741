using System.Globalization;
using System.Text.Json.Nodes;
using Spillway.EndToEnd.Servers;
using Spillway.EndToEnd.Sources;
using Spillway.Tests;

namespace Spillway.Bench.Rtmp;

/// <summary>
/// What one RTMP stream of 720p, 2.5 Mbit/s costs: the published binary from the socket to stored and listed segments, and nginx with
/// its RTMP module, which writes the same stream as an HLS folder, in the same run.
/// </summary>
internal static class RtmpBenchmark
{
    private const string Key = "a-key-for-the-benchmark";
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(15);

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(TimeSpan length, CancellationToken cancellationToken)
    {
        var machine = BenchMachine.Read();
        using var scratch = new ScratchFolder();
        var folder = scratch.Path;
        Console.WriteLine("Making the show ...");
        await MakeShowAsync(folder, s_warmUp + length, cancellationToken);
        Console.WriteLine($"On air for {(s_warmUp + length).TotalSeconds:0} s, to both at once ...");
        var port = FreePort.Next();
        await using var spillway = StartSpillway(folder, port);
        await using var nginx = await NginxRtmp.StartAsync(Path.Combine(folder, "nginx"));
        for (var i = 0; i < 200 && !FreePort.IsTaken(port); i++)
            await Task.Delay(50, cancellationToken);
        await using var first = Publish(folder, port);
        await using var second = Publish(folder, nginx.Port);

        await Task.Delay(s_warmUp, cancellationToken);
        var before = (Spillway: ProcessUse.Of(spillway.Id), Nginx: ProcessUse.Of(nginx.Id));
        await Task.Delay(length - TimeSpan.FromSeconds(2), cancellationToken);
        var after = (Spillway: ProcessUse.Of(spillway.Id), Nginx: ProcessUse.Of(nginx.Id));
        var segments = Directory.EnumerateFiles(Path.Combine(folder, "data"), "*.m4s", SearchOption.AllDirectories).Count();
        if (segments < (length / 3).TotalSeconds || first.HasExited || second.HasExited)
            throw new InvalidOperationException(
                $"The show was not on air all the time ({segments} segments stored). Spillway wrote:\n{spillway.Output}\n"
                    + $"The encoders wrote:\n{first.Output}\n{second.Output}"
            );
        var measured = (length - TimeSpan.FromSeconds(2)).TotalSeconds;
        double Share(ProcessUse from, ProcessUse to) => 100 * (to.Cpu - from.Cpu).TotalSeconds / measured;
        var (ours, theirs) = (Share(before.Spillway, after.Spillway), Share(before.Nginx, after.Nginx));
        BenchReport.Save(
            "rtmp",
            "rtmp",
            machine,
            [
                "| server | CPU, % of a core | ratio | resident, MB | peak, MB |",
                "|---|---:|---:|---:|---:|",
                Row("Spillway: RTMP → fMP4 → stored and listed", ours, ours / theirs, after.Spillway),
                Row("nginx RTMP module: RTMP → TS in a folder", theirs, 1, after.Nginx),
            ],
            new
            {
                seconds = measured,
                spillway = Figures(ours, after.Spillway),
                nginxRtmp = Figures(theirs, after.Nginx),
            },
            BenchVersions.Nginx
        );
        return 0;
    }

    private static object Figures(double cpu, ProcessUse use) =>
        new
        {
            cpuPercentOfACore = Math.Round(cpu, 2),
            residentBytes = use.Resident,
            peakBytes = use.Peak,
        };

    private static string Row(string name, double cpu, double ratio, ProcessUse use) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {cpu:0.0} | {ratio:0.0} | {use.Resident / 1e6:0} | {use.Peak / 1e6:0} |"
        );

    private static Task MakeShowAsync(string folder, TimeSpan length, CancellationToken cancellationToken) =>
        Ffmpeg.RunAsync(
            folder,
            [
                .. (string[])["-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=25"],
                .. (string[])["-f", "lavfi", "-i", "sine=frequency=330:beep_factor=2:sample_rate=48000"],
                .. (string[])["-t", $"{length.TotalSeconds + 10:0}", "-c:v", "libx264", "-preset", "ultrafast"],
                .. (string[])["-pix_fmt", "yuv420p", "-g", "50", "-keyint_min", "50", "-sc_threshold", "0"],
                .. (string[])["-b:v", "2400k", "-minrate", "2400k", "-maxrate", "2400k", "-bufsize", "2400k"],
                .. (string[])["-x264-params", "nal-hrd=cbr", "-c:a", "aac", "-b:a", "96k", "show.flv"],
            ],
            cancellationToken
        );

    private static ChildProcess StartSpillway(string folder, int port)
    {
        var settings = new JsonObject
        {
            ["Streams"] = new JsonObject
            {
                ["live"] = new JsonObject { ["Source"] = "rtmp", ["Key"] = Key },
            },
            ["Rtmp"] = new JsonObject { ["Port"] = port },
        };
        File.WriteAllText(Path.Combine(folder, "spillway.json"), settings.ToJsonString());
        string[] ports = ["--port", $"{FreePort.Next()}", "--edge-port", $"{FreePort.Next()}"];
        return ChildProcess.Start(Repository.Binary, ["serve", .. ports, "--data", Path.Combine(folder, "data")], folder);
    }

    private static ChildProcess Publish(string folder, int port) =>
        ChildProcess.Start(
            "ffmpeg",
            [
                .. (string[])["-hide_banner", "-loglevel", "error", "-nostdin", "-re", "-i", "show.flv", "-c", "copy"],
                .. (string[])["-f", "flv", $"rtmp://127.0.0.1:{port}/live/{Key}"],
            ],
            folder
        );
}
