using Spillway.Tests.Sources.Hls;

namespace Spillway.Tests.Misbehaving;

/// <summary>
/// H: one rendition starts late, stalls, dies, restarts a segment later than the other. That the others go on in time and both have
/// the same discontinuity numbers at the same media time, the checker sees (B11, E8).
/// </summary>
public sealed class UnequalRenditionTests : MisbehavingTest
{
    private const string Top = """
        #EXTM3U
        #EXT-X-STREAM-INF:BANDWIDTH=300000
        0/stream.m3u8
        #EXT-X-STREAM-INF:BANDWIDTH=200000
        1/stream.m3u8

        """;

    private Footage _large = null!;
    private Footage _small = null!;
    private LivePlaylist _first = null!;
    private LivePlaylist _second = null!;

    [Theory]
    [InlineData(2)]
    [InlineData(12)]
    public async Task One_that_starts_late_joins_or_stays_away_and_the_other_goes_on(int late)
    {
        await BeginAsync();
        for (var i = 0; i < late + 8; i++)
        {
            await Clock.Wait(1);
            Add(_first, _large, i);
            if (i >= late)
                Add(_second, _small, i);
        }
        await UntilListedAsync(_large, late + 7, "0");
        AssertWhole(_large, 0, late + 8, "0");
        if (Renditions.Contains("1"))
            Assert.DoesNotContain("p0", Shown("1"), StringComparison.Ordinal);
    }

    /// <summary>What it made meanwhile comes with what follows, as far as its playlist still lists it; or its files never come.</summary>
    [Theory]
    [InlineData(4, true)]
    [InlineData(4, false)]
    [InlineData(14, true)]
    [InlineData(14, false)]
    public async Task One_that_stalls_gets_gaps_and_the_other_goes_on(int stall, bool catchesUp)
    {
        await BeginAsync();
        for (var i = 0; i < 6 + stall + 8; i++)
        {
            await Clock.Wait(1);
            Add(_first, _large, i);
            var isStalled = i >= 6 && i < 6 + stall;
            if (!isStalled || catchesUp)
                Folder.Write($"1/p{i}.ts", _small.Segments[i]);
            _second.List($"p{i}.ts");
            if (!isStalled)
                _second.Write();
        }
        await UntilListedAsync(_large, 13 + stall, "0");
        AssertWhole(_large, 0, 14 + stall, "0");
        await UntilListedAsync(_small, 13 + stall, "1");
        Assert.Matches($"^{Labels(_small, 0, 6)} (- )+", Story("1"));
        // Time that was listed as missing is over; from then on nothing may be.
        Assert.EndsWith(Labels(_small, 6 + stall + 4, 4), Story("1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_dies_does_not_hold_up_the_other()
    {
        await BeginAsync();
        for (var i = 0; i < 20; i++)
        {
            await Clock.Wait(1);
            Add(_first, _large, i);
            if (i < 6)
                Add(_second, _small, i);
        }
        await UntilListedAsync(_large, 19, "0");
        AssertWhole(_large, 0, 20, "0");
        AssertWhole(_small, 0, 6, "1");
    }

    /// <summary>The source starts again, and one rendition has a segment more of the old run, or of the new, than the other.</summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(0, -1)]
    public async Task One_that_restarts_later_keeps_the_same_discontinuity_numbers(int moreBefore, int laterBy)
    {
        await BeginAsync();
        var (large, small) = (await TakeAsync("b"), await TakeAsync("q"));
        for (var i = 0; i < 6; i++)
        {
            await Clock.Wait(1);
            Add(_first, _large, i);
            Add(_second, _small, i);
        }
        for (var i = 6; i < 6 + moreBefore; i++)
            Add(_second, _small, i);
        var (first, second) = (New("0"), New("1"));
        for (var i = 0; i < 8; i++)
        {
            await Clock.Wait(1);
            if (i + Math.Min(0, laterBy) >= 0)
                Add(first, large, i + Math.Min(0, laterBy));
            if (i - Math.Max(0, laterBy) >= 0)
                Add(second, small, i - Math.Max(0, laterBy));
        }
        await UntilListedAsync(large, 6, "0");
        await UntilListedAsync(small, 6, "1");
        Assert.Matches($"{Labels(_large, 0, 6)} !{Labels(large, 0, 7)}", Shown("0"));
        Assert.Equal(1, Shown("1").Count(static c => c == '!'));
        Assert.Contains($"{Labels(small, 1, 6)}", Shown("1"), StringComparison.Ordinal);
    }

    private async Task BeginAsync()
    {
        (_large, _small) = (await TakeAsync("a"), await TakeAsync("p"));
        Folder.Write("stream.m3u8", Top);
        (_first, _second) = (New("0"), New("1"));
        await StartAsync();
    }

    private LivePlaylist New(string rendition) => new(Folder, $"{rendition}/stream.m3u8");

    private static void Add(LivePlaylist to, Footage footage, int index) =>
        to.Add($"{footage.Labels[index]}.ts", footage.Segments[index], footage.Durations[index]);

    private void AssertWhole(Footage footage, int from, int count, string rendition) =>
        Assert.Equal(
            Labels(footage, from, count),
            Shown(rendition).Replace("!", "", StringComparison.Ordinal).Replace("// ", "", StringComparison.Ordinal)
        );
}
