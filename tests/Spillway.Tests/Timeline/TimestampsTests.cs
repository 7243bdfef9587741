using Spillway.Timeline;

namespace Spillway.Tests.Timeline;

public sealed class TimestampsTests
{
    [Theory]
    [InlineData(5, 3, 2)]
    [InlineData(3, 5, -2)]
    [InlineData(1, 99, 2)]
    [InlineData(99, 1, -2)]
    public void A_difference_is_the_shorter_way_round(double one, double other, double expected) =>
        Assert.Equal(
            TimeSpan.FromSeconds(expected),
            Timestamps.Difference(TimeSpan.FromSeconds(one), TimeSpan.FromSeconds(other), TimeSpan.FromSeconds(100))
        );

    [Fact]
    public void Without_a_wrap_there_is_one_way() =>
        Assert.Equal(
            TimeSpan.FromSeconds(-98),
            Timestamps.Difference(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(99), modulus: null)
        );

    [Theory]
    [InlineData(14, 10)]
    [InlineData(15, 20)]
    [InlineData(10, 10)]
    public void What_is_counted_is_whole_microseconds(long ticks, long expected) =>
        Assert.Equal(expected, Timestamps.ToMicroseconds(TimeSpan.FromTicks(ticks)).Ticks);
}
