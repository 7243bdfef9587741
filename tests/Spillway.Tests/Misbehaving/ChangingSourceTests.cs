using Spillway.Tests.Sources.Hls;

namespace Spillway.Tests.Misbehaving;

/// <summary>
/// H: changes codec, size, frame rate or container (TS to fMP4) at a restart; overwrites its init section. That CODECS and
/// RESOLUTION are true, the checker sees (E4, E5), and that a change is marked (D6).
/// </summary>
public sealed class ChangingSourceTests : MisbehavingTest
{
    [Theory]
    [InlineData("a", "larger", "//")]
    [InlineData("a", "hevc", "//")]
    [InlineData("a", "mp3", "//")]
    [InlineData("a", "silent", "//")]
    [InlineData("silent", "a", "//")]
    [InlineData("a", "m", "//")]
    [InlineData("m", "a", "//")]
    [InlineData("m", "m-larger", "//")]
    [InlineData("m", "n", "!")]
    [InlineData("a", "faster", "!")]
    public async Task A_changed_format_is_marked_or_begins_the_next_broadcast(string first, string second, string mark)
    {
        var (before, after) = (await TakeAsync(first), await TakeAsync(second));
        var live = new LivePlaylist(Folder) { Header = Map(before) };
        await StartAsync();
        // Under the same name: the section of the first is overwritten.
        if (before.Init is { } init)
            Folder.Write("init.mp4", init);
        await PlayAsync(live, before, 0, 6);
        await Clock.Wait(1);
        if (after.Init is { } other)
            Folder.Write("init.mp4", other);
        await PlayAsync(new LivePlaylist(Folder) { Header = Map(after) }, after, 0, 5);
        await UntilListedAsync(after, 4);
        Assert.Equal(
            $"{Labels(before, 0, 6)} {mark}{(mark == "//" ? " " : "")}{Labels(after, 0, 5)}",
            Shown().Replace("// !", "// ", StringComparison.Ordinal)
        );
        if (mark == "!" && after.Init is not null)
            Assert.Equal(2, Listings().Select(static segment => segment.MapUri).OfType<string>().Distinct().Count());
    }

    private static string Map(Footage footage) => footage.Init is null ? "" : "#EXT-X-MAP:URI=\"init.mp4\"\n";
}
