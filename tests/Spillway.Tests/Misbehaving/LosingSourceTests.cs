using System.Text.RegularExpressions;
using Spillway.Tests.Sources.Hls;

namespace Spillway.Tests.Misbehaving;

/// <summary>H: a listed file never comes; a number is skipped wholly: never a silent join. And a pause is filled.</summary>
public sealed class LosingSourceTests : MisbehavingTest
{
    [Fact]
    public async Task A_file_that_never_comes_is_a_gap_or_a_discontinuity()
    {
        var footage = await TakeAsync("a");
        var live = new LivePlaylist(Folder);
        await StartAsync();
        await PlayAsync(live, footage, 0, 6);
        await Clock.Wait(1);
        live.List("s6.ts").Write();
        await PlayAsync(live, footage, 7, 6);
        await UntilListedAsync(footage, 12);
        AssertMarked(footage, missing: 6, until: 12);
    }

    /// <summary>The source's numbers may tell of it, or not even those.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_number_that_is_skipped_is_a_gap_or_a_discontinuity(bool isCounted)
    {
        var footage = await TakeAsync("a");
        var live = new LivePlaylist(Folder, window: isCounted ? 3 : 6);
        await StartAsync();
        await PlayAsync(live, footage, 0, 6);
        await Clock.Wait(1);
        if (isCounted)
        {
            // The playlist is next written when the segment has left it.
            live.List("s6.ts");
            for (var i = 7; i < 9; i++)
            {
                Folder.Write($"s{i}.ts", footage.Segments[i]);
                live.List($"s{i}.ts");
            }
            await PlayAsync(live, footage, 9, 4);
        }
        else
            await PlayAsync(live, footage, 7, 6);
        await UntilListedAsync(footage, 12);
        AssertMarked(footage, missing: 6, until: 12);
    }

    [Fact]
    public async Task A_gap_of_the_source_is_a_gap()
    {
        var footage = await TakeAsync("a");
        var live = new LivePlaylist(Folder);
        await StartAsync();
        await PlayAsync(live, footage, 0, 6);
        await Clock.Wait(1);
        live.List("s6.ts", tags: "#EXT-X-GAP\n").Write();
        await Clock.Wait(1);
        await PlayAsync(live, footage, 7, 6);
        await UntilListedAsync(footage, 12);
        Assert.Equal($"{Labels(footage, 0, 6)} - {Labels(footage, 7, 6)}", Story());
    }

    /// <summary>That something is listed within 1.5 target durations, the checker sees (B11).</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(15)]
    public async Task A_pause_is_filled_and_nothing_of_what_follows_is_lost(double seconds)
    {
        var footage = await TakeAsync("a");
        var live = new LivePlaylist(Folder);
        await StartAsync();
        await PlayAsync(live, footage, 0, 6);
        await Clock.Wait(seconds);
        await PlayAsync(live, footage, 6, 6);
        await UntilListedAsync(footage, 11);
        Assert.Matches($"^{Labels(footage, 0, 6)} (- )+!{Labels(footage, 6, 6)}$", Story());
    }

    private void AssertMarked(Footage footage, int missing, int until)
    {
        var mark = Regex.Match(Story(), $"{footage.Labels[missing - 1]} (.*?){footage.Labels[missing + 1]}").Groups[1].Value;
        Assert.Matches("^(- )*!?$", mark);
        Assert.NotEmpty(mark);
        Assert.Equal(
            $"{Labels(footage, 0, missing)} {Labels(footage, missing + 1, until - missing)}",
            Shown().Replace("!", "", StringComparison.Ordinal)
        );
    }
}
