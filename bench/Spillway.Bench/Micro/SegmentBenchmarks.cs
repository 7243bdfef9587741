using BenchmarkDotNet.Attributes;
using Spillway.Bench.Latency;
using Spillway.Media;
using Spillway.Playlists;

namespace Spillway.Bench.Micro;

/// <summary>What is done to each segment: MPEG-TS that ffmpeg made, at 2.5 Mbit/s, cut or repeated to a megabyte.</summary>
[MemoryDiagnoser]
public class SegmentBenchmarks
{
    private byte[] _segment = [];

    /// <summary>Bytes: 188 of a packet times 5,319.</summary>
    [Params(999_972)]
    public int Size { get; set; }

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        var folder = Path.Combine(Repository.Scratch, $"{Guid.NewGuid():n}");
        var recording = await Recording.MakeAsync(folder, segments: 4, CancellationToken.None);
        // Two in a row are a segment of 4 s; what is too much of it is cut off at a packet.
        _segment = [.. recording.Renditions[0].Segments.Take(3).SelectMany(static segment => segment.Bytes).Take(Size)];
        if (_segment.Length != Size)
            throw new InvalidOperationException($"ffmpeg made only {_segment.Length} bytes.");
    }

    [Benchmark(Description = "look inside a segment: tracks, durations, wholeness")]
    public int InspectSegment() => MediaInspector.Inspect(_segment).Tracks.Count;

    [Benchmark(Description = "SHA-256 of a segment, for its key")]
    public string HashSegment() => StreamKeys.Hash(_segment);
}
