using Spillway.Media;

namespace Spillway.Tests.Sources.Push;

/// <summary>The ways in which ffmpeg itself can be told to push, and to show the key.</summary>
public sealed class PushingWaysTests : IAsyncLifetime
{
    private PushHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await PushHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData($"-method PUT {PushHost.Bearer} URL/ingest/live/stream.m3u8", MediaContainer.MpegTs)]
    [InlineData($"-method PUT {PushHost.Bearer} -http_persistent 1 URL/ingest/live/stream.m3u8", MediaContainer.MpegTs)]
    [InlineData($"-method POST {PushHost.Bearer} URL/ingest/live/any/name.m3u8", MediaContainer.MpegTs)]
    [InlineData(
        $"-method PUT -hls_segment_type fmp4 {PushHost.Bearer} URL/ingest/live/stream.m3u8",
        MediaContainer.FragmentedMp4
    )]
    [InlineData(
        $"-method PUT -hls_segment_type fmp4 -http_persistent 1 {PushHost.Bearer} URL/ingest/live/stream.m3u8",
        MediaContainer.FragmentedMp4
    )]
    [InlineData(
        $"-method PUT -hls_list_size 3 -hls_flags delete_segments {PushHost.Bearer} URL/ingest/live/stream.m3u8",
        MediaContainer.MpegTs
    )]
    // The key as ffmpeg can show it without headers: as a folder, and as the password of Basic.
    [InlineData($"-method PUT -master_pl_name top.m3u8 URL/ingest/live/{PushHost.Key}/stream.m3u8", MediaContainer.MpegTs)]
    [InlineData($"-method PUT http://obs:{PushHost.Key}@HOST/ingest/live/stream.m3u8", MediaContainer.MpegTs)]
    [InlineData($"-method PUT -http_persistent 1 http://obs:{PushHost.Key}@HOST/ingest/live/stream.m3u8", MediaContainer.MpegTs)]
    [InlineData(
        $"-method PUT -hls_segment_filename URL/ingest/live/s%d.ts?key={PushHost.Key} URL/ingest/live/stream.m3u8?key={PushHost.Key}",
        MediaContainer.MpegTs
    )]
    internal async Task Every_way_ffmpeg_pushes_brings_every_segment_once(string output, MediaContainer container)
    {
        await using var source = _host.Follow();
        using var encoder = _host.Encode(output.Replace("HOST", $"127.0.0.1:{_host.Port}", StringComparison.Ordinal));
        await PushHost.EndAfterAsync(encoder, () => source.UntilSegmentsAsync(4));
        Assert.Empty(source.Missed);
        Assert.Equal(Enumerable.Range(0, 4), source.Segments.Take(4).Select(static s => (int)s.Sequence));
        Assert.All(source.Segments, static s => Assert.Equal(0, s.Run));
        Assert.All(source.Segments, s => Assert.Equal(container, s.Media.Container));
        Assert.All(source.Segments, static s => Assert.True(s.Media.IsWhole, s.Media.Problem));
        Assert.All(source.Segments, static s => Assert.InRange(s.Media.Duration!.Value.TotalSeconds, 0.45, 0.55));
        Assert.DoesNotContain(PushHost.Key, _host.Logged + string.Join('\n', source.Logged), StringComparison.Ordinal);
    }
}
