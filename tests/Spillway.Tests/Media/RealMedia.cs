[assembly: AssemblyFixture(typeof(Spillway.Tests.Media.RealMedia))]

namespace Spillway.Tests.Media;

/// <summary>Segments made by ffmpeg's HLS muxer, once for all tests; each format is made when it is first asked for.</summary>
public sealed class RealMedia : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spillway-media-").FullName;
    private readonly Dictionary<string, Task<Recording>> _recordings = [];
    private readonly Lock _gate = new();

    private static string[] Picture(string rate) => ["-f", "lavfi", "-i", $"testsrc2=s=320x180:r={rate}:d=5"];

    private static string[] Sound(int rate = 48000) => ["-f", "lavfi", "-i", $"sine=440:d=5:r={rate}"];

    private static string[] X264(int keyframes, string profile = "baseline", int bFrames = 0) =>
        [
            .. (string[])["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-profile:v", profile],
            .. (string[])["-bf", $"{bFrames}", "-g", $"{keyframes}", "-keyint_min", $"{keyframes}", "-sc_threshold", "0"],
        ];

    private static readonly string[] Small =
    [
        .. (string[])["-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=1", "-f", "lavfi", "-i", "sine=440:d=1"],
        .. X264(25, "main", 2),
    ];

    private static readonly string[] Fmp4 = ["-hls_segment_type", "fmp4"];

    private static readonly Dictionary<string, string[]> Formats = new(StringComparer.Ordinal)
    {
        ["ts-small"] = [.. Small, "-c:a", "aac"],
        ["fmp4-small"] = [.. Small, "-c:a", "aac", .. Fmp4],
        ["fmp4-aac-small"] = ["-f", "lavfi", "-i", "sine=440:d=1", "-c:a", "aac", .. Fmp4],
        ["ts-25"] = [.. Picture("25"), .. Sound(), .. X264(50), "-c:a", "aac"],
        ["ts-29.97-b"] = [.. Picture("30000/1001"), .. Sound(44100), .. X264(60, "high", 2), "-c:a", "aac", "-ac", "2"],
        // As it comes by RTMP: whole milliseconds, and no timing in the parameter set to lean on.
        ["ts-29.97-ms"] =
        [
            .. Picture("30000/1001"),
            .. X264(60),
            .. (string[])
                ["-bsf:v", "h264_metadata=tick_rate=0,setts=pts=round(PTS*TB*1000)/TB/1000:dts=round(DTS*TB*1000)/TB/1000"],
        ],
        ["ts-crop"] = [.. Picture("30"), "-vf", "scale=322:182", .. X264(60, "high444"), "-pix_fmt", "yuv444p", "-an"],
        ["ts-interlaced"] = [.. Picture("25"), .. X264(50, "main"), "-flags", "+ildct+ilme", "-x264-params", "tff=1"],
        ["ts-hevc"] =
        [
            .. Picture("25"),
            .. Sound(),
            .. (string[])
                ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error:keyint=50:min-keyint=50:open-gop=0"],
            .. (string[])["-pix_fmt", "yuv420p", "-c:a", "aac"],
        ],
        ["ts-mp3"] = [.. Sound(44100), "-c:a", "libmp3lame", "-ac", "2"],
        ["ts-mp3-low"] = [.. Sound(22050), "-c:a", "libmp3lame", "-ac", "1"],
        ["ts-mp2"] = [.. Sound(), "-c:a", "mp2"],
        ["ts-aac"] = [.. Sound(44100), "-c:a", "aac", "-ac", "2"],
        ["ts-ac3"] = [.. Sound(), "-c:a", "ac3", "-ac", "6"],
        ["ts-ac3-44"] = [.. Sound(44100), "-c:a", "ac3", "-ac", "2"],
        ["ts-eac3"] = [.. Picture("25"), .. Sound(), .. X264(50), "-c:a", "eac3", "-ac", "6"],
        // 2^33 / 90,000 s = 95,443.7 s: the wrap falls into the first segment.
        ["ts-wrap"] = [.. Picture("25"), .. Sound(), .. X264(50, "main", 2), "-c:a", "aac", "-output_ts_offset", "95441.3"],
        ["fmp4"] = [.. Picture("25"), .. Sound(), .. X264(50), "-c:a", "aac", .. Fmp4],
        ["fmp4-b"] = [.. Picture("30000/1001"), .. Sound(), .. X264(60, "high", 2), "-c:a", "aac", .. Fmp4],
        ["fmp4-hevc"] =
        [
            .. Picture("25"),
            .. (string[])
                ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error:keyint=50:min-keyint=50:open-gop=0"],
            .. (string[])["-pix_fmt", "yuv420p", "-tag:v", "hvc1"],
            .. Fmp4,
        ],
        ["fmp4-ac3"] = [.. Sound(), "-c:a", "ac3", "-ac", "6", .. Fmp4],
        ["fmp4-eac3"] = [.. Sound(), "-c:a", "eac3", "-ac", "6", .. Fmp4],
        ["fmp4-mp3"] = [.. Sound(), "-c:a", "libmp3lame", .. Fmp4],
        ["fmp4-opus"] = [.. Sound(), "-c:a", "libopus", "-ac", "2", .. Fmp4],
        ["fmp4-flac"] = [.. Sound(), "-c:a", "flac", "-strict", "-2", .. Fmp4],
        ["fmp4-vp9"] =
        [
            .. Picture("25"),
            .. (string[])["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "50"],
            .. Fmp4,
        ],
        ["fmp4-av1"] =
        [
            .. Picture("25"),
            .. (string[])["-c:v", "libaom-av1", "-usage", "realtime", "-cpu-used", "8", "-g", "50"],
            .. Fmp4,
        ],
    };

    /// <summary>Two segments of two seconds, or as near to it as the frames allow, and a last one that may end in part of a frame.</summary>
    internal Task<Recording> GetAsync(string format)
    {
        lock (_gate)
            return _recordings.TryGetValue(format, out var made) ? made : _recordings[format] = MakeAsync(format);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<Recording> MakeAsync(string format)
    {
        var own = Directory.CreateDirectory(Path.Combine(_folder, format)).FullName;
        await Ffmpeg.RunAsync(
            own,
            [
                .. Formats[format],
                "-f",
                "hls",
                "-hls_time",
                "2",
                "-hls_list_size",
                "0",
                "-master_pl_name",
                "main.m3u8",
                "media.m3u8",
            ]
        );
        var segments = File.ReadLines(Path.Combine(own, "media.m3u8")).Where(line => line is [not '#', ..]).ToArray();
        var init = Path.Combine(own, "init.mp4");
        return new Recording(own, segments, File.Exists(init) ? await File.ReadAllBytesAsync(init) : null);
    }
}
