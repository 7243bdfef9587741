using System.Text.RegularExpressions;
using Spillway.Tests.Sources.Hls;

namespace Spillway.Tests.Misbehaving;

/// <summary>H: ends with ENDLIST, goes on after ENDLIST, just stops, appends an offline clip (Owncast).</summary>
public sealed class EndingSourceTests : MisbehavingTest
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_that_ends_or_stops_ends_the_broadcast_after_its_grace_and_a_later_show_is_another(bool says)
    {
        var (show, later) = (await TakeAsync("a"), await TakeAsync("b"));
        var live = new LivePlaylist(Folder);
        await StartAsync(set: static stream => stream.Grace = s_grace);
        await PlayAsync(live, show, 0, 6);
        if (says)
        {
            live.Ended = true;
            live.Write();
        }
        var stopped = Clock.Elapsed;
        await UntilStateAsync("ended");
        Assert.InRange((Clock.Elapsed - stopped).TotalSeconds, 9, 20);
        await PlayAsync(new LivePlaylist(Folder), later, 0, 6, "stream-x7Yq-");
        await UntilListedAsync(later, 5);
        Assert.Matches($"^{Labels(show, 0, 6)}[ -]* // {Labels(later, 0, 6)}$", Story());
        AssertEnded(1);
    }

    [Fact]
    public async Task One_that_goes_on_after_the_grace_as_if_nothing_was_is_another_broadcast()
    {
        var show = await TakeAsync("a");
        var live = new LivePlaylist(Folder);
        await StartAsync(set: static stream => stream.Grace = s_grace);
        await PlayAsync(live, show, 0, 6);
        await UntilStateAsync("ended");
        await PlayAsync(live, show, 6, 6);
        await UntilListedAsync(show, 11);
        Assert.Matches($"^{Labels(show, 0, 6)}[ -]* // {Labels(show, 6, 6)}$", Story());
        AssertEnded(1);
    }

    [Fact]
    public async Task One_that_goes_on_after_ENDLIST_within_the_grace_is_the_same_broadcast()
    {
        var show = await TakeAsync("a");
        var live = new LivePlaylist(Folder);
        await StartAsync(set: static stream => stream.Grace = s_grace);
        await PlayAsync(live, show, 0, 6);
        live.Ended = true;
        live.Write();
        await Clock.Wait(4);
        live.Ended = false;
        await PlayAsync(live, show, 6, 6);
        await UntilListedAsync(show, 11);
        Assert.Matches($"^{Labels(show, 0, 6)} (- )+!{Labels(show, 6, 6)}$", Story());
    }

    [Fact]
    public async Task Owncasts_offline_clip_is_not_the_show()
    {
        var (show, later, clip) = (await TakeAsync("a"), await TakeAsync("b"), await Footage.GetAsync("offline"));
        var live = new LivePlaylist(Folder);
        await StartAsync(set: static stream => stream.Grace = s_grace);
        await PlayAsync(live, show, 0, 6);
        live.Ended = true;
        live.Add("offline-v2.ts", clip.Segments[0], clip.Durations[0], "#EXT-X-DISCONTINUITY\n");
        await UntilStateAsync("ended");
        // Some minutes later the clip stands alone, under a number of its own.
        var alone = new LivePlaylist(Folder)
        {
            Ended = true,
            Header = "#EXT-X-PLAYLIST-TYPE:EVENT\n",
            TargetDuration = 8,
        };
        alone.Add("stream-offline-0.ts", clip.Segments[0], clip.Durations[0]);
        await Clock.Wait(20);
        await PlayAsync(new LivePlaylist(Folder), later, 0, 6, "stream-x7Yq-");
        await UntilListedAsync(later, 5);
        Assert.Matches($"^{Labels(show, 0, 6)}[ -]* // {Labels(later, 0, 6)}$", Story());
        AssertEnded(1);
    }

    private void AssertEnded(int count)
    {
        lock (Viewer.Checker)
            Assert.Equal(count, Viewer.Checker.Media.Values.Count(static media => media.EndedAt is not null));
        Assert.DoesNotMatch(new Regex("//.*//"), Story());
    }
}
