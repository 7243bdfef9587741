using System.Text;
using Spillway.Sources.Rtmp;

namespace Spillway.Tests.Sources.Rtmp;

public sealed class FlvTagTests
{
    [Fact]
    public void H264_comes_out_with_its_time_and_its_word_for_keyframes()
    {
        var configuration = Assert.IsType<RtmpVideoConfiguration>(Video(5, Client.VideoConfiguration).Media);
        Assert.Equal((5L, 1), (configuration.Time, configuration.Configuration.Span[0]));
        var frame = Assert.IsType<RtmpVideoFrame>(Video(40, Client.Frame(3, isKeyframe: true, composition: 80)).Media);
        Assert.Equal((40L, 80, true, 3), (frame.Time, frame.CompositionOffset, frame.IsKeyframe, frame.Data.Length));
        Assert.False(((RtmpVideoFrame)Video(40, Client.Frame()).Media!).IsKeyframe);
        // A frame that nothing refers to, and a keyframe made by a server.
        Assert.False(((RtmpVideoFrame)Video(40, [0x37, 1, 0, 0, 0, 9]).Media!).IsKeyframe);
        Assert.True(((RtmpVideoFrame)Video(40, [0x47, 1, 0, 0, 0, 9]).Media!).IsKeyframe);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(-40)]
    [InlineData(0x7fffff)]
    [InlineData(-0x800000)]
    public void Composition_offsets_are_signed(int offset)
    {
        Assert.Equal(offset, ((RtmpVideoFrame)Video(0, Client.Frame(composition: offset)).Media!).CompositionOffset);
        byte[] enhanced = [0x91, .. "avc1"u8, (byte)(offset >> 16), (byte)(offset >> 8), (byte)offset, 1];
        Assert.Equal(offset, ((RtmpVideoFrame)Video(0, enhanced).Media!).CompositionOffset);
    }

    [Fact]
    public void AAC_comes_out()
    {
        var configuration = Assert.IsType<RtmpAudioConfiguration>(Audio(5, Client.AudioConfiguration).Media);
        Assert.Equal([0x11, 0x90], configuration.Configuration.ToArray());
        var frame = Assert.IsType<RtmpAudioFrame>(Audio(21, [0xaf, 1, 7, 8]).Media);
        Assert.Equal(21, frame.Time);
        Assert.Equal([7, 8], frame.Data.ToArray());
    }

    [Fact]
    public void H264_and_AAC_may_be_named_by_FourCC()
    {
        Assert.Equal([1, 2], ((RtmpVideoConfiguration)Video(0, [0x90, .. "avc1"u8, 1, 2]).Media!).Configuration.ToArray());
        var frame = (RtmpVideoFrame)Video(0, [0x93, .. "avc1"u8, 3]).Media!;
        Assert.Equal((0, true, 1), (frame.CompositionOffset, frame.IsKeyframe, frame.Data.Length));
        Assert.False(((RtmpVideoFrame)Video(0, [0xa3, .. "avc1"u8, 3]).Media!).IsKeyframe);
        Assert.Equal([5], ((RtmpAudioConfiguration)Audio(0, [0x90, .. "mp4a"u8, 5]).Media!).Configuration.ToArray());
        Assert.Equal([6], ((RtmpAudioFrame)Audio(0, [0x91, .. "mp4a"u8, 6]).Media!).Data.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("17")]
    [InlineData("1700")]
    [InlineData("1700000000")]
    [InlineData("1701000000")]
    [InlineData("1702000000")]
    [InlineData("1709000000FF")]
    [InlineData("5700")]
    [InlineData("90")]
    [InlineData("9161766331")]
    [InlineData("926176633100")]
    [InlineData("946176633100")]
    [InlineData("D0")]
    public void What_is_cut_off_or_says_nothing_is_left_out(string hex) =>
        Assert.Equal(default, Video(0, Convert.FromHexString(hex)));

    [Theory]
    [InlineData("")]
    [InlineData("AF")]
    [InlineData("AF00")]
    [InlineData("AF01")]
    [InlineData("AF0577")]
    [InlineData("906D7034")]
    public void So_it_is_with_audio(string hex) => Assert.Equal(default, Audio(0, Convert.FromHexString(hex)));

    [Theory]
    [InlineData("hvc1", "HEVC (H.265)")]
    [InlineData("av01", "AV1")]
    [InlineData("vp09", "VP9")]
    [InlineData("abcd", "in the codec abcd")]
    [InlineData("\u0001\u00ff..", "in a codec that is not known")]
    public void Another_video_by_FourCC_is_refused_by_name(string code, string name)
    {
        var refusal = Video(0, [0x90, .. Encoding.Latin1.GetBytes(code), 1]).Refusal;
        Assert.StartsWith($"The video is {name}; Spillway takes H.264", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("9161632D33", "Dolby Digital (AC-3)")]
    [InlineData("904F70757300", "Opus")]
    [InlineData("90664C614300", "FLAC")]
    [InlineData("902E6D703300", "MP3")]
    public void Another_audio_by_FourCC_is_refused_by_name(string hex, string name) =>
        Assert.Contains($"The audio is {name}", Audio(0, Convert.FromHexString(hex)).Refusal, StringComparison.Ordinal);

    [Theory]
    [InlineData(2, "H.263")]
    [InlineData(4, "VP6")]
    [InlineData(3, "Screen")]
    [InlineData(12, "HEVC")]
    [InlineData(15, "numbers 15")]
    public void Another_video_by_number_is_refused_by_name(int codec, string name)
    {
        var refusal = Video(0, [(byte)(0x10 | codec), 0, 0]).Refusal;
        Assert.Contains(name, refusal, StringComparison.Ordinal);
        Assert.Contains("H.264 encoder", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "MP3")]
    [InlineData(11, "Speex")]
    [InlineData(3, "PCM")]
    [InlineData(6, "Nellymoser")]
    [InlineData(7, "G.711")]
    [InlineData(12, "numbers 12")]
    public void Another_audio_by_number_is_refused_by_name(int format, string name)
    {
        var refusal = Audio(0, [(byte)(format << 4), 0]).Refusal;
        Assert.Contains(name, refusal, StringComparison.Ordinal);
        Assert.Contains("AAC", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_tracks_in_one_are_refused()
    {
        Assert.Contains("multitrack", Video(0, [0x96, 0, 0]).Refusal, StringComparison.Ordinal);
        Assert.Contains("multitrack", Audio(0, [0x95, 0, 0]).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_for_encoders_fit_into_what_they_show()
    {
        // ffmpeg keeps 255 bytes of a description.
        var refusals = Enumerable
            .Range(0, 16)
            .SelectMany(static n => new[] { FlvCodecs.RefuseVideo(n), FlvCodecs.RefuseAudio(n) });
        Assert.All(refusals.Append(FlvCodecs.RefuseTracks), static words => Assert.InRange(words.Length, 40, 255));
    }

    private static FlvReading Video(long time, byte[] body) => FlvTag.ReadVideo(time, body);

    private static FlvReading Audio(long time, byte[] body) => FlvTag.ReadAudio(time, body);
}
