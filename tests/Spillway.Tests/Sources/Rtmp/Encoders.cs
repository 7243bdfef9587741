using System.Collections.Concurrent;
using Spillway.Sources.Rtmp;

[assembly: AssemblyFixture(typeof(Spillway.Tests.Sources.Rtmp.Encoders))]

namespace Spillway.Tests.Sources.Rtmp;

/// <summary>What encoders send, made by ffmpeg as FLV when it is first asked for.</summary>
public sealed class Encoders : IDisposable
{
    /// <summary>25 frames a second, a keyframe every second, 48 kHz stereo, 6 s.</summary>
    internal const string Plain = "plain";

    /// <summary>The same without B-frames, with another picture and other parameter sets.</summary>
    internal const string Larger = "larger";

    private static readonly Dictionary<string, string[]> Kinds = new(StringComparer.Ordinal)
    {
        [Plain] = [.. Picture("25", 6), .. Sound(48000, 6), .. X264(25, 2), .. Aac(2)],
        ["again"] = [.. Picture("25", 6, filter: ",negate"), .. Sound(48000, 6), .. X264(25, 2), .. Aac(2)],
        [Larger] = [.. Picture("25", 6, "192x108"), .. Sound(48000, 6), .. X264(25, 0), .. Aac(2)],
        ["no-b"] = [.. Picture("30", 6), .. Sound(44100, 6), .. X264(60, 0), .. Aac(1)],
        ["29.97"] = [.. Picture("30000/1001", 9), .. Sound(44100, 9), .. X264(60, 2), .. Aac(2)],
        ["60"] = [.. Picture("60", 6), .. Sound(48000, 6), .. X264(120, 3), .. Aac(1)],
        ["23.976"] = [.. Picture("24000/1001", 9), .. Sound(32000, 9), .. X264(48, 2), .. Aac(1)],
        ["crop"] = [.. Picture("25", 3, "322x182"), .. X264(25, 1)],
        ["video"] = [.. Picture("25", 6), .. X264(25, 2)],
        ["audio"] = [.. Sound(44100, 9), .. Aac(2)],
        ["audio-96"] = [.. Sound(96000, 5), .. Aac(2, 96000)],
        ["audio-8"] = [.. Sound(8000, 9), .. Aac(1)],
        ["long-gop"] = [.. Picture("25", 25), .. Sound(48000, 25), .. X264(205, 0), .. Aac(1)],
        ["no-keyframe"] = [.. Picture("5", 24), .. X264(1000, 0)],
        ["intra"] = [.. Picture("25", 2), .. X264(1, 0)],
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("spillway-flv-").FullName;
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _files = new(StringComparer.Ordinal);

    /// <summary>An FLV file.</summary>
    internal Task<string> FileAsync(string kind) => _files.GetOrAdd(kind, k => new(() => MakeAsync(k))).Value;

    internal async Task<List<RtmpMedia>> MessagesAsync(string kind) =>
        FlvReader.Read(await File.ReadAllBytesAsync(await FileAsync(kind)));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string[] Picture(string rate, int seconds, string size = "160x90", string filter = "") =>
        ["-f", "lavfi", "-i", $"testsrc2=s={size}:r={rate}:d={seconds}{filter}"];

    private static string[] Sound(int rate, int seconds) => ["-f", "lavfi", "-i", $"sine=440:r={rate}:d={seconds}"];

    private static string[] X264(int keyframes, int bFrames) =>
        [
            .. (string[])["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-bf", $"{bFrames}"],
            .. (string[])["-g", $"{keyframes}", "-keyint_min", $"{keyframes}", "-sc_threshold", "0", "-b_strategy", "0"],
        ];

    private static string[] Aac(int channels, int? rate = null) =>
        ["-c:a", "aac", "-b:a", "64k", "-ac", $"{channels}", .. rate is null ? (string[])[] : ["-ar", $"{rate}"]];

    private async Task<string> MakeAsync(string kind)
    {
        var path = Path.Combine(_folder, $"{kind}.flv");
        // FLV knows only three rates of sound; its muxer must be told that AAC says its own.
        await Ffmpeg.RunAsync(_folder, [.. Kinds[kind], "-strict", "-2", "-f", "flv", path]);
        return path;
    }
}
