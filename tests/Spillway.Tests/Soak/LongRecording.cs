using Spillway.Playlists;
using Spillway.Tests.Sources.Hls;

namespace Spillway.Tests.Soak;

/// <summary>Minutes of a small picture in two-second segments, made by ffmpeg; every segment's bytes are its own.</summary>
internal sealed record LongRecording(string Kind, IReadOnlyList<byte[]> Segments, IReadOnlyList<double> Durations, byte[]? Init)
{
    public const int Seconds = 300;

    public string Extension => Init is null ? ".ts" : ".m4s";

    /// <param name="kind">For messages.</param>
    /// <param name="picture">A lavfi source with its size.</param>
    /// <param name="type"><c>mpegts</c> or <c>fmp4</c>.</param>
    public static async Task<LongRecording> MakeAsync(string kind, string picture, string type)
    {
        using var folder = new TestFolder();
        await Ffmpeg.RunAsync(
            folder.Path,
            [
                .. (string[])["-f", "lavfi", "-i", $"{picture}:rate=10", "-f", "lavfi", "-i", "sine=440:sample_rate=48000"],
                .. (string[])["-t", $"{Seconds}", "-map", "0:v", "-map", "1:a", "-c:v", "libx264", "-preset", "ultrafast"],
                .. (string[])["-tune", "zerolatency", "-pix_fmt", "yuv420p", "-g", "20", "-keyint_min", "20"],
                .. (string[])["-sc_threshold", "0", "-b:v", "30k", "-c:a", "aac", "-b:a", "16k", "-ac", "1"],
                .. (string[])["-f", "hls", "-hls_time", "2", "-hls_list_size", "0", "-hls_segment_type", type, "s.m3u8"],
            ]
        );
        var playlist = PlaylistParser.Parse(await File.ReadAllBytesAsync(folder["s.m3u8"])).Media!;
        // The last one is a part.
        var whole = playlist.Segments.SkipLast(1).ToArray();
        return new LongRecording(
            kind,
            [.. whole.Select(segment => File.ReadAllBytes(folder[segment.Uri]))],
            [.. whole.Select(static segment => segment.Duration.TotalSeconds)],
            whole[0].Map is { } map ? await File.ReadAllBytesAsync(folder[map.Uri]) : null
        );
    }
}
