using System.Globalization;
using BenchmarkDotNet.Attributes;
using Spillway.Playlists;

namespace Spillway.Bench.Micro;

/// <summary>Media playlists as they are published, from a short window to four hours of it.</summary>
[MemoryDiagnoser]
public class PlaylistBenchmarks
{
    private byte[] _playlist = [];
    private MediaPlaylist? _parsed;

    [Params(10, 30, 1_000, 7_200)]
    public int Segments { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
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
                    .Range(0, Segments)
                    .Select(i => new MediaSegment
                    {
                        Uri = string.Create(
                            CultureInfo.InvariantCulture,
                            $"{1_000_000 + i}-{StreamKeys.Hash(BitConverter.GetBytes(i))}.ts"
                        ),
                        Duration = TimeSpan.FromSeconds(2),
                        ProgramDateTime = start.AddSeconds(2 * i),
                    }),
            ],
        };
        _playlist = PlaylistWriter.Write(_parsed);
    }

    [Benchmark(Description = "write a media playlist of so many segments")]
    public int WritePlaylist() => PlaylistWriter.Write(_parsed!).Length;

    [Benchmark(Description = "read it")]
    public int ParsePlaylist() => PlaylistParser.Parse(_playlist).Media!.Segments.Count;
}
