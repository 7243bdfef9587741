using System.Diagnostics;
using Spillway.Sources.Rtmp;
using Spillway.Tests.Sources.Hls;

namespace Spillway.Tests.Sources.Rtmp;

/// <summary>ffmpeg as the encoder.</summary>
public sealed class RtmpEncoderTests
{
    private const string Sound = "-f lavfi -i sine=440:sample_rate=48000";
    private const string Picture = "-f lavfi -i testsrc2=s=320x180:r=25";
    private const string H264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25 -sc_threshold 0 -b:v 300k";

    [Fact]
    public async Task Pictures_and_sound_arrive_with_their_times_keyframes_and_offsets()
    {
        await using var host = await RtmpHost.StartAsync();
        using var folder = new TestFolder();
        // B-frames for the offsets; no -re, so that it comes faster than it is taken, too.
        using var ffmpeg = RecordedHls.Ffmpeg($"{Picture} {Sound} {H264} -bf 2 -c:a aac -t 30 {To(host)}", folder.Path);
        var publication = await host.NextAsync();
        var media = await ReadToEndAsync(publication);
        Assert.Equal("", await EndAsync(ffmpeg));
        Assert.Equal(0, ffmpeg.ExitCode);
        Assert.StartsWith("Lavf", publication.Encoder, StringComparison.Ordinal);

        Assert.Equal(1, Assert.Single(media.OfType<RtmpVideoConfiguration>()).Configuration.Span[0]);
        Assert.Equal(0x11, Assert.Single(media.OfType<RtmpAudioConfiguration>()).Configuration.Span[0]);
        var frames = media.OfType<RtmpVideoFrame>().ToList();
        Assert.Equal(750, frames.Count);
        Assert.Equal(Enumerable.Range(0, 30).Select(static i => 25 * i), Indices(frames, static f => f.IsKeyframe));
        Assert.All(Steps(frames), static step => Assert.Equal(40, step));
        Assert.Contains(frames, static f => f.CompositionOffset > 40);
        // Every picture is shown once.
        Assert.Equal(
            Enumerable.Range(0, 750).Select(i => frames[0].Time + frames[0].CompositionOffset + 40L * i),
            frames.Select(static f => f.Time + f.CompositionOffset).Order()
        );
        var sounds = media.OfType<RtmpAudioFrame>().ToList();
        Assert.InRange(sounds.Count, 1400, 1412);
        Assert.All(Steps(sounds), static step => Assert.InRange(step, 21, 22));
        Assert.All(frames, static f => Assert.Equal(f.Data.Length, NalUnits(f.Data.Span)));
    }

    [Theory]
    // Past 2^24 ms (4.66 h) time stamps are extended; 13 h 15 min x 90 and 26.5 h x 90 pass 32 and 33 bits; at 2^31 ms ffmpeg wraps.
    [InlineData(16_776)]
    [InlineData(47_720)]
    [InlineData(95_442)]
    [InlineData(2_147_482)]
    public async Task Late_in_a_long_stream_times_run_on(int start)
    {
        await using var host = await RtmpHost.StartAsync();
        using var folder = new TestFolder();
        using var ffmpeg = RecordedHls.Ffmpeg(
            $"{Picture} {Sound} {H264} -c:a aac -t 4 -output_ts_offset {start} {To(host)}",
            folder.Path
        );
        var media = await ReadToEndAsync(await host.NextAsync());
        Assert.Equal("", await EndAsync(ffmpeg));
        var frames = media.OfType<RtmpVideoFrame>().ToList();
        Assert.Equal(100, frames.Count);
        Assert.All(Steps(frames), static step => Assert.Equal(40, step));
        Assert.InRange(frames[0].Time, start * 1000L, start * 1000L + 100);
        Assert.All(Steps([.. media.OfType<RtmpAudioFrame>()]), static step => Assert.InRange(step, 21, 22));
        Assert.All(frames, static f => Assert.Equal(f.Data.Length, NalUnits(f.Data.Span)));
    }

    [Theory]
    [InlineData("live/wrong-key", "No stream that takes RTMP has this key")]
    [InlineData("app/" + Client.Key, "must be rtmp://HOST:PORT/live/KEY")]
    public async Task A_wrong_key_ends_ffmpeg_with_our_words(string path, string words)
    {
        await using var host = await RtmpHost.StartAsync();
        using var folder = new TestFolder();
        using var ffmpeg = RecordedHls.Ffmpeg(
            $"-re {Picture} {H264} -t 30 -f flv rtmp://127.0.0.1:{host.Port}/{path}",
            folder.Path
        );
        Assert.Contains(words, await EndAsync(ffmpeg), StringComparison.Ordinal);
        Assert.NotEqual(0, ffmpeg.ExitCode);
    }

    [Theory]
    [InlineData("-c:v flv1 -an", "The video is H.263")]
    [InlineData(H264 + " -c:a libmp3lame -ar 44100", "The audio is MP3")]
    public async Task Another_codec_ends_ffmpeg_with_our_words(string codecs, string words)
    {
        await using var host = await RtmpHost.StartAsync();
        using var folder = new TestFolder();
        using var ffmpeg = RecordedHls.Ffmpeg($"-re {Picture} {Sound} {codecs} -t 30 {To(host)}", folder.Path);
        Assert.Contains(words, await EndAsync(ffmpeg), StringComparison.Ordinal);
        Assert.NotEqual(0, ffmpeg.ExitCode);
    }

    [Fact]
    public async Task A_second_ffmpeg_takes_over_and_the_first_ends_with_our_words()
    {
        await using var host = await RtmpHost.StartAsync();
        using var folder = new TestFolder();
        var arguments = $"-re {Picture} {H264} -t 30 {To(host, "?from=obs")}";
        using var first = RecordedHls.Ffmpeg(arguments, folder.Path);
        var before = await host.NextAsync();
        using var second = RecordedHls.Ffmpeg(arguments, folder.Path);
        try
        {
            var after = await host.NextAsync();
            await ReadToEndAsync(before);
            Assert.Contains("the newest one is on air", await EndAsync(first), StringComparison.Ordinal);
            await Until.TrueAsync(() => after.Media.Count > 10, "the second goes on");
        }
        finally
        {
            second.Kill();
            await second.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task A_killed_ffmpeg_is_off_air_at_once()
    {
        await using var host = await RtmpHost.StartAsync();
        using var folder = new TestFolder();
        using var ffmpeg = RecordedHls.Ffmpeg($"-re {Picture} {H264} -t 30 {To(host)}", folder.Path);
        var publication = await host.NextAsync();
        ffmpeg.Kill();
        await ReadToEndAsync(publication);
    }

    private static string To(RtmpHost host, string query = "") =>
        $"-f flv rtmp://127.0.0.1:{host.Port}/{RtmpAddress.App}/{Client.Key}{query}";

    private static async Task<string> EndAsync(Process ffmpeg)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        var errors = await ffmpeg.StandardError.ReadToEndAsync(late.Token);
        await ffmpeg.WaitForExitAsync(late.Token);
        return errors;
    }

    private static async Task<List<RtmpMedia>> ReadToEndAsync(RtmpPublication publication)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        var media = new List<RtmpMedia>();
        await foreach (var one in publication.Media.ReadAllAsync(late.Token))
            media.Add(one);
        return media;
    }

    private static IEnumerable<long> Steps<T>(List<T> media)
        where T : RtmpMedia => media.Zip(media.Skip(1), static (a, b) => b.Time - a.Time);

    private static IEnumerable<int> Indices(List<RtmpVideoFrame> frames, Func<RtmpVideoFrame, bool> which) =>
        frames.Index().Where(pair => which(pair.Item)).Select(static pair => pair.Index);

    /// <summary>How far the lengths before the NAL units lead: to the end of a whole frame.</summary>
    private static int NalUnits(ReadOnlySpan<byte> data)
    {
        var at = 0;
        while (at + 4 <= data.Length)
            at += 4 + System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(data[at..]);
        return at;
    }
}
