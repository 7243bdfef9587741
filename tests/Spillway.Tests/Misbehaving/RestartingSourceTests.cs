using Spillway.Tests.Sources.Hls;

namespace Spillway.Tests.Misbehaving;

/// <summary>
/// H: restarts: numbering from 0, a new id in the names, time stamps from 0; the same names overwritten; at once or after
/// seconds; five times in a row.
/// </summary>
public sealed class RestartingSourceTests : MisbehavingTest
{
    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(false, 5)]
    [InlineData(true, 5)]
    public async Task A_restart_is_one_discontinuity_and_nothing_is_lost(bool sameNames, double pause)
    {
        var (before, after) = (await TakeAsync("a"), await TakeAsync("b"));
        var live = new LivePlaylist(Folder);
        await PlayAsync(live, before, 0, 3, atOnce: true);
        await StartAsync();
        await UntilListedAsync(before, 2);
        await PlayAsync(live, before, 3, 5);
        // However soon it runs again, its first playlist comes when its first segment is done.
        await Clock.Wait(pause + after.Durations[0]);
        await PlayAsync(new LivePlaylist(Folder), after, 0, 6, sameNames ? "s" : "stream-x7Yq-");
        await UntilListedAsync(after, 5);
        Assert.Equal($"{Labels(before, 0, 8)} !{Labels(after, 0, 6)}", Shown());
    }

    [Fact]
    public async Task A_restart_is_seen_over_HTTP_too()
    {
        var (before, after) = (await TakeAsync("a"), await TakeAsync("b"));
        var live = new LivePlaylist(Folder);
        await PlayAsync(live, before, 0, 3, atOnce: true);
        await StartOverHttpAsync();
        await UntilListedAsync(before, 2);
        await PlayAsync(live, before, 3, 4);
        await Clock.Wait(2);
        await PlayAsync(new LivePlaylist(Folder), after, 0, 6, "stream-x7Yq-");
        await UntilListedAsync(after, 5);
        Assert.Equal($"{Labels(before, 0, 7)} !{Labels(after, 0, 6)}", Shown());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Five_restarts_in_a_row_are_five_discontinuities(bool sameNames)
    {
        var runs = new List<Footage>();
        foreach (var kind in (string[])["a", "b", "c", "d", "e", "f"])
            runs.Add(await TakeAsync(kind));
        await StartAsync();
        for (var i = 0; i < runs.Count; i++)
        {
            if (i > 0)
                await Clock.Wait(1);
            await PlayAsync(new LivePlaylist(Folder), runs[i], 0, 4, sameNames ? "s" : $"stream-{i}x-");
        }
        await UntilListedAsync(runs[^1], 3);
        Assert.Equal(string.Join(" !", runs.Select(static run => Labels(run, 0, 4))), Shown());
    }
}
