using System.Text;
using Spillway.Tests.Sources.Hls;
using Spillway.Timeline;
using Spillway.Watch;

namespace Spillway.Tests.Sources.Push;

/// <summary>From ffmpeg's PUT through the whole server to what a viewer gets.</summary>
public sealed class PushedShowTests
{
    private const string Key = "a-key-of-the-operator";

    [Theory]
    [InlineData("", 1)]
    [InlineData("-hls_segment_type fmp4 -http_persistent 1", 2)]
    public async Task What_an_encoder_pushes_is_published_by_the_rules(string options, int renditions)
    {
        await using var server = await RunningServer.StartAsync(static o =>
            o.Streams["live"] = new StreamOptions { Source = StreamOptions.Push, Key = Key }
        );
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var poller = new PlaylistPoller(new Uri($"http://127.0.0.1:{server.EdgePort}/live/playlist.m3u8"), client);
        using var stop = new CancellationTokenSource();
        var polling = poller.RunAsync(stop.Token);
        var address = $"http://127.0.0.1:{server.Port}/ingest/live/{Key}";
        var several =
            renditions > 1 ? "-map 0:v -map 1:a -b:v:1 200k -master_pl_name top.m3u8 -var_stream_map \"v:0,a:0 v:1,a:1\" " : "";
        using (
            var encoder = RecordedHls.Ffmpeg(
                "-re -f lavfi -i testsrc2=size=160x90:rate=25 -re -f lavfi -i sine=440:sample_rate=48000 -map 0:v -map 1:a "
                    + $"{several}-c:v libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv420p -g 25 -keyint_min 25 "
                    + $"-sc_threshold 0 -b:v 100k -c:a aac -b:a 32k -f hls -hls_time 1 -method PUT {options} "
                    + (
                        renditions > 1
                            ? $"-hls_segment_filename {address}/v%v-%d.m4s {address}/v%v.m3u8"
                            : $"-hls_segment_filename {address}/s%d.ts?key={Key} {address}/stream.m3u8?key={Key}"
                    ),
                Path.GetTempPath()
            )
        )
        {
            await PushHost.EndAfterAsync(
                encoder,
                () =>
                    Until.TrueAsync(
                        () =>
                            server.Stream.Status is { State: "live" } status && status.Renditions.All(static r => r.Listed >= 8),
                        () => $"eight segments are listed: {server.Stream.Status}"
                    )
            );
        }
        await stop.CancelAsync();
        await polling;
        poller.AssertClean();
        Assert.Equal(renditions, poller.Checker.Media.Count);
        Assert.InRange(poller.Loaded.Count, 6 * renditions, 100);
        foreach (var media in server.Stream.OnAir!.Renditions)
        {
            var text = await server.TextAsync($"/live/{media.Declared.Name}/playlist.m3u8");
            Assert.DoesNotContain("key", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Key, text, StringComparison.Ordinal);
        }
        Assert.DoesNotContain(Key, await server.TextAsync("/health"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_edge_s_port_takes_nothing()
    {
        await using var server = await RunningServer.StartAsync(static o =>
            o.Streams["live"] = new StreamOptions { Source = StreamOptions.Push, Key = Key }
        );
        using var body = new ByteArrayContent(Encoding.UTF8.GetBytes("abc"));
        using var answer = await server.Client.PutAsync($"http://127.0.0.1:{server.EdgePort}/ingest/live/{Key}/s0.ts", body);
        Assert.InRange((int)answer.StatusCode, 400, 499);
        using var right = await server.Client.PutAsync($"http://127.0.0.1:{server.Port}/ingest/live/{Key}/s0.ts", body);
        Assert.Equal(201, (int)right.StatusCode);
    }
}
