using System.Globalization;
using Spillway.Media;

namespace Spillway.Slate;

/// <summary>What ffmpeg is asked for: one rendition of a slate, as an HLS playlist in the folder it runs in.</summary>
internal static class SlateArguments
{
    public const string FontFile = "font.ttf";
    public const string Playlist = "slate.m3u8";

    /// <summary>A picture of 8192x8192; a larger one would fill the memory.</summary>
    private const string MostPixels = "67108864";

    /// <summary>Bits per second.</summary>
    private const long LowestPicture = 16_000;

    /// <param name="picture">What is shown.</param>
    /// <param name="clip">What is in it.</param>
    /// <param name="format">What it must be like.</param>
    /// <param name="timing">How it is cut.</param>
    /// <param name="quality">Constant rate factor of x264: higher is smaller.</param>
    /// <param name="withTitle">Draws the title.</param>
    public static List<string> For(
        SlatePicture picture,
        SlateClip clip,
        SlateFormat format,
        SlateTiming timing,
        int quality,
        bool withTitle
    )
    {
        var arguments = new List<string>();
        var sound = format.Sound;
        var loops = timing.Repeats > 1 ? (string[])["-stream_loop", $"{timing.Repeats - 1}"] : [];
        arguments.AddRange(["-protocol_whitelist", "file", "-max_pixels", MostPixels, .. loops]);
        arguments.AddRange(["-i", picture.Path is { } path ? $"file:{path}" : $"file:{SlatePicture.OwnFile}"]);
        var hasSound = sound is not null && clip.HasSound;
        if (sound is not null && !hasSound)
            arguments.AddRange(["-f", "lavfi", "-i", $"anullsrc=sample_rate={sound.SampleRate}:channel_layout=mono"]);
        var graphs = new List<string>();
        if (format.Picture is { } shown)
            graphs.Add(Picture(picture, clip, shown, timing, withTitle));
        if (sound is not null)
            graphs.Add(Sound(sound, hasSound ? 0 : 1, format.Picture is null, timing));
        arguments.AddRange(["-filter_complex", string.Join(';', graphs), "-threads", "2"]);
        if (format.Picture is { } encoded)
            arguments.AddRange(
                PictureEncoding(encoded, Math.Max(LowestPicture, format.BitRate - SoundBitRate(format)), timing, quality)
            );
        if (sound is not null)
            arguments.AddRange([
                .. (string[])["-map", "[sound]", "-c:a", sound.Encoder, "-b:a", $"{SoundBitRate(format)}"],
                .. (string[])["-ar", $"{sound.SampleRate}", "-ac", $"{sound.Channels}"],
            ]);
        // Splits come at keyframes, which are only where they were asked for; sound alone is split by time.
        var split = format.Picture is null ? timing.Segment : 0.9 * timing.Segment;
        arguments.AddRange(["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"]);
        arguments.AddRange(["-f", "hls", "-hls_time", Seconds(split), "-hls_playlist_type", "vod"]);
        arguments.AddRange(
            format.Container == MediaContainer.FragmentedMp4
                ? ["-hls_segment_type", "fmp4", "-hls_fmp4_init_filename", "init.mp4", "-hls_segment_filename", "%d.m4s"]
                : ["-hls_segment_type", "mpegts", "-hls_segment_filename", "%d.ts"]
        );
        arguments.Add(Playlist);
        return arguments;
    }

    private static string Picture(
        SlatePicture picture,
        SlateClip clip,
        SlatePictureFormat format,
        SlateTiming timing,
        bool withTitle
    )
    {
        var (width, height) = (format.Width, format.Height);
        var filters = new List<string>();
        if (!clip.HasPicture)
            return $"color=black:size={width}x{height}:rate={format.Rate},setsar=1,format=yuv420p,{Cut()}[picture]";
        if (!clip.IsStill)
            filters.Add($"fps={format.Rate}:start_time=0");
        // Square pixels first: a show's own are not known, and are square nearly always.
        filters.Add("scale=iw*sar:ih,setsar=1");
        filters.Add($"scale={width}:{height}:force_original_aspect_ratio=decrease:flags=bicubic");
        filters.Add($"pad={width}:{height}:-1:-1:color={(picture.Path is null ? SlatePicture.Background : "black")}");
        if (withTitle)
            filters.AddRange(Title(picture, width, height));
        filters.Add("setsar=1,format=yuv420p");
        // Drawn once, and then the same again and again.
        if (clip.IsStill)
            filters.Add($"loop=loop=-1:size=1:start=0,setpts=N/({format.Rate})/TB,fps={format.Rate}:start_time=0");
        filters.Add(Cut());
        return $"[0:v:0]{string.Join(',', filters)}[picture]";

        string Cut() => $"tpad=stop_mode=clone:stop=-1,trim=end_frame={timing.Boundaries(format.Rate)[^1]}";
    }

    /// <summary>The text comes from files and is taken as it is: no character of a title means anything to the filter.</summary>
    private static IEnumerable<string> Title(SlatePicture picture, int width, int height)
    {
        var scale = Math.Min(width / 1920.0, height / 1080.0);
        var size = (int)Math.Round(58 * scale);
        var first = (height - 1080 * scale) / 2 + 742 * scale;
        for (var line = 0; line < picture.Title.Count && size >= 6; line++)
        {
            var y = (int)Math.Round(first + line * 78 * scale);
            yield return $"drawtext=fontfile={FontFile}:textfile={SlatePicture.TitleFile(line)}:expansion=none"
                + $":fontsize={size}:fontcolor=0x545d6b:x=(w-tw)/2:y={y}";
        }
    }

    private static string Sound(SlateSoundFormat sound, int input, bool alone, SlateTiming timing)
    {
        // The encoder adds a frame or two. They would make each repetition longer than the playlist says, and players would fall behind
        // a little more each time; without a picture they would make a segment of their own.
        var end = timing.Total.TotalSeconds - (alone ? 4096.0 : 2048.0) / sound.SampleRate;
        return $"[{input}:a:0]aresample={sound.SampleRate}:async=1:first_pts=0,apad,atrim=end={Seconds(TimeSpan.FromSeconds(end))}[sound]";
    }

    private static IEnumerable<string> PictureEncoding(SlatePictureFormat format, long bitRate, SlateTiming timing, int quality)
    {
        var boundaries = timing.Boundaries(format.Rate);
        // A quarter of a frame before, so that rounding does not move it to the next one.
        var keyframes = boundaries
            .Skip(1)
            .SkipLast(1)
            .Select(frame => Seconds(TimeSpan.FromSeconds((frame - 0.25) / format.Rate.Value)));
        return
        [
            .. (string[])["-map", "[picture]", "-c:v", "libx264", "-preset", "veryfast", "-r", $"{format.Rate}"],
            .. (string[])["-profile:v", format.Profile, "-level", format.Level, "-pix_fmt", "yuv420p", "-bf", "0", "-refs", "1"],
            .. (string[])["-crf", $"{quality}", "-maxrate", $"{bitRate}", "-bufsize", $"{bitRate / 2}", "-sc_threshold", "0"],
            .. (string[])["-g", $"{boundaries[^1] + 1}", "-forced-idr", "1"],
            .. boundaries.Count > 2 ? (string[])["-force_key_frames", string.Join(',', keyframes)] : [],
        ];
    }

    /// <summary>Bits per second.</summary>
    private static long SoundBitRate(SlateFormat format) =>
        format.Sound is not { } sound ? 0 : Math.Clamp(format.BitRate / 4, 32_000, 64_000L * Math.Clamp(sound.Channels, 1, 6));

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.######", CultureInfo.InvariantCulture);
}
