using Spillway.Media;
using Spillway.Playlists;
using Spillway.Streams;

namespace Spillway.Tests.Streams;

public sealed class RenditionFormatTests
{
    [Fact]
    public void Bandwidth_is_the_measured_peak_with_half_as_much_again()
    {
        // 0.4, 0.8 and 0.4 Mbit/s.
        var format = RenditionFormat.Of(
            [Made.Segment(bytes: 100_000), Made.Segment(bytes: 200_000), Made.Segment(bytes: 100_000)],
            Made.Rendition()
        );
        Assert.Equal(1_200_000, format.Bandwidth);
        // The mean, 533,333, and a quarter.
        Assert.Equal(667_000, format.AverageBandwidth);
    }

    [Fact]
    public void The_source_s_own_word_counts_when_it_says_more()
    {
        var format = RenditionFormat.Of([Made.Segment()], Made.Rendition(bandwidth: 5_000_001));
        Assert.Equal(5_001_000, format.Bandwidth);
        Assert.Equal(500_000, format.AverageBandwidth);
        Assert.Equal(600_000, RenditionFormat.Of([Made.Segment()], Made.Rendition(bandwidth: 300_000)).Bandwidth);
    }

    [Theory]
    [InlineData(0, 2.0)]
    [InlineData(10, 2.0)]
    [InlineData(5000, 0.0)]
    public void There_is_always_some_bandwidth_and_the_average_is_never_above_it(int bytes, double seconds)
    {
        var format = RenditionFormat.Of([Made.Segment(bytes: bytes, measured: seconds, declared: seconds)], Made.Rendition());
        Assert.True(format.Bandwidth >= 1000);
        Assert.InRange(format.AverageBandwidth, 1000, format.Bandwidth);
    }

    [Fact]
    public void Codecs_size_and_frame_rate_are_what_was_found_inside()
    {
        var variant = RenditionFormat
            .Of([Made.Segment(size: new Resolution(1280, 720), frameRate: 29.97)], Made.Rendition(codecs: "avc1.64001f"))
            .ToVariant("b/0/playlist.m3u8");
        Assert.Equal($"{Made.Video},{Made.Audio}", variant.Codecs);
        Assert.Equal(new Resolution(1280, 720), variant.Resolution);
        Assert.Equal(29.97, variant.FrameRate);
        Assert.Equal("b/0/playlist.m3u8", variant.Uri);
    }

    [Fact]
    public void The_source_s_codecs_stand_in_where_one_could_not_be_told()
    {
        var segment = Made.Segment(audio: null);
        Assert.Equal("avc1.64001f,ec-3", RenditionFormat.Of([segment], Made.Rendition(codecs: "avc1.64001f,ec-3")).Codecs);
        Assert.Null(RenditionFormat.Of([segment], Made.Rendition()).Codecs);
    }

    [Fact]
    public void It_carries_what_needs_no_new_decoder()
    {
        var rendition = Made.Rendition();
        var format = RenditionFormat.Of([Made.Segment()], rendition);
        Assert.True(format.Carries(Made.Segment(frameRate: 30, bytes: 5_000_000), rendition));
        Assert.False(format.Carries(Made.Segment(size: new Resolution(1280, 720)), rendition));
        Assert.False(format.Carries(Made.Segment(video: "avc1.64001f"), rendition));
        Assert.False(format.Carries(Made.Segment(container: MediaContainer.FragmentedMp4), rendition));
    }

    [Fact]
    public async Task Two_segments_of_one_real_stream_are_of_one_format()
    {
        var show = await Show.GetAsync(Show.Plain);
        var (first, later) = (show.Segment(0), show.Segment(9));
        var format = RenditionFormat.Of([first], Made.Rendition());
        Assert.True(format.Carries(later, Made.Rendition()));
        Assert.Equal(new Resolution(160, 90), format.Resolution);
        Assert.Equal(25, format.FrameRate);
        Assert.StartsWith("avc1.", format.Codecs, StringComparison.Ordinal);
        Assert.EndsWith(",mp4a.40.2", format.Codecs, StringComparison.Ordinal);
    }
}
