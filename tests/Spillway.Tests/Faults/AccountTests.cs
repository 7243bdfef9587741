using Spillway.Bench.Faults;

namespace Spillway.Tests.Faults;

/// <summary>What <c>make bench PART=faults</c> counts as lost.</summary>
public sealed class AccountTests
{
    /// <summary>Ten segments of 2 s.</summary>
    private static readonly MediaSpan[] s_source = [.. Enumerable.Range(0, 10).Select(static i => Span(2 * i, 2 * i + 2))];

    [Fact]
    public void Nothing_is_lost_of_what_was_had_in_any_order_and_twice() =>
        Assert.Equal(0, Lost([.. s_source.Reverse(), .. s_source]));

    [Fact]
    public void All_is_lost_of_what_nobody_had() => Assert.Equal(20, Lost([]));

    [Fact]
    public void A_missing_segment_is_lost_with_its_length() => Assert.Equal(2, Lost([.. s_source.Take(4), .. s_source.Skip(5)]));

    [Fact]
    public void Segments_cut_elsewhere_hold_the_same_media() => Assert.Equal(0, Lost([Span(-1, 7), Span(7, 8.5), Span(8, 21)]));

    [Fact]
    public void A_hole_within_a_segment_is_lost_alone() => Assert.Equal(0.5, Lost([Span(0, 7), Span(7.5, 20)]), 6);

    [Fact]
    public void A_long_span_covers_what_shorter_ones_begin_after_it() =>
        Assert.Equal(4, Lost([Span(0, 16), Span(1, 2), Span(4, 6)]));

    [Fact]
    public void Media_that_is_not_the_sources_counts_for_nothing() => Assert.Equal(20, Lost([Span(-8, 0), Span(20, 28)]));

    [Theory]
    [InlineData(new double[0], 20)]
    [InlineData(new double[] { 4, 6, 8 }, 12)]
    [InlineData(new double[] { 15, 3, 18 }, 12)]
    [InlineData(new double[] { -5, 10, 25 }, 10)]
    public void The_longest_pause_reaches_to_the_ends_of_the_watch(double[] moments, double longest) =>
        Assert.Equal(
            longest,
            Account.LongestPause(moments.Select(TimeSpan.FromSeconds), TimeSpan.Zero, TimeSpan.FromSeconds(20)).TotalSeconds
        );

    private static double Lost(MediaSpan[] had) => Account.Lost(s_source, had).TotalSeconds;

    private static MediaSpan Span(double from, double to) => new(TimeSpan.FromSeconds(from), TimeSpan.FromSeconds(to));
}
