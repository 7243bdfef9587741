using System.Globalization;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Spillway.Bench.Latency;
using Spillway.Media;
using Spillway.Playlists;

namespace Spillway.Bench.Micro;

/// <summary>What Spillway itself does to each segment and each playlist, without disk or network.</summary>
[MemoryDiagnoser]
public class MicroBenchmarks
{
    private const int Window = 12;

    private byte[] _segment = [];
    private byte[] _playlist = [];
    private MediaPlaylist? _parsed;

    /// <returns>The exit code.</returns>
    public static int Run()
    {
        // In this process: BenchmarkDotNet would build a project of its own, which lock files and central versions forbid.
        var job = Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance);
        var artifacts = Path.Combine(Repository.Scratch, "micro");
        var config = DefaultConfig.Instance.AddJob(job).WithArtifactsPath(artifacts);
        return BenchmarkRunner.Run<MicroBenchmarks>(config).HasCriticalValidationErrors ? 1 : 0;
    }

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        var folder = Path.Combine(Repository.Scratch, $"{Guid.NewGuid():n}");
        var recording = await Recording.MakeAsync(folder, segments: 2, CancellationToken.None);
        _segment = recording.Renditions[0].Segments[1].Bytes;
        var start = new DateTimeOffset(2026, 11, 22, 19, 0, 0, TimeSpan.Zero);
        _parsed = new MediaPlaylist
        {
            TargetDuration = 2,
            MediaSequence = 1_000_000,
            DiscontinuitySequence = 0,
            IndependentSegments = true,
            Stamp = new Stamp(1, 1),
            Segments =
            [
                .. Enumerable
                    .Range(0, Window)
                    .Select(i => new MediaSegment
                    {
                        Uri = string.Create(CultureInfo.InvariantCulture, $"{1_000_000 + i}-{StreamKeys.Hash([(byte)i])}.ts"),
                        Duration = TimeSpan.FromSeconds(2),
                        ProgramDateTime = start.AddSeconds(2 * i),
                    }),
            ],
        };
        _playlist = PlaylistWriter.Write(_parsed);
    }

    /// <summary>A segment of 2 s at 2.5 Mbit/s.</summary>
    [Benchmark]
    public bool InspectSegment() => MediaInspector.Inspect(_segment).IsWhole;

    /// <summary>The same segment's SHA-256, for its key.</summary>
    [Benchmark]
    public string HashSegment() => StreamKeys.Hash(_segment);

    [Benchmark]
    public int WritePlaylist() => PlaylistWriter.Write(_parsed!).Length;

    [Benchmark]
    public int ParsePlaylist() => PlaylistParser.Parse(_playlist).Media!.Segments.Count;
}
