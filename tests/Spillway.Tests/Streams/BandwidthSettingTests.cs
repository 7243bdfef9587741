using Spillway.Streams;

namespace Spillway.Tests.Streams;

public sealed class BandwidthSettingTests
{
    [Theory]
    [InlineData("3500k", null, 3_500_000)]
    [InlineData("3.5M", null, 3_500_000)]
    [InlineData("720p=2800k", "720p", 2_800_000)]
    [InlineData(" 0 = 64k ", "0", 64_000)]
    public void A_rate_stands_for_all_or_for_one(string text, string? rendition, long bitsPerSecond) =>
        Assert.Equal(new BandwidthSetting(rendition, bitsPerSecond), BandwidthSetting.TryParse(text));

    [Theory]
    [InlineData("")]
    [InlineData("3500")]
    [InlineData("-1k")]
    [InlineData("0.1k")]
    [InlineData("1001M")]
    [InlineData("3500K")]
    [InlineData("=3500k")]
    [InlineData("720P=3500k")]
    [InlineData("720p=")]
    [InlineData("a=b=3k")]
    public void What_is_no_rate_is_none(string text) => Assert.Null(BandwidthSetting.TryParse(text));

    [Fact]
    public void A_rendition_s_own_comes_before_the_one_for_all()
    {
        string[] settings = ["1M", "low=300k"];
        Assert.Equal(300_000, BandwidthSetting.For(settings, "low"));
        Assert.Equal(1_000_000, BandwidthSetting.For(settings, "high"));
        Assert.Null(BandwidthSetting.For(["low=300k"], "high"));
    }
}
