using System.Diagnostics;
using System.Globalization;

namespace Spillway.Demo;

/// <summary>
/// Makes a live source out of nothing, or out of a file, as Owncast would: ffmpeg writes two renditions of MPEG-TS
/// segments into a folder, in real time. Started again when it dies.
/// </summary>
internal sealed partial class DemoEncoder(string folder, string? file, TimeProvider time, ILogger<DemoEncoder> logger)
    : BackgroundService
{
    private const int SegmentSeconds = 2;
    private const int Rate = 25;

    /// <summary>What is missing on this machine, in one line; null when the demo can run.</summary>
    public static async Task<string?> ProblemAsync(string? file, CancellationToken cancellationToken)
    {
        if (file is not null && !File.Exists(file))
            return $"--file: there is no file '{file}'.";
        return await RunAsync("ffmpeg", ["-hide_banner", "-version"], cancellationToken) is null
            ? "The demo needs ffmpeg. Install it: sudo apt-get install ffmpeg"
            : null;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (clock, sound) = (await HasClockAsync(stoppingToken), file is null || await HasSoundAsync(file, stoppingToken));
        while (!stoppingToken.IsCancellationRequested)
        {
            PrepareFolder();
            using var ffmpeg = new Process
            {
                StartInfo = new ProcessStartInfo("ffmpeg") { UseShellExecute = false, RedirectStandardError = true },
            };
            foreach (var argument in Arguments(clock, sound))
                ffmpeg.StartInfo.ArgumentList.Add(argument);
            ffmpeg.Start();
            try
            {
                var said = ffmpeg.StandardError.ReadToEndAsync(stoppingToken);
                await ffmpeg.WaitForExitAsync(stoppingToken);
                var lines = (await said).Split('\n', StringSplitOptions.RemoveEmptyEntries);
                // Ctrl-C reaches ffmpeg too: then the program is about to stop as well.
                await Task.Delay(TimeSpan.FromSeconds(2), time, stoppingToken);
                Log.Died(logger, ffmpeg.ExitCode, lines.Length > 0 ? lines[^1] : "it said nothing");
            }
            catch (OperationCanceledException)
            {
                // The program stops, and what it started stops with it.
            }
            finally
            {
                if (!ffmpeg.HasExited)
                    ffmpeg.Kill();
            }
        }
    }

    private void PrepareFolder()
    {
        // Only what an earlier demo left: the folder is the demo's own.
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(Path.Combine(folder, "0"));
        Directory.CreateDirectory(Path.Combine(folder, "1"));
    }

    private List<string> Arguments(bool clock, bool sound)
    {
        var arguments = new List<string> { "-hide_banner", "-loglevel", "warning", "-nostats", "-nostdin" };
        if (file is null)
        {
            arguments.AddRange(["-re", "-f", "lavfi", "-i", $"testsrc2=size=1280x720:rate={Rate}"]);
            arguments.AddRange(["-re", "-f", "lavfi", "-i", "sine=frequency=330:beep_factor=2:sample_rate=48000"]);
        }
        else
        {
            arguments.AddRange(["-re", "-stream_loop", "-1", "-i", file]);
        }
        var draw =
            clock && file is null
                ? "drawtext=text='%{localtime\\:%T}':fontsize=96:fontcolor=white:box=1:boxcolor=black@0.6:boxborderw=16:x=(w-tw)/2:y=h-th-60,"
                : "";
        arguments.AddRange([
            "-filter_complex",
            $"[0:v:0]fps={Rate},scale=-2:720,{draw}split=2[large][middle];[middle]scale=-2:360[small]",
            "-map",
            "[large]",
            "-map",
            "[small]",
        ]);
        if (sound)
            arguments.AddRange(file is null ? ["-map", "1:a", "-map", "1:a"] : ["-map", "0:a:0", "-map", "0:a:0"]);
        var keyframes = (SegmentSeconds * Rate).ToString(CultureInfo.InvariantCulture);
        arguments.AddRange([
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-tune",
            "zerolatency",
            "-pix_fmt",
            "yuv420p",
            "-g",
            keyframes,
            "-keyint_min",
            keyframes,
            "-sc_threshold",
            "0",
            "-b:v:0",
            "2000k",
            "-maxrate:v:0",
            "2000k",
            "-bufsize:v:0",
            "2000k",
            "-b:v:1",
            "600k",
            "-maxrate:v:1",
            "600k",
            "-bufsize:v:1",
            "600k",
            "-c:a",
            "aac",
            "-b:a",
            "96k",
            "-ar",
            "48000",
            "-ac",
            "2",
            "-f",
            "hls",
            "-hls_time",
            SegmentSeconds.ToString(CultureInfo.InvariantCulture),
            "-hls_list_size",
            "10",
            "-hls_flags",
            "program_date_time+independent_segments+delete_segments+omit_endlist",
            "-master_pl_name",
            "stream.m3u8",
            "-var_stream_map",
            sound ? "v:0,a:0 v:1,a:1" : "v:0 v:1",
            "-hls_segment_filename",
            Path.Combine(folder, "%v", $"stream-{Random.Shared.Next():x8}-%d.ts"),
            Path.Combine(folder, "%v", "stream.m3u8"),
        ]);
        return arguments;
    }

    private static async Task<bool> HasClockAsync(CancellationToken cancellationToken) =>
        await RunAsync(
            "ffmpeg",
            [
                "-loglevel",
                "error",
                "-f",
                "lavfi",
                "-i",
                "color=size=64x64:duration=0.1",
                "-vf",
                "drawtext=text=x",
                "-f",
                "null",
                "-",
            ],
            cancellationToken
        )
            is not null;

    private static async Task<bool> HasSoundAsync(string file, CancellationToken cancellationToken) =>
        await RunAsync(
            "ffprobe",
            ["-loglevel", "error", "-select_streams", "a:0", "-show_entries", "stream=codec_type", "-of", "csv=p=0", file],
            cancellationToken
        )
            is { Length: > 0 };

    /// <summary>What a program printed; null when it cannot be started or fails.</summary>
    private static async Task<string?> RunAsync(
        string program,
        IEnumerable<string> arguments,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await errors;
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 ? output.Trim() : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The demo's ffmpeg ended with {ExitCode} and starts again: {Line}")]
        public static partial void Died(ILogger logger, int exitCode, string line);
    }
}
