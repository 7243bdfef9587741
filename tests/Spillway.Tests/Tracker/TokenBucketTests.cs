using CsCheck;
using Spillway.Tracker;

namespace Spillway.Tests.Tracker;

public sealed class TokenBucketTests
{
    [Fact]
    public void A_minutes_worth_may_come_at_once_and_the_rest_evenly()
    {
        var bucket = new TokenBucket();
        Assert.Equal(30, bucket.Take(100, 30, TimeSpan.Zero));
        Assert.Equal(0, bucket.Take(1, 30, TimeSpan.FromSeconds(1.9)));
        Assert.Equal(1, bucket.Take(1, 30, TimeSpan.FromSeconds(2)));
        Assert.Equal(0, bucket.Left(30, TimeSpan.FromSeconds(3.9)));
        Assert.Equal(4, bucket.Left(30, TimeSpan.FromSeconds(10)));
        Assert.Equal(30, bucket.Take(100, 30, TimeSpan.FromSeconds(62)));
    }

    [Fact]
    public void However_it_is_asked_it_gives_no_more_than_two_minutes_worth_in_a_minute_nor_less_than_is_due() =>
        Gen.Select(Gen.Int[1, 200], Gen.Select(Gen.Int[0, 20_000], Gen.Int[1, 50]).Array[1, 100])
            .Sample(
                (perMinute, requests) =>
                {
                    var bucket = new TokenBucket();
                    var minute = TimeSpan.FromMinutes(1);
                    var now = TimeSpan.Zero;
                    var taken = new List<(TimeSpan At, int Count)>();
                    foreach (var (wait, wanted) in requests)
                    {
                        now += TimeSpan.FromMilliseconds(wait);
                        var left = bucket.Left(perMinute, now);
                        var got = bucket.Take(wanted, perMinute, now);
                        Assert.Equal(Math.Min(wanted, left), got);
                        taken.Add((now, got));
                        Assert.InRange(taken.Where(take => take.At > now - minute).Sum(take => take.Count), 0, 2 * perMinute);
                    }
                    Assert.Equal(perMinute, bucket.Left(perMinute, now + minute));
                },
                iter: 500
            );

    [Fact]
    public void An_address_keeps_its_account_over_generations_and_is_forgotten_when_it_owes_nothing()
    {
        var budgets = new AddressBudgets(10);
        Assert.Equal(10, budgets.Take("a", 20, TimeSpan.FromSeconds(59)));
        Assert.Equal(0, budgets.Take("a", 1, TimeSpan.FromSeconds(61)));
        Assert.Equal(1, budgets.Take("a", 20, TimeSpan.FromSeconds(65)));
        Assert.Equal(10, budgets.Take("b", 20, TimeSpan.FromSeconds(65)));
        for (var i = 0; i < 1_000; i++)
            budgets.Take($"{i}", 1, TimeSpan.FromSeconds(66));
        budgets.Take("b", 1, TimeSpan.FromSeconds(130));
        Assert.Equal(1_002, budgets.Count);
        budgets.Take("b", 1, TimeSpan.FromSeconds(191));
        Assert.Equal(1, budgets.Count);
    }
}
