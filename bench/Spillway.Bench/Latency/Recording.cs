using Spillway.Playlists;
using Spillway.Tests;

namespace Spillway.Bench.Latency;

/// <param name="Uri">Its file name.</param>
/// <param name="Hash">As it stands in Spillway's keys: by it a segment is known again at the edge.</param>
internal sealed record RecordedSegment(string Uri, TimeSpan Duration, byte[] Bytes, string Hash);

/// <param name="Name">The folder's: <c>0</c> or <c>1</c>.</param>
internal sealed record RecordedRendition(string Name, IReadOnlyList<RecordedSegment> Segments);

/// <summary>
/// A stream as Owncast has ffmpeg cut it: MPEG-TS of 2 s, in two renditions of about 2.5 and 0.6 Mbit/s. It is made before
/// anything is measured, so that no encoder takes the machine's time meanwhile.
/// </summary>
/// <param name="Multivariant">The text of its multivariant playlist.</param>
internal sealed record Recording(string Multivariant, IReadOnlyList<RecordedRendition> Renditions)
{
    public const int SegmentSeconds = 2;
    private const int Rate = 25;

    public int Count => Renditions.Min(static rendition => rendition.Segments.Count);

    /// <summary>With its first rendition alone, which is the best.</summary>
    public Recording Best =>
        this with
        {
            // The tag of a variant is followed by its address.
            Multivariant = Multivariant[
                ..Multivariant.IndexOf(
                    "#EXT-X-STREAM-INF",
                    Multivariant.IndexOf("0/stream.m3u8", StringComparison.Ordinal),
                    StringComparison.Ordinal
                )
            ],
            Renditions = [Renditions[0]],
        };

    /// <param name="folder">A folder of its own, emptied afterwards.</param>
    public static async Task<Recording> MakeAsync(string folder, int segments, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        await Ffmpeg.RunAsync(folder, Arguments(segments * SegmentSeconds), cancellationToken);
        var multivariant = await File.ReadAllTextAsync(Path.Combine(folder, "stream.m3u8"), cancellationToken);
        var recording = new Recording(multivariant, [.. ((string[])["0", "1"]).Select(name => Read(folder, name))]);
        Directory.Delete(folder, recursive: true);
        return recording;
    }

    private static RecordedRendition Read(string folder, string name)
    {
        folder = Path.Combine(folder, name);
        var playlist =
            PlaylistParser.Parse(File.ReadAllBytes(Path.Combine(folder, "stream.m3u8"))).Media
            ?? throw new InvalidOperationException("ffmpeg wrote no media playlist.");
        return new RecordedRendition(name, [.. playlist.Segments.Select(ReadSegment)]);

        RecordedSegment ReadSegment(MediaSegment listed)
        {
            var bytes = File.ReadAllBytes(Path.Combine(folder, listed.Uri));
            return new RecordedSegment(listed.Uri, listed.Duration, bytes, StreamKeys.Hash(bytes));
        }
    }

    private static List<string> Arguments(int seconds)
    {
        var keyframes = $"{SegmentSeconds * Rate}";
        List<string> arguments = ["-f", "lavfi", "-i", $"testsrc2=size=1280x720:rate={Rate}"];
        arguments.AddRange(["-f", "lavfi", "-i", "sine=frequency=330:beep_factor=2:sample_rate=48000", "-t", $"{seconds}"]);
        arguments.AddRange(["-filter_complex", "[0:v]split=2[large][s];[s]scale=640:360[small]"]);
        arguments.AddRange(["-map", "[large]", "-map", "1:a", "-map", "[small]", "-map", "1:a"]);
        arguments.AddRange(["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]);
        arguments.AddRange(["-g", keyframes, "-keyint_min", keyframes, "-sc_threshold", "0"]);
        arguments.AddRange(["-b:v:0", "2300k", "-maxrate:v:0", "2400k", "-bufsize:v:0", "2400k"]);
        arguments.AddRange(["-b:v:1", "490k", "-maxrate:v:1", "530k", "-bufsize:v:1", "530k"]);
        arguments.AddRange(["-c:a", "aac", "-b:a", "64k"]);
        arguments.AddRange(["-f", "hls", "-hls_time", $"{SegmentSeconds}", "-hls_list_size", "0"]);
        arguments.AddRange(["-hls_flags", "independent_segments+omit_endlist"]);
        arguments.AddRange(["-var_stream_map", "v:0,a:0 v:1,a:1", "-master_pl_name", "stream.m3u8"]);
        arguments.AddRange(["-hls_segment_filename", "%v/stream-%d.ts", "%v/stream.m3u8"]);
        return arguments;
    }
}
