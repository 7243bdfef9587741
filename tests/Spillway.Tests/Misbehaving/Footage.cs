using System.Globalization;
using Spillway.Playlists;
using Spillway.Streams;

namespace Spillway.Tests.Misbehaving;

/// <summary>
/// A recorded stream in short segments, made by ffmpeg when it is first asked for and kept for the test run. Each segment has a
/// label, its footage's letter and its place, by which it is known again wherever it is published.
/// </summary>
internal sealed class Footage
{
    private const string Plain = "testsrc2=size=160x90:rate=25";
    private const string Again = "testsrc2=size=160x90:rate=25,negate";

    private static readonly Dictionary<string, (string Picture, string Options, double Seconds)> s_kinds = new(
        StringComparer.Ordinal
    )
    {
        // Encoded as OBS does, with B-frames: time stamps of decoding and showing differ.
        ["a"] = (Plain, "-bf 2", 30),
        ["b"] = (Again, "-bf 2", 30),
        ["c"] = ($"{Plain},hue=h=60", "-bf 2", 10),
        ["d"] = ($"{Plain},hue=h=120", "-bf 2", 10),
        ["e"] = ($"{Plain},hue=h=180", "-bf 2", 10),
        ["f"] = ($"{Plain},hue=h=240", "-bf 2", 10),
        // A second rendition of "a" and of "b".
        ["p"] = ("testsrc2=size=128x72:rate=25", "-bf 2", 30),
        ["q"] = ("testsrc2=size=128x72:rate=25,negate", "-bf 2", 30),
        ["larger"] = ("testsrc2=size=192x108:rate=25", "-bf 2", 10),
        ["faster"] = ("testsrc2=size=160x90:rate=50", "-bf 2 -g 50", 10),
        ["hevc"] = (Plain, "-c:v libx265 -x265-params log-level=none:keyint=25:min-keyint=25:scenecut=0:bframes=0", 8),
        ["mp3"] = (Plain, "-bf 2 -c:a libmp3lame", 8),
        ["silent"] = (Plain, "-bf 2 -an", 8),
        ["sound"] = (Plain, "-vn", 24),
        ["m"] = (Plain, "-hls_segment_type fmp4", 24),
        // Another initialization section, with which nothing of "m" would play as it should.
        ["n"] = (Again, "-hls_segment_type fmp4 -hls_segment_options video_track_timescale=25000", 10),
        ["m-larger"] = ("testsrc2=size=192x108:rate=25", "-hls_segment_type fmp4", 10),
        // Cut at keyframes that come as they like.
        ["uneven"] = (Plain, $"-g 1000 -force_key_frames {Cuts(1, 0.4, 1.9, 0.6, 2, 1.2, 0.3, 1.5)} -hls_time 0.2", 20),
        // One of three seconds between short ones, and from the thirteenth on all are long.
        ["long"] = (Plain, $"-g 1000 -force_key_frames {Cuts([.. Ones(6), 3, .. Ones(6), 3, 3, 3, 3, 3, 3])} -hls_time 0.2", 33),
        // Over the wraps of 33 bits, and of the 32 that some programs keep (47,721.9 s and 95,443.7 s).
        ["wrap"] = (Plain, "-bf 2 -output_ts_offset 95436", 20),
        ["half"] = (Plain, "-bf 2 -output_ts_offset 47714", 20),
        ["m-half"] = (Plain, "-hls_segment_type fmp4 -output_ts_offset 47714", 20),
        ["m-day"] = (Plain, "-hls_segment_type fmp4 -output_ts_offset 95436", 20),
        ["offline"] = ("color=c=gray:size=160x90:rate=25", "-g 250 -hls_time 8", 8),
    };

    private static readonly Dictionary<string, Task<Footage>> s_made = new(StringComparer.Ordinal);
    private static readonly Lock s_gate = new();

    private Footage(string kind, IReadOnlyList<byte[]> segments, IReadOnlyList<double> durations, byte[]? init)
    {
        (Segments, Durations, Init) = (segments, durations, init);
        Labels = [.. Enumerable.Range(0, segments.Count).Select(i => $"{kind}{i}")];
        Hashes = [.. segments.Select(static s => StreamKeys.Hash(s))];
    }

    public IReadOnlyList<byte[]> Segments { get; }

    /// <summary>EXTINF in seconds.</summary>
    public IReadOnlyList<double> Durations { get; }

    /// <summary>The initialization section; null for MPEG-TS.</summary>
    public byte[]? Init { get; }

    public IReadOnlyList<string> Labels { get; }

    /// <summary>As they stand in published names.</summary>
    public IReadOnlyList<string> Hashes { get; }

    public bool HasPicture => Labels[0] != "sound0";

    public string Extension => Init is null ? ".ts" : ".m4s";

    public static Task<Footage> GetAsync(string kind)
    {
        lock (s_gate)
            return s_made.TryGetValue(kind, out var footage) ? footage : s_made[kind] = MakeAsync(kind);
    }

    private static IEnumerable<double> Ones(int count) => Enumerable.Repeat(1.0, count);

    private static string Cuts(params double[] lengths)
    {
        var sum = 0.0;
        return string.Join(
            ',',
            Enumerable
                .Range(0, 3)
                .SelectMany(_ => lengths.Select(length => (sum += length).ToString("0.##", CultureInfo.InvariantCulture)))
        );
    }

    private static async Task<Footage> MakeAsync(string kind)
    {
        var (picture, options, seconds) = s_kinds[kind];
        var folder = Directory.CreateTempSubdirectory("spillway-footage-").FullName;
        try
        {
            await Ffmpeg.RunAsync(
                folder,
                [
                    .. (string[])["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", "sine=440:r=48000"],
                    .. (string[])["-t", $"{seconds}", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"],
                    .. (string[])["-g", "25", "-sc_threshold", "0", "-threads", "1", "-b:v", "80k", "-c:a", "aac", "-b:a", "32k"],
                    .. (string[])["-f", "hls", "-hls_list_size", "0", "-hls_time", "1"],
                    .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries),
                    "s.m3u8",
                ]
            );
            var playlist = PlaylistParser.Parse(await File.ReadAllBytesAsync(Path.Combine(folder, "s.m3u8"))).Media!;
            // The last one is a part of a second; the clip is a single one.
            var segments = playlist.Segments.Count > 1 ? [.. playlist.Segments.SkipLast(1)] : playlist.Segments;
            return new Footage(
                kind,
                [.. segments.Select(s => File.ReadAllBytes(Path.Combine(folder, s.Uri)))],
                [.. segments.Select(static s => s.Duration.TotalSeconds)],
                playlist.Segments[0].Map is { } map ? await File.ReadAllBytesAsync(Path.Combine(folder, map.Uri)) : null
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
