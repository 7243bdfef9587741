using Spillway.Media;
using Spillway.Tests.Sources.Hls;

namespace Spillway.Tests.Misbehaving;

/// <summary>H: time stamps wrap (33 bits; 13.25 h and 26.5 h): viewers are shown nothing at all of it.</summary>
public sealed class WrappingSourceTests : MisbehavingTest
{
    [Theory]
    [InlineData("wrap", 95_443.7)]
    [InlineData("half", 47_721.9)]
    [InlineData("m-half", 47_721.9)]
    [InlineData("m-day", 95_443.7)]
    public async Task Time_stamps_that_wrap_are_no_break(string kind, double wrap)
    {
        var footage = await TakeAsync(kind);
        var first = MediaInspector.Inspect(footage.Segments[0], footage.Init).FirstTimestamp!.Value.TotalSeconds;
        Assert.InRange(wrap - first, 3, 12);
        if (footage.Init is { } init)
            Folder.Write("init.mp4", init);
        await StartAsync();
        await PlayAsync(
            new LivePlaylist(Folder) { Header = footage.Init is null ? "" : "#EXT-X-MAP:URI=\"init.mp4\"\n" },
            footage,
            0,
            16
        );
        await UntilListedAsync(footage, 15);
        Assert.Equal(Labels(footage, 0, 16), Story());
    }
}
