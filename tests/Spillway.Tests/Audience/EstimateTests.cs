using Spillway.Audience;

namespace Spillway.Tests.Audience;

public sealed class EstimateTests
{
    [Fact]
    public void A_sample_that_is_the_whole_has_no_error()
    {
        Assert.Equal((7, 7), Sampling.Whole(7, 1));
        Assert.Equal((0.5, 0.5), Sampling.Part(0.5, 8, 1));
        var median = Sampling.Quantile([(1, 1), (2, 1), (9, 1)], 0.5, "x")!;
        Assert.Equal((2, 2, 2), (median.Value, median.Low, median.High));
    }

    [Fact]
    public void Sixty_of_a_tenth_are_about_six_hundred_give_or_take_a_quarter()
    {
        var (low, high) = Sampling.Whole(60, 0.1);
        Assert.InRange(low, 465, 475);
        Assert.InRange(high, 760, 770);
    }

    [Fact]
    public void None_of_a_hundredth_may_still_be_hundreds()
    {
        var (low, high) = Sampling.Whole(0, 0.01);
        Assert.Equal(0, low);
        Assert.InRange(high, 370, 390);
    }

    [Fact]
    public void A_few_values_say_nothing_certain_about_the_slowest_in_twenty()
    {
        var values = Enumerable.Range(1, 20).Select(static value => ((double)value, 10.0)).ToArray();
        var slowest = Sampling.Quantile(values, 0.95, "x")!;
        Assert.Equal(19, slowest.Value);
        Assert.Null(slowest.High);
        Assert.InRange(slowest.Low!.Value, 15, 19);
    }

    [Fact]
    public void Values_count_as_many_times_as_there_are_viewers_for_them() =>
        Assert.Equal(5, Sampling.Quantile([(1, 1), (2, 1), (5, 10)], 0.5, "x")!.Value);

    [Fact]
    public void Two_times_after_each_other_add_up_and_their_errors_as_squares()
    {
        var sum = Estimate.Sum(new Estimate(100, 97, 103, "a"), new Estimate(200, 196, 204, "b"));
        Assert.Equal(new Estimate(300, 295, 305, "b"), sum);
        Assert.Null(Estimate.Sum(new Estimate(1, null, null, "a"), sum).High);
    }

    [Fact]
    public void A_ratio_is_better_known_than_its_parts()
    {
        var totals = new WeightedTotals();
        for (var i = 1; i <= 40; i++)
        {
            // Some watch longer, and all get three quarters from peers.
            var viewer = new double[WeightedTotals.Measures];
            viewer[(int)Measure.FromPeers] = 30.0 * i;
            viewer[(int)Measure.FromEdge] = 10.0 * i;
            viewer[(int)Measure.Hours] = i;
            totals.Add(viewer, 0.9);
        }
        var peers = totals.Sum(Measure.FromPeers, "x")!;
        Assert.True(peers.High - peers.Low > 0.3 * peers.Value);
        var share = totals.Ratio(Measure.FromPeers, [Measure.FromPeers, Measure.FromEdge], 1, "x")!;
        Assert.Equal(0.75, share.Value, 9);
        Assert.InRange(share.High!.Value - share.Low!.Value, 0, 1e-6);
    }

    [Fact]
    public void Rounding_leaves_no_tail() => Assert.Equal(0.3, new Estimate(0.1 + 0.2, null, null, "x").Rounded(4).Value);
}
