using System.Text.RegularExpressions;
using Spillway.Tests.Sources.Hls;

namespace Spillway.Tests.Misbehaving;

/// <summary>H: segments of uneven length, some longer than its own declared target; target raised mid-stream.</summary>
public sealed class UnevenSourceTests : MisbehavingTest
{
    [Fact]
    public async Task Uneven_segments_longer_than_declared_are_carried_in_one_broadcast()
    {
        var footage = await TakeAsync("uneven");
        Assert.Contains(footage.Durations, static d => d < 0.5);
        Assert.Contains(footage.Durations, static d => d > 1.8);
        var live = new LivePlaylist(Folder) { TargetDuration = 1 };
        await StartAsync();
        await PlayAsync(live, footage, 0, 14);
        await UntilListedAsync(footage, 13);
        Assert.Equal(Labels(footage, 0, 14), Shown());
    }

    /// <summary>The declared durations are true; or all of them say one second.</summary>
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task A_segment_that_does_not_fit_begins_the_next_broadcast_and_nothing_is_lost(bool isTrue, bool raises)
    {
        var footage = await TakeAsync("long");
        var live = new LivePlaylist(Folder) { TargetDuration = 1 };
        await StartAsync();
        for (var i = 0; i < 17; i++)
        {
            await Clock.Wait(footage.Durations[i]);
            if (raises && footage.Durations[i] > 2)
                live.TargetDuration = 3;
            live.Add($"s{i}.ts", footage.Segments[i], isTrue ? footage.Durations[i] : 1);
        }
        await UntilListedAsync(footage, 16);
        Assert.Equal(Labels(footage, 0, 17), Regex.Replace(Shown(), "// |!", ""));
        Assert.Equal(2, Broadcasts("main").Count);
        lock (Viewer.Checker)
            Assert.True(Viewer.Checker.Media.Values.Max(static media => media.Latest!.TargetDuration) is 3 or 4);
    }
}
