using System.Globalization;
using Spillway.Media;

namespace Spillway.Sources.Ladder;

/// <summary>What is made of one format that comes in, and how ffmpeg is told so.</summary>
internal sealed record LadderPlan
{
    /// <summary>Keyframes that come a moment early still end a segment.</summary>
    private const double Slack = 0.02;

    /// <summary>None: the incoming rendition has to be passed on.</summary>
    public required IReadOnlyList<LadderStep> Steps { get; init; }

    /// <summary>What was left out and why, for the operator; null for nothing.</summary>
    public required string? Advice { get; init; }

    public required MediaContainer Container { get; init; }

    /// <summary>The codec of the sound, or null.</summary>
    public required string? Sound { get; init; }

    public bool PassesOn => Steps.Count == 0;

    /// <param name="wanted">As set.</param>
    /// <param name="media">Of a segment that comes in.</param>
    public static LadderPlan For(IReadOnlyList<LadderStep> wanted, MediaReport media)
    {
        var video = media.Tracks.FirstOrDefault(static t => t.Kind == TrackKind.Video);
        var audio = media.Tracks.FirstOrDefault(static t => t.Kind == TrackKind.Audio);
        var isReadable = video is not null && media.Container != MediaContainer.Unknown;
        var steps =
            video is null || !isReadable
                ? []
                : wanted.Where(s => s.IsSource || video.Height is not { } h || s.Height <= h).ToList();
        var left = wanted.Except(steps).Select(static s => s.Name).ToList();
        // A copy alone needs no ffmpeg.
        if (steps.TrueForAll(static s => s.IsSource))
            steps = [];
        return new LadderPlan
        {
            Steps = steps,
            Container = media.Container,
            Sound = audio is null ? null : audio.Codec ?? "unknown",
            Advice =
                !isReadable ? "Ladder: what comes in has no picture, so nothing is made of it."
                : left.Count > 0
                    ? $"Ladder: {string.Join(", ", left)} {(left.Count == 1 ? "is" : "are")} left out, since what comes in has "
                        + $"only {video!.Width}x{video.Height}."
                : null,
        };
    }

    /// <summary>Bits per second with sound, for the source's declared bandwidth.</summary>
    public static int Bandwidth(LadderStep step, int incoming) =>
        step.IsSource ? incoming : (int)(1.2 * step.BitRate) + SoundRate(step);

    /// <summary>ffmpeg's arguments; it reads standard input and writes <c>{step}/stream.m3u8</c> below the folder it runs in.</summary>
    /// <param name="segmentSeconds">Where no keyframes of the source must be kept to.</param>
    /// <param name="preset">x264's.</param>
    public IReadOnlyList<string> Arguments(int segmentSeconds, string preset)
    {
        var isTs = Container == MediaContainer.MpegTs;
        var arguments = new List<string> { "-hide_banner", "-loglevel", "warning", "-nostats", "-y" };
        // What is known already needs no long look.
        arguments.AddRange(["-analyzeduration", "1500000", "-probesize", "4M"]);
        arguments.AddRange(["-f", isTs ? "mpegts" : "mp4", "-i", "pipe:0", "-filter_complex", Filter()]);
        for (var i = 0; i < Steps.Count; i++)
        {
            arguments.AddRange(["-map", Steps[i].IsSource ? "0:v:0" : $"[v{i}]"]);
            if (Sound is not null)
                arguments.AddRange(["-map", "0:a:0"]);
        }
        // The frames keep the times they came with, so that all renditions are cut at the same ones.
        arguments.AddRange(["-fps_mode", "passthrough", "-enc_time_base", "-1"]);
        for (var i = 0; i < Steps.Count; i++)
            arguments.AddRange(StepArguments(i, segmentSeconds, preset));
        // Decoding times before zero would be moved, in each rendition by another amount.
        arguments.AddRange(["-output_ts_offset", "2", "-f", "hls"]);
        arguments.AddRange(["-hls_time", (segmentSeconds - Slack).ToString("0.##", CultureInfo.InvariantCulture)]);
        arguments.AddRange(["-hls_list_size", "20", "-hls_delete_threshold", "5"]);
        arguments.AddRange(["-hls_flags", "independent_segments+delete_segments+temp_file"]);
        arguments.AddRange(["-hls_segment_type", isTs ? "mpegts" : "fmp4"]);
        arguments.AddRange(["-hls_segment_filename", $"%v/s%d.{(isTs ? "ts" : "m4s")}"]);
        arguments.AddRange([
            "-var_stream_map",
            string.Join(
                ' ',
                Steps.Select(
                    (s, i) =>
                        $"v:{i}{(Sound is null ? "" : string.Create(CultureInfo.InvariantCulture, $",a:{i}"))},name:{s.Name}"
                )
            ),
            "%v/stream.m3u8",
        ]);
        return arguments;
    }

    private string[] StepArguments(int i, int segmentSeconds, string preset)
    {
        var step = Steps[i];
        var sound = Sound switch
        {
            null => Array.Empty<string>(),
            // AAC goes on as it is: it is small, and encoding it again would only harm it.
            _ when Sound.StartsWith("mp4a.40", StringComparison.Ordinal) => [$"-c:a:{i}", "copy"],
            _ => [$"-c:a:{i}", "aac", $"-b:a:{i}", Text(SoundRate(step)), $"-ac:a:{i}", "2"],
        };
        if (step.IsSource)
            return [$"-c:v:{i}", "copy", .. sound];
        var keyframes = Steps.Any(static s => s.IsSource) ? "source" : $"expr:gte(t,n_forced*{Text(segmentSeconds)})";
        return
        [
            .. (string[])[$"-c:v:{i}", "libx264", $"-preset:v:{i}", preset, $"-pix_fmt:v:{i}", "yuv420p"],
            .. (string[])[$"-b:v:{i}", Text(step.BitRate), $"-maxrate:v:{i}", Text((int)(1.2 * step.BitRate))],
            // No keyframes but those all renditions have.
            .. (string[])[$"-bufsize:v:{i}", Text(2 * step.BitRate), $"-g:v:{i}", "100000", $"-sc_threshold:v:{i}", "0"],
            .. (string[])[$"-forced-idr:v:{i}", "1", $"-force_key_frames:v:{i}", keyframes],
            .. sound,
        ];
    }

    private string Filter()
    {
        var encoded = Steps.Select(static (step, i) => (step, i)).Where(static s => !s.step.IsSource).ToList();
        var split = string.Concat(encoded.Select(static s => $"[s{s.i}]"));
        return $"[0:v:0]split={encoded.Count}{split};"
            + string.Join(';', encoded.Select(static s => $"[s{s.i}]{Scale(s.step)}[v{s.i}]"));
    }

    private static string Scale(LadderStep step) =>
        step.Width is { } width
            ? $"scale={Text(width)}:{Text(step.Height!.Value)}:force_original_aspect_ratio=decrease:force_divisible_by=2,"
                + $"pad={Text(width)}:{Text(step.Height.Value)}:-1:-1,setsar=1"
            : $"scale=-2:{Text(step.Height!.Value)}";

    private static int SoundRate(LadderStep step) => step.Height >= 480 || step.IsSource ? 128_000 : 96_000;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
