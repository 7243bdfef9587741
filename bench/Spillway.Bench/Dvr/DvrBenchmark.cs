using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Spillway.Playlists;
using Spillway.Streams;
using Spillway.Timeline;

namespace Spillway.Bench.Dvr;

/// <summary>
/// Four hours of segments of 2 s through the timeline and the playlist writer, at several windows: what a reload weighs and what a
/// publish costs. No disk, no network. The same for the replay of those four hours.
/// </summary>
internal static class DvrBenchmark
{
    private const int Segments = 4 * 3600 / 2;

    /// <summary>Publishes of the last ten minutes are measured: by then every window is full.</summary>
    private const int Measured = 300;

    public static int Run()
    {
        var machine = BenchMachine.Read();
        List<string> table =
        [
            "| window asked for | limit, gzip'd | segments listed | bytes raw | gzip -1 | gzip -9 | ms of CPU a publish |",
            "|---:|---:|---:|---:|---:|---:|---:|",
        ];
        // The first round is for the compiler.
        Measure(60, 64_000);
        foreach (var window in (int[])[6, 1800, 7200])
        {
            foreach (var limit in (long[])[long.MaxValue / 2, 64_000])
                table.Add(Measure(window, limit));
        }
        BenchReport.Save("dvr", "dvr", machine, [.. table, "", Replay()], new { segments = Segments, measured = Measured });
        return 0;
    }

    private static string Measure(int window, long limit)
    {
        var timeline = new BroadcastTimeline(new BroadcastSettings(3, window, TimeSpan.FromSeconds(9), 1_000_000, 0), ["0"]);
        var size = new PlaylistSize(limit);
        var cpu = TimeSpan.Zero;
        byte[] body = [];
        for (var i = 0; i < Segments; i++)
        {
            Add(timeline, i);
            var before = Process.GetCurrentProcess().TotalProcessorTime;
            var playlist = timeline.Playlist("0", ended: false, most: size.Most)!;
            if (size.Cuts(playlist))
                playlist = timeline.Playlist("0", ended: false, most: size.Most)!;
            body = PlaylistWriter.Write(playlist with { Stamp = new Stamp(1, i) });
            // As MutableObject does, to tell its own bodies from others'.
            _ = StreamKeys.Hash(body);
            if (i >= Segments - Measured)
                cpu += Process.GetCurrentProcess().TotalProcessorTime - before;
        }
        var listed = PlaylistParser.Parse(body).Media!.Segments.Count;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {window} | {(limit > 1_000_000 ? "none" : limit)} | {listed} | {body.Length} | {Gzip(body, CompressionLevel.Fastest)} | {Gzip(body, CompressionLevel.SmallestSize)} | {cpu.TotalMilliseconds / Measured:0.00} |"
        );
    }

    private static string Replay()
    {
        var timeline = new BroadcastTimeline(new BroadcastSettings(3, Segments, TimeSpan.FromSeconds(9), 1_000_000, 0), ["0"]);
        for (var i = 0; i < Segments; i++)
            Add(timeline, i);
        var playlist = timeline.Playlist("0", ended: true)! with { Type = PlaylistType.Event };
        var body = PlaylistWriter.Write(playlist with { Stamp = new Stamp(1, 1) });
        const int rounds = 20;
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        for (var i = 0; i < rounds; i++)
            _ = StreamKeys.Hash(PlaylistWriter.Write(playlist with { Stamp = new Stamp(1, i) }));
        var cpu = Process.GetCurrentProcess().TotalProcessorTime - before;
        // Every version of it, put as ReplayPart does: each 30 s to 2 min, the larger the seldomer.
        var (puts, bytes) = (0, 0d);
        for (var at = 6d; at < 4 * 3600; puts++)
        {
            var now = body.Length * at / (4 * 3600);
            bytes += now;
            at += Math.Clamp(now / 16_000, 30, 120);
        }
        return string.Create(
            CultureInfo.InvariantCulture,
            $"The replay of 4 h: {body.Length} bytes raw, {Gzip(body, CompressionLevel.Fastest)} gzip -1, {cpu.TotalMilliseconds / rounds:0.0} ms of CPU a PUT; "
                + $"{puts} PUTs and {bytes / 1e6:0} MB in 4 h (worked out from its rule)."
        );
    }

    private static void Add(BroadcastTimeline timeline, int index)
    {
        var hash = StreamKeys.Hash(BitConverter.GetBytes(index));
        // As ffmpeg's keyframes and AAC frames make them: not quite equal.
        var seconds = 2 + (index % 7 - 3) * 0.013;
        var entry = timeline.Add(
            new MediaPiece
            {
                Rendition = "0",
                Run = 0,
                Duration = TimeSpan.FromSeconds(seconds),
                Timestamp = TimeSpan.FromSeconds(2 * index),
            },
            number => string.Create(CultureInfo.InvariantCulture, $"{number}-{hash}.ts"),
            TimeSpan.FromSeconds(2 * index),
            new DateTimeOffset(2026, 11, 22, 19, 0, 0, TimeSpan.Zero)
        )!;
        entry.State = EntryState.Stored;
    }

    private static long Gzip(byte[] body, CompressionLevel level)
    {
        using var counted = new MemoryStream();
        using (var gzip = new GZipStream(counted, level, leaveOpen: true))
            gzip.Write(body);
        return counted.Length;
    }
}
