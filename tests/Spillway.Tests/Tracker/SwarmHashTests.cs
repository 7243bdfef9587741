using System.Text;
using Spillway.Playlists;
using Spillway.Tracker;

namespace Spillway.Tests.Tracker;

/// <summary>The expected hashes were computed by p2p-media-loader-core 2.3.1 itself, run in Node.</summary>
public sealed class SwarmHashTests
{
    private const string Live = "live/20261122T190501Z-7f3a/live";
    private const string Replay = "live/20261122T190501Z-7f3a/replay";

    [Theory]
    [InlineData("7yeJX2xvgAQWxGhQ+teg", Live, 2_628_000, "avc1.64001f,mp4a.40.2", 1280, 720, 25.0)]
    [InlineData("ftCp7fLxLcv3vmfZ/NhA", Replay, 2_628_000, "mp4a.40.2, avc1.64001F", 1280, 720, 30_000 / 1_001.0)]
    [InlineData("7682EQIPsbEqhSkqGMvw", Live, 128_000, "mp4a.40.2", null, null, null)]
    [InlineData("7682EQIPsbEqhSkqGMvw", Live, 128_000, null, null, null, null)]
    [InlineData("y2Rkt2yBL7TYt6Su+fIf", Live, 900_000, "avc1.66.30", 640, 360, null)]
    [InlineData("PSqW5EqVWqYVjjSD5Mqm", "live/b/live", 900_000, "hvc1.1.6.L93.B0", 640, 360, 24_000 / 1_001.0)]
    [InlineData("6BHRKmgEBCcxZuexfIFa", "live/b/live", 0, "avc1.64001f", 640, 360, 25.0)]
    public void The_info_hash_is_the_one_that_players_announce(
        string expected,
        string swarmId,
        long bandwidth,
        string? codecs,
        int? width,
        int? height,
        double? frameRate
    )
    {
        var variant = new Variant
        {
            Uri = "720p/playlist.m3u8",
            Bandwidth = bandwidth,
            Codecs = codecs,
            Resolution = width is null ? null : new Resolution(width.Value, height!.Value),
            FrameRate = frameRate,
        };
        var bytes = new byte[TrackerId.Size];
        SwarmHash.Of(swarmId, variant).CopyTo(bytes);
        Assert.Equal(expected, Encoding.ASCII.GetString(bytes));
    }
}
