using Microsoft.Extensions.Logging.Abstractions;
using Spillway.Media;
using Spillway.Playlists;
using Spillway.Sources.Rtmp;
using Spillway.Tests.Storage;
using Spillway.Tests.Streams;

namespace Spillway.Tests.Sources.Rtmp;

/// <summary>From RTMP messages to playlists in a store, at the pace of the media.</summary>
public sealed class RtmpOnAirTests(Encoders encoders) : OnAirTest
{
    private readonly RtmpInlet _inlet = new();

    [Fact]
    public async Task A_publisher_that_reconnects_within_the_grace_gives_one_discontinuity()
    {
        using var stop = new CancellationTokenSource();
        var running = StartSource(stop.Token);
        await PublishAsync(await encoders.MessagesAsync(Encoders.Plain));
        await UntilStateAsync("live");
        await Until.TrueAsync(() => Stream.Status.SourceAway == "the encoder went", "it is told");
        await Clock.Wait(5);
        await PublishAsync(await encoders.MessagesAsync("again"));
        await Until.TrueAsync(() => Stream.Status.Renditions[0].Stored == 12, "all are stored");
        await Until.TrueAsync(
            async () => (await PlaylistAsync()).Segments.Count(static s => !s.Gap) == 12,
            () => "all are listed"
        );

        var playlist = await PlaylistAsync();
        Assert.Single(MediaPlaylistKeys);
        Assert.False(playlist.Ended);
        var listed = playlist.Segments.Where(static s => !s.Gap).ToList();
        var restart = Assert.Single(playlist.Segments, static s => s.Discontinuity);
        Assert.Same(listed[6], restart);
        Assert.Equal(6.0, listed.Take(6).Sum(static s => s.Duration.TotalSeconds), 0.001);
        Assert.Equal(6.0, listed.Skip(6).Sum(static s => s.Duration.TotalSeconds), 0.001);
        Assert.Equal("main", Assert.Single(Stream.Status.Renditions).Name);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task What_is_stored_is_what_was_sent()
    {
        using var stop = new CancellationTokenSource();
        var running = StartSource(stop.Token);
        var messages = await encoders.MessagesAsync(Encoders.Plain);
        await PublishAsync(messages);
        await UntilStateAsync("live");
        await UntilListedAsync(6);
        var folder = MediaPlaylistKeys[0][..(MediaPlaylistKeys[0].LastIndexOf('/') + 1)];
        var pictures = 0;
        foreach (var segment in (await PlaylistAsync()).Segments.Where(static s => !s.Gap))
        {
            var init = (await Store.Direct.FindAsync(folder + segment.Map!.Uri)).Body;
            var report = MediaInspector.Inspect((await Store.Direct.FindAsync(folder + segment.Uri)).Body, init);
            Assert.Equal(segment.Duration.TotalSeconds, report.Duration!.Value.TotalSeconds, 0.001);
            pictures += report.Leading!.Samples;
        }
        Assert.Equal(messages.OfType<RtmpVideoFrame>().Count(), pictures);
        var variant = Assert.Single((await MultivariantAsync()).Variants);
        Assert.Equal(new Resolution(160, 90), variant.Resolution);
        Assert.Equal(25, variant.FrameRate);
        Assert.Equal("avc1.4d400b,mp4a.40.2", variant.Codecs);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private Task StartSource(CancellationToken stop)
    {
        Options.SegmentDuration = 1;
        Start("main");
        return new RtmpSource(_inlet, Options, Clock.Time, NullLogger<RtmpSource>.Instance).RunAsync(Source.Writer, stop);
    }

    /// <summary>As an encoder does: each message at its time.</summary>
    private async Task PublishAsync(List<RtmpMedia> messages)
    {
        var publication = _inlet.Open("an encoder");
        var begin = Clock.Elapsed;
        foreach (var message in messages)
        {
            while (message.Time > (Clock.Elapsed - begin).TotalMilliseconds)
                await Clock.Wait(0.1);
            Assert.True(await publication.WriteAsync(message, default));
        }
        publication.End();
    }
}
