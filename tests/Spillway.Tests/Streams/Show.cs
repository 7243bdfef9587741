using Spillway.Media;
using Spillway.Playlists;
using Spillway.Sources;

namespace Spillway.Tests.Streams;

/// <summary>A recorded stream in short segments, made by ffmpeg when it is first asked for and kept for the test run.</summary>
internal sealed class Show(IReadOnlyList<byte[]> segments, byte[]? init, double seconds)
{
    /// <summary>MPEG-TS, 160x90, one second each.</summary>
    public const string Plain = "size=160x90 -hls_time 1";

    /// <summary>The same with other pictures: another run of the encoder.</summary>
    public const string Again = "size=160x90,negate -hls_time 1";

    /// <summary>A larger picture.</summary>
    public const string Larger = "size=192x108 -hls_time 1";

    /// <summary>Four seconds each.</summary>
    public const string Slow = "size=160x90 -hls_time 4";

    /// <summary>fMP4.</summary>
    public const string Fragments = "size=160x90 -hls_time 1 -hls_segment_type fmp4";

    private static readonly Dictionary<string, Task<Show>> Made = new(StringComparer.Ordinal);
    private static readonly Lock Gate = new();

    public IReadOnlyList<byte[]> Bytes => segments;

    public static Task<Show> GetAsync(string kind)
    {
        lock (Gate)
            return Made.TryGetValue(kind, out var show) ? show : Made[kind] = MakeAsync(kind);
    }

    public SegmentArrived Segment(int index, string rendition = "0", int run = 0, bool discontinuity = false) =>
        new()
        {
            Rendition = rendition,
            Run = run,
            Sequence = index,
            Discontinuity = discontinuity,
            DeclaredDuration = TimeSpan.FromSeconds(seconds),
            Data = segments[index],
            InitializationSection = init is null ? (ReadOnlyMemory<byte>?)null : init,
            Media = MediaInspector.Inspect(segments[index], init),
        };

    private static async Task<Show> MakeAsync(string kind)
    {
        var folder = Directory.CreateTempSubdirectory("spillway-show-");
        try
        {
            var options = kind.Split(' ');
            var seconds = double.Parse(options[2], System.Globalization.CultureInfo.InvariantCulture);
            var keyframes = $"{(int)(25 * seconds)}";
            await Ffmpeg.RunAsync(
                folder.FullName,
                [
                    .. (string[])["-f", "lavfi", "-i", $"testsrc2={options[0].Replace(",", ":r=25,", StringComparison.Ordinal)}"],
                    .. (string[])["-f", "lavfi", "-i", "sine=440:r=48000", "-t", $"{28 * Math.Min(seconds, 2)}", "-r", "25"],
                    .. (string[])["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-pix_fmt", "yuv420p"],
                    .. (string[])["-g", keyframes, "-keyint_min", keyframes, "-sc_threshold", "0", "-b:v", "80k"],
                    .. (string[])["-c:a", "aac", "-b:a", "32k", "-f", "hls", "-hls_list_size", "0", .. options[1..], "s.m3u8"],
                ]
            );
            var playlist = PlaylistParser.Parse(await File.ReadAllBytesAsync(Path.Combine(folder.FullName, "s.m3u8"))).Media!;
            return new Show(
                // The last one is a part of a second.
                [.. playlist.Segments.SkipLast(1).Select(s => File.ReadAllBytes(Path.Combine(folder.FullName, s.Uri)))],
                playlist.Segments[0].Map is { } map ? await File.ReadAllBytesAsync(Path.Combine(folder.FullName, map.Uri)) : null,
                seconds
            );
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
