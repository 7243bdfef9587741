using System.Globalization;
using Spillway.Tests.Sources.Hls;

namespace Spillway.Tests.Misbehaving;

/// <summary>H: its wall clock jumps. That published dates rise without overlap, the checker sees (C2, C3).</summary>
public sealed class LyingClockTests : MisbehavingTest
{
    [Theory]
    [InlineData(3600)]
    [InlineData(-3600)]
    [InlineData(-1.5)]
    [InlineData(1e9)]
    public async Task A_source_whose_clock_jumps_goes_on_as_if_nothing_was(double jump)
    {
        var footage = await TakeAsync("a");
        var live = new LivePlaylist(Folder);
        await StartAsync();
        var date = Clock.Time.GetUtcNow();
        for (var i = 0; i < 12; i++)
        {
            await Clock.Wait(1);
            if (i % 4 == 3)
                date = date.AddSeconds(jump);
            var text = date.AddSeconds(i).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'+0000'", CultureInfo.InvariantCulture);
            live.Add($"s{i}.ts", footage.Segments[i], tags: $"#EXT-X-PROGRAM-DATE-TIME:{text}\n");
        }
        await UntilListedAsync(footage, 11);
        Assert.Equal(Labels(footage, 0, 12), Story());
    }
}
