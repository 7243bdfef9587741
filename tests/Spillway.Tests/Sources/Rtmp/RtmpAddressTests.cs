using Spillway.Sources.Rtmp;

namespace Spillway.Tests.Sources.Rtmp;

public sealed class RtmpAddressTests
{
    [Theory]
    [InlineData("live", "KEY")]
    [InlineData("live/", "KEY")]
    [InlineData("/live", "KEY/")]
    [InlineData("live", "KEY?bandwidth=1&x=/y")]
    [InlineData("live?x=1", "KEY")]
    // OBS with the whole address as its server; ffmpeg with a key of two parts would come so, too.
    [InlineData("live/KEY", "")]
    public void The_key_is_found_wherever_the_address_is_cut(string app, string name) =>
        Assert.Equal("KEY", RtmpAddress.KeyOf(app, name));

    [Theory]
    [InlineData("", "KEY")]
    [InlineData("app", "KEY")]
    [InlineData("KEY", "")]
    [InlineData("KEY", "live")]
    [InlineData("live", "")]
    [InlineData("live", "a/KEY")]
    [InlineData("LIVE", "KEY")]
    public void Any_other_address_has_none(string app, string name) => Assert.Null(RtmpAddress.KeyOf(app, name));
}
