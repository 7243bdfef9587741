using Spillway.Streams;

namespace Spillway.Tests.Streams;

public sealed class PeakBitRateTests
{
    private readonly PeakBitRate _peak = new(TimeSpan.FromSeconds(4));

    [Fact]
    public void It_is_the_highest_rate_of_any_run_from_half_to_one_and_a_half_target_durations()
    {
        // 1 s alone is no run of 4 s: it counts with its neighbours.
        Assert.False(Add(1, 1_000_000, 1));
        Assert.Equal(0, _peak.Highest);
        Assert.True(Add(2, 125_000, 1));
        Assert.Equal(4_500_000, _peak.Highest);
        // The three together, and the last two, have less.
        Assert.False(Add(3, 125_000, 2));
        Assert.Equal(4_500_000, _peak.Highest);
    }

    [Fact]
    public void A_run_ends_where_a_number_is_missing()
    {
        Add(1, 1_000_000, 1);
        Assert.False(Add(3, 1_000_000, 1));
        Assert.Equal(0, _peak.Highest);
    }

    [Fact]
    public void What_is_longer_than_one_and_a_half_target_durations_in_all_is_no_run()
    {
        Add(1, 500_000, 4);
        Assert.Equal(1_000_000, _peak.Highest);
        // With the one before it would be 7 s; alone it has 8 Mbit/s.
        Assert.True(Add(2, 3_000_000, 3));
        Assert.Equal(8_000_000, _peak.Highest);
    }

    [Fact]
    public void Nothing_grows_with_time()
    {
        for (var number = 0; number < 100_000; number++)
            Add(number, 1_000, 0.001);
        Assert.InRange(_peak.Highest, 7_900_000, 8_100_000);
    }

    private bool Add(long number, long bytes, double seconds) => _peak.Add(number, bytes, TimeSpan.FromSeconds(seconds));
}
