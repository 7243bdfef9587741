using Spillway.Media;
using static Spillway.Tests.Media.FragmentBuilder;

namespace Spillway.Tests.Media;

/// <summary>Codec strings that ffmpeg cannot make here.</summary>
public sealed class CodecTests
{
    [Theory]
    // The examples of ISO/IEC 14496-15 annex E.
    [InlineData("64 82000000 000000000000 3f", "hvc1.A4.41.H63")]
    [InlineData("01 60000000 b00000000000 5d", "hvc1.1.6.L93.B0")]
    [InlineData("22 20000000 900008000000 99", "hvc1.2.4.H153.90.0.8")]
    public void HEVC_follows_annex_E(string profile, string expected) =>
        Assert.Equal(expected, Hevc.CodecOf("hvc1", Convert.FromHexString(profile.Replace(" ", "", StringComparison.Ordinal))));

    [Theory]
    [InlineData("1190", "mp4a.40.2", 48000, 2)]
    // HE-AAC says so itself: 22.05 kHz, heard at 44.1.
    [InlineData("2b920800", "mp4a.40.5", 44100, 2)]
    [InlineData("eb8a0800", "mp4a.40.29", 44100, 1)]
    // xHE-AAC: an escaped object type, 42.
    [InlineData("f9464000", "mp4a.40.42", 48000, 2)]
    public void AAC_in_MP4_is_named_by_its_object_type(string configuration, string codec, int rate, int channels)
    {
        var track = Read(Audio("mp4a", Esds(0x40, Convert.FromHexString(configuration))));
        Assert.Equal((codec, rate, channels), (track.Codec, track.SampleRate, track.Channels));
    }

    [Theory]
    [InlineData(0x69, "mp4a.40.34")]
    [InlineData(0x6B, "mp4a.40.34")]
    [InlineData(0xA5, "ac-3")]
    [InlineData(0xA6, "ec-3")]
    [InlineData(0xDD, "mp4a.DD")]
    public void Other_audio_in_mp4a_is_named_by_its_object_type_indication(byte objectType, string codec) =>
        Assert.Equal(codec, Read(Audio("mp4a", Esds(objectType))).Codec);

    [Theory]
    [InlineData("enca", "encrypted")]
    [InlineData("samr", "'samr'")]
    [InlineData("mp4a", "'mp4a'")]
    public void What_cannot_be_named_has_a_reason(string entry, string reason)
    {
        var report = Inspect(Audio(entry, []));
        Assert.Null(report.Codecs);
        Assert.Contains(reason, report.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Codecs_name_each_format_once_and_nothing_if_one_is_unknown()
    {
        static MediaReport Of(params string?[] codecs) =>
            new()
            {
                Container = MediaContainer.MpegTs,
                IsWhole = true,
                Tracks =
                [
                    .. codecs.Select(
                        (codec, id) =>
                            new TrackReport
                            {
                                Kind = TrackKind.Audio,
                                Id = id,
                                Codec = codec,
                            }
                    ),
                ],
            };
        Assert.Equal("mp4a.40.2,ac-3", Of("mp4a.40.2", "mp4a.40.2", "ac-3").Codecs);
        Assert.Null(Of("mp4a.40.2", null).Codecs);
        Assert.Null(Of().Codecs);
    }

    private static TrackReport Read(byte[] sampleEntry) => Inspect(sampleEntry).Leading!;

    private static MediaReport Inspect(byte[] sampleEntry) =>
        MediaInspector.Inspect(Fragment(1, [0x20000], Words(0, 0), [0, 5]), Init("soun", sampleEntry));
}
