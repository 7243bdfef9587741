using System.Globalization;
using Spillway.EndToEnd.Servers;
using Spillway.Tests;

namespace Spillway.Bench.Event.Source;

/// <summary>
/// A live source in a folder, as Owncast's: segments of MPEG-TS and a playlist for each rendition. A minute of picture is encoded before
/// the event and repeated; only the sound is encoded meanwhile, so that hardly any of the machine's time goes into it.
/// </summary>
internal sealed class EventSource : IAsyncDisposable
{
    private const int Rate = 25;
    private const int AudioKilobits = 48;
    private const int Listed = 10;
    private static readonly string[] s_sizes = ["960x540", "640x360", "320x180"];

    private readonly ChildProcess _ffmpeg;

    private EventSource(ChildProcess ffmpeg, string folder) => (_ffmpeg, Folder) = (ffmpeg, folder);

    /// <summary>Kilobits of a second of each rendition, the best first, sound included.</summary>
    public static IReadOnlyList<int> Kilobits(EventPlan plan) =>
        [.. Enumerable.Range(0, plan.Renditions).Select(i => (plan.Kilobits >> i) + AudioKilobits)];

    /// <summary>With <c>stream.m3u8</c> in it.</summary>
    public string Folder { get; }

    /// <summary>What ffmpeg has complained of.</summary>
    public string Complaints => _ffmpeg.Output;

    public bool HasEnded => _ffmpeg.HasExited;

    /// <summary>On air at once.</summary>
    /// <param name="plan">Renditions and rates.</param>
    /// <param name="folder">A folder of its own.</param>
    /// <exception cref="InvalidOperationException">ffmpeg failed.</exception>
    public static async Task<EventSource> StartAsync(EventPlan plan, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        for (var i = 0; i < plan.Renditions; i++)
            await Ffmpeg.RunAsync(folder, Picture(plan, i), cancellationToken);
        var live = Path.Combine(folder, "hls");
        for (var i = 0; i < plan.Renditions; i++)
            Directory.CreateDirectory(Path.Combine(live, Text(i)));
        return new EventSource(ChildProcess.Start("ffmpeg", Live(plan), folder), live);
    }

    public ValueTask DisposeAsync() => _ffmpeg.DisposeAsync();

    /// <summary>Some 64 s, of whole segments.</summary>
    private static List<string> Picture(EventPlan plan, int rendition)
    {
        var keyframes = Text(plan.SegmentSeconds * Rate);
        var rate = $"{plan.Kilobits >> rendition}k";
        List<string> arguments = ["-f", "lavfi", "-i", $"testsrc2=size={s_sizes[rendition]}:rate={Rate}"];
        arguments.AddRange(["-t", Text(64 / plan.SegmentSeconds * plan.SegmentSeconds)]);
        arguments.AddRange(["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]);
        arguments.AddRange(["-g", keyframes, "-keyint_min", keyframes, "-sc_threshold", "0"]);
        arguments.AddRange(["-b:v", rate, "-maxrate", rate, "-bufsize", rate, $"{rendition}.mp4"]);
        return arguments;
    }

    private static List<string> Live(EventPlan plan)
    {
        List<string> arguments = ["-hide_banner", "-loglevel", "warning", "-nostats", "-nostdin"];
        for (var i = 0; i < plan.Renditions; i++)
            arguments.AddRange(["-re", "-stream_loop", "-1", "-i", $"{i}.mp4"]);
        arguments.AddRange(["-re", "-f", "lavfi", "-i", "sine=frequency=330:beep_factor=2:sample_rate=48000"]);
        for (var i = 0; i < plan.Renditions; i++)
            arguments.AddRange(["-map", $"{i}:v", "-map", $"{plan.Renditions}:a"]);
        arguments.AddRange(["-c:v", "copy", "-c:a", "aac", "-b:a", $"{AudioKilobits}k", "-ac", "1"]);
        arguments.AddRange(["-f", "hls", "-hls_time", Text(plan.SegmentSeconds), "-hls_list_size", Text(Listed)]);
        arguments.AddRange(["-hls_flags", "independent_segments+program_date_time+omit_endlist+delete_segments"]);
        arguments.AddRange(["-hls_delete_threshold", Text(Listed)]);
        arguments.AddRange([
            "-var_stream_map",
            string.Join(' ', Enumerable.Range(0, plan.Renditions).Select(i => $"v:{i},a:{i}")),
        ]);
        arguments.AddRange(["-master_pl_name", "stream.m3u8"]);
        arguments.AddRange(["-hls_segment_filename", "hls/%v/stream-%d.ts", "hls/%v/stream.m3u8"]);
        return arguments;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
