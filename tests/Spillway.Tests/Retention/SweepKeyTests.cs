using Spillway.Playlists;
using Spillway.Retention;

namespace Spillway.Tests.Retention;

public sealed class SweepKeyTests
{
    private const string Id = "20261122T190501Z-7f3a";
    private const string Hash = "0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("live/playlist.m3u8", "OfStream")]
    [InlineData("live/player.json", "OfStream")]
    [InlineData("live/lease.json", "OfStream")]
    [InlineData("live/replays.json", "OfStream")]
    [InlineData("live/sweep.json", "OfStream")]
    [InlineData($"live/{Id}/report.json", "Report")]
    [InlineData($"live/{Id}/replay.m3u8", "ReplayPlaylist")]
    [InlineData($"live/{Id}/720p/replay.m3u8", "ReplayPlaylist")]
    [InlineData($"live/{Id}/720p/replay-2.m3u8", "ReplayPlaylist")]
    [InlineData($"live/{Id}/720p/playlist.m3u8", "LivePlaylist")]
    [InlineData($"live/{Id}/720p/1000000-{Hash}.ts", "Segment")]
    [InlineData($"live/{Id}/720p/1000000-{Hash}.m4s", "Segment")]
    [InlineData($"live/{Id}/720p/init-{Hash}.mp4", "InitializationSection")]
    [InlineData($"live/slate/{Hash}/720p/0-{Hash}.ts", "Slate")]
    [InlineData($"live/slate/{Hash}/720p/init-{Hash}.mp4", "Slate")]
    public void What_Spillway_stores_is_known_by_its_name(string key, string kind) =>
        Assert.Equal(kind, SweepKey.Parse("live", key).Kind.ToString());

    [Theory]
    [InlineData("live/logo.png")]
    [InlineData("live2/playlist.m3u8")]
    [InlineData("live/sweep.json/x")]
    [InlineData("watch/index.html")]
    [InlineData($"live/{Id}")]
    [InlineData($"live/{Id}/720p/1000000-{Hash}.mp4")]
    [InlineData($"live/{Id}/720p/1000000-{Hash}.ts.bak")]
    [InlineData($"live/{Id}/720p/1000000-{Hash}.ts\n")]
    [InlineData($"live/{Id}/720p/stream0.ts")]
    [InlineData($"live/{Id}/720p/99999999999999999999-{Hash}.ts")]
    [InlineData($"live/{Id}/720P/1000000-{Hash}.ts")]
    [InlineData($"live/{Id}/720p/more/1000000-{Hash}.ts")]
    [InlineData($"live/{Id}x/720p/1000000-{Hash}.ts")]
    [InlineData($"live/2026/720p/1000000-{Hash}.ts")]
    [InlineData($"live/{Id}/highlights.m3u8")]
    [InlineData($"live/slate/{Hash}/0-{Hash}.ts")]
    [InlineData($"live/slate/other/720p/0-{Hash}.ts")]
    public void Anything_else_is_not_ours(string key) => Assert.Equal(SweepKind.Unknown, SweepKey.Parse("live", key).Kind);

    [Fact]
    public void A_new_broadcast_s_id_is_one()
    {
        Assert.True(SweepKey.IsBroadcast(StreamKeys.NewBroadcast(DateTimeOffset.UtcNow)));
        var key = SweepKey.Parse("live", $"live/{Id}/720p/1000007-{Hash}.ts");
        Assert.Equal((Id, "720p", 1_000_007L), (key.Broadcast, key.Rendition, key.Number));
    }
}
