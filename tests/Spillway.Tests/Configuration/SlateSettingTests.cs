using Spillway.Configuration;

namespace Spillway.Tests.Configuration;

public sealed class SlateSettingTests
{
    [Fact]
    public void A_slate_that_is_not_there_yet_is_only_told()
    {
        using var folder = new SettingsFolder();
        folder.Environment["SPILLWAY__STREAMS__LIVE__SLATE"] = "/nowhere/slate.mp4";
        var result = folder.Load(new ServeSettings { Source = "rtmp" });
        Assert.Empty(result.Errors);
        Assert.Equal(
            [
                "Streams.live.Slate (SPILLWAY__STREAMS__LIVE__SLATE): there is no file \"/nowhere/slate.mp4\". Until there is, pauses are shown as gaps.",
            ],
            result.Warnings
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("none")]
    public void The_default_and_none_need_no_file(string slate)
    {
        using var folder = new SettingsFolder();
        folder.Environment["SPILLWAY__STREAMS__LIVE__SLATE"] = slate;
        Assert.Empty(folder.Load(new ServeSettings { Source = "rtmp" }).Warnings);
    }
}
