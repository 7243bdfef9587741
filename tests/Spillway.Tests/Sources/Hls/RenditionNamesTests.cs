using Spillway.Sources;
using Spillway.Sources.Hls;

namespace Spillway.Tests.Sources.Hls;

public sealed class RenditionNamesTests
{
    [Theory]
    [InlineData("stream.m3u8", "0/stream.m3u8 1/stream.m3u8", "0 1")]
    [InlineData("master.m3u8", "out_0.m3u8 out_1.m3u8", "out-0 out-1")]
    [InlineData("master.m3u8", "v0/index.m3u8", "v0")]
    [InlineData("master.m3u8", "Video_1080P60.m3u8", "video-1080p60")]
    [InlineData("master.m3u8", "/a/x/i.m3u8 /b/x/i.m3u8", "x x-2")]
    [InlineData("master.m3u8", "p.m3u8?v=1 p.m3u8?v=2", "p p-2")]
    [InlineData("master.m3u8", "hd.m3u8?token=SECRET", "hd")]
    [InlineData("master.m3u8", "%C3%A4%20b.m3u8", "b")]
    [InlineData("master.m3u8", "%C3%A4.m3u8", "rendition")]
    [InlineData("master.m3u8", "--x--.m3u8", "x")]
    [InlineData("master.m3u8", "tracker/i.m3u8 1/i.m3u8", "r-tracker 1")]
    [InlineData("master.m3u8", "0123456789012345678901234567890123456789.m3u8", "01234567890123456789012345678901")]
    public void Names_come_from_the_folder_or_the_file(string multivariant, string variants, string expected)
    {
        var top = new Uri(new Uri("https://example.org/hls/"), multivariant);
        var names = RenditionNames.For(top, [.. variants.Split(' ').Select(v => new Uri(top, v))]);
        Assert.Equal(expected.Split(' '), names);
        Assert.All(names, n => Assert.Matches("^[a-z0-9][a-z0-9-]{0,31}$", n));
    }

    [Fact]
    public void Long_names_that_are_alike_stay_unique_and_short()
    {
        var top = new Uri("https://example.org/master.m3u8");
        var stem = new string('a', 40);
        var names = RenditionNames.For(top, [new Uri(top, $"{stem}1.m3u8"), new Uri(top, $"{stem}2.m3u8")]);
        Assert.Equal([new string('a', 32), new string('a', 30) + "-2"], names);
    }
}
