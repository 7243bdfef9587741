using Spillway.Media;
using Spillway.Sources.Rtmp;

namespace Spillway.Tests.Sources.Rtmp;

/// <summary>ffmpeg reads the FLV and what was published of it: the same frames, at the same times, without complaint.</summary>
public sealed class EveryEncoderTests(Encoders encoders) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spillway-rtmp-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(Encoders.Plain, 1, 6)]
    [InlineData(Encoders.Plain, 2, 3)]
    [InlineData(Encoders.Larger, 1, 6)]
    [InlineData("no-b", 1, 3)]
    [InlineData("29.97", 2, 5)]
    [InlineData("60", 2, 3)]
    [InlineData("23.976", 2, 5)]
    [InlineData("crop", 1, 3)]
    [InlineData("video", 1, 6)]
    [InlineData("audio", 2, 5)]
    [InlineData("audio-96", 2, 3)]
    [InlineData("audio-8", 2, 5)]
    [InlineData("long-gop", 2, 4)]
    [InlineData("intra", 1, 2)]
    public async Task Every_frame_is_published_once_and_plays(string kind, double wished, int segments)
    {
        var file = await encoders.FileAsync(kind);
        var published = Published.Of(await encoders.MessagesAsync(kind), wished);
        Assert.Null(published.Cutter.Refusal);
        Assert.Equal([segments], published.Lines);
        published.AssertWhole();
        await published.AssertPlaysAsync(_folder);
        var result = await published.WriteAsync(_folder);
        var tracks = published.Inspect(0).Tracks;
        if (tracks.Any(static track => track.Kind == TrackKind.Video))
            await CompareAsync(file, result, "0:v");
        if (tracks.Any(static track => track.Kind == TrackKind.Audio))
            await CompareAsync(file, result, "0:a");
    }

    [Theory]
    [InlineData(Encoders.Plain)]
    [InlineData("29.97")]
    public async Task The_pictures_decode_to_the_same(string kind)
    {
        var result = await Published.Of(await encoders.MessagesAsync(kind)).WriteAsync(_folder);
        var sent = await Published.FramesAsync(_folder, await encoders.FileAsync(kind), "0:v", decode: true);
        var shown = await Published.FramesAsync(_folder, result, "0:v", decode: true);
        Assert.Equal(sent.Select(static frame => frame.Hash), shown.Select(static frame => frame.Hash));
    }

    [Fact]
    public async Task Size_codecs_and_rates_are_told()
    {
        var crop = Published.Of(await encoders.MessagesAsync("crop")).Inspect(0);
        Assert.Equal((322, 182), (crop.Leading!.Width, crop.Leading.Height));
        Assert.Equal(25, crop.Leading.FrameRate);
        var report = Published.Of(await encoders.MessagesAsync("29.97"), 2).Inspect(1);
        Assert.Equal("avc1.4d400b,mp4a.40.2", report.Codecs);
        Assert.Equal(29.97, report.Leading!.FrameRate);
        Assert.Equal((44100, 2), (report.Tracks[1].SampleRate, report.Tracks[1].Channels));
        Assert.Equal(96000, Published.Of(await encoders.MessagesAsync("audio-96"), 2).Inspect(0).Leading!.SampleRate);
    }

    [Fact]
    public async Task Segments_hold_the_sound_of_their_own_time()
    {
        var published = Published.Of(await encoders.MessagesAsync(Encoders.Plain));
        for (var i = 1; i < published.Segments.Count - 1; i++)
        {
            var tracks = published.Inspect(i).Tracks;
            var start = tracks[1].FirstTimestamp!.Value - tracks[0].FirstTimestamp!.Value;
            var end = start + tracks[1].Duration!.Value - tracks[0].Duration!.Value;
            Assert.InRange(start.TotalSeconds, 0, 0.02134);
            Assert.InRange(end.TotalSeconds, 0, 0.02134);
        }
    }

    /// <summary>8192 s of times in milliseconds would be 27 hours past every wrap that time stamps in 32 or 33 bits have.</summary>
    [Theory]
    [InlineData((1L << 32) / 90)]
    [InlineData((1L << 33) / 90)]
    [InlineData(1L << 32)]
    [InlineData(27 * 3_600_000L)]
    public async Task No_wrap_is_seen(long wrap)
    {
        var messages = await encoders.MessagesAsync(Encoders.Plain);
        var shift = wrap - 3000;
        var published = Published.Of(messages.Select(m => FlvReader.Shift(m, shift)));
        Assert.Equal([6], published.Lines);
        published.AssertWhole();
        await published.AssertPlaysAsync(_folder);
        var first = published.Inspect(0).FirstTimestamp!.Value.TotalSeconds;
        Assert.Equal(messages.OfType<RtmpVideoFrame>().Min(f => f.Time + f.CompositionOffset) + shift, first * 1000, 0.01);
        var result = await published.WriteAsync(_folder);
        var shown = await Published.FramesAsync(_folder, result, "0:v");
        Assert.Equal(150, shown.Count);
        Assert.Equal(first, shown[0].Time, 0.0001);
        Assert.Equal(first + 149 * 0.04, shown[^1].Time, 0.0001);
        var heard = await Published.FramesAsync(_folder, result, "0:a");
        Assert.Equal(messages.OfType<RtmpAudioFrame>().Count(), heard.Count);
        Assert.Equal((heard.Count - 1) * 1024 / 48000.0, heard[^1].Time - heard[0].Time, 0.0001);
    }

    private async Task CompareAsync(string file, string result, string stream)
    {
        var sent = await Published.FramesAsync(_folder, file, stream);
        var shown = await Published.FramesAsync(_folder, result, stream);
        Assert.Equal(sent.Select(static frame => frame.Hash), shown.Select(static frame => frame.Hash));
        var offset = shown[0].Time - sent[0].Time;
        // Pictures are shown at the encoder's own milliseconds; sound is put on the grid of its samples.
        var tolerance = stream == "0:v" ? 0.00002 : 0.0011;
        foreach (var (one, other) in sent.Zip(shown))
            Assert.Equal(one.Time + offset, other.Time, tolerance);
    }
}
