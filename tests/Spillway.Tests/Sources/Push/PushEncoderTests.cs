using Spillway.Sources;

namespace Spillway.Tests.Sources.Push;

/// <summary>ffmpeg itself, pushing in its several ways, and what the pipeline is told of it.</summary>
public sealed class PushEncoderTests : IAsyncLifetime
{
    private PushHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await PushHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("", "b-0 b-1 b-2")]
    [InlineData("-hls_segment_type fmp4 -http_persistent 1", "b-0 b-1 b-2")]
    public async Task Several_renditions_are_told_of_at_once_though_their_multivariant_playlist_comes_before_them(
        string options,
        string names
    )
    {
        await using var source = _host.Follow();
        using var encoder = _host.Encode(
            "-map 0:v -map 1:a -map 0:v -map 1:a -map 0:v -map 1:a -b:v:1 200k -b:v:2 300k "
                + $"-method PUT {PushHost.Bearer} {options} -master_pl_name top.m3u8 -var_stream_map \"v:0,a:0 v:1,a:1 v:2,a:2\" "
                + "URL/ingest/live/b-%v.m3u8"
        );
        await PushHost.EndAfterAsync(encoder, () => source.UntilAsync(static s => s.Segments.Count() >= 18));
        var found = Assert.Single(source.Events.OfType<RenditionsFound>());
        Assert.Equal(names.Split(' '), found.Renditions.Select(static r => r.Name));
        Assert.All(found.Renditions, static r => Assert.NotNull(r.Bandwidth));
        Assert.Empty(source.Missed);
        foreach (var rendition in source.Segments.GroupBy(static s => s.Rendition))
            Assert.Equal(Enumerable.Range(0, rendition.Count()), rendition.Select(static s => (int)s.Sequence));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-hls_segment_type fmp4")]
    public async Task An_encoder_that_starts_again_with_the_same_names_is_one_new_run(string options)
    {
        await using var source = _host.Follow();
        var output = $"-method PUT -hls_list_size 4 {options} {PushHost.Bearer} URL/ingest/live/stream.m3u8";
        using (var encoder = _host.Encode(output))
            await PushHost.EndAfterAsync(encoder, () => source.UntilSequenceAsync(0, 6));
        using (var encoder = _host.Encode(output, input: "testsrc=size=160x90:rate=20"))
            await PushHost.EndAfterAsync(encoder, () => source.UntilSequenceAsync(1, 4));
        Assert.True(Assert.Single(source.Segments, static s => s.Discontinuity) is { Run: 1 });
        Assert.Equal(1, source.Segments.Select(static s => s.Run).Max());
        var again = source.Segments.Where(static s => s.Run == 1).Select(static s => (int)s.Sequence).ToList();
        Assert.Equal(Enumerable.Range(again[0], again.Count), again);
    }

    [Fact]
    public async Task An_encoder_that_comes_with_renditions_after_one_without_is_followed()
    {
        await using var source = _host.Follow();
        using (var encoder = _host.Encode($"-method PUT {PushHost.Bearer} URL/ingest/live/stream.m3u8"))
            await PushHost.EndAfterAsync(encoder, () => source.UntilSegmentsAsync(3));
        using (
            var encoder = _host.Encode(
                "-map 0:v -map 1:a -map 0:v -map 1:a -b:v:1 200k "
                    + $"-method PUT {PushHost.Bearer} -master_pl_name top.m3u8 -var_stream_map \"v:0,a:0 v:1,a:1\" URL/ingest/live/b-%v.m3u8"
            )
        )
        {
            await PushHost.EndAfterAsync(
                encoder,
                () =>
                    source.UntilAsync(static s =>
                        s.Events.OfType<RenditionsFound>()
                            .Last()
                            .Renditions.Select(static r => r.Name)
                            .SequenceEqual(["b-0", "b-1"])
                        && s.Segments.Count(static a => a.Rendition == "b-1") >= 3
                    )
            );
        }
    }

    [Fact]
    public async Task Two_streams_are_pushed_at_once_each_with_its_own_key()
    {
        await using var first = _host.Follow();
        await using var second = _host.Follow("second");
        using var encoder = _host.Encode($"-method PUT {PushHost.Bearer} URL/ingest/live/stream.m3u8");
        using var other = _host.Encode(
            $"-method PUT URL/ingest/second/{PushHost.OtherKey}/stream.m3u8",
            input: "testsrc=size=192x108:rate=20"
        );
        await PushHost.EndAfterAsync(
            encoder,
            () => PushHost.EndAfterAsync(other, () => Task.WhenAll(first.UntilSegmentsAsync(4), second.UntilSegmentsAsync(4)))
        );
        Assert.All(first.Segments, static s => Assert.Equal(160, s.Media.Leading!.Width));
        Assert.All(second.Segments, static s => Assert.Equal(192, s.Media.Leading!.Width));
    }

    [Fact]
    public async Task A_key_in_the_playlist_s_query_alone_is_explained_since_ffmpeg_leaves_it_out_of_its_segments()
    {
        await using var source = _host.Follow();
        using var encoder = _host.Encode($"-method PUT URL/ingest/live/stream.m3u8?key={PushHost.Key}");
        await PushHost.EndAfterAsync(
            encoder,
            () => Until.TrueAsync(() => _host.Logged.Contains("shows no key", StringComparison.Ordinal), () => _host.Logged)
        );
        Assert.Contains("/ingest/STREAM/KEY/stream.m3u8", _host.Logged, StringComparison.Ordinal);
    }
}
