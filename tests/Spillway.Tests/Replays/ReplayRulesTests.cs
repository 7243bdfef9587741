using Spillway.Configuration;
using Spillway.Replays;

namespace Spillway.Tests.Replays;

public sealed class ReplayRulesTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 22, 19, 0, 0, TimeSpan.Zero);

    [Fact]
    public void With_nothing_set_all_that_is_listed_stays() =>
        Assert.Equal("a b c", Kept(new ReplayOptions(), Ended("c", 900), Ended("a", 1), Ended("b", 30)));

    [Fact]
    public void By_age_a_replay_goes_so_long_after_its_end()
    {
        var week = new ReplayOptions { Keep = TimeSpan.FromDays(7) };
        Assert.Equal("a b", Kept(week, Ended("a", 1), Ended("b", 7 * 24 - 0.01), Ended("c", 7 * 24)));
    }

    [Fact]
    public void By_count_the_newest_stay_whatever_their_order() =>
        Assert.Equal("a b", Kept(new ReplayOptions { Count = 2 }, Ended("c", 3), Ended("a", 1), Ended("d", 4), Ended("b", 2)));

    [Fact]
    public void By_size_the_newest_that_fit_stay_and_none_that_is_older_than_one_that_does_not()
    {
        var size = new ReplayOptions { Size = new ByteSize(10_000) };
        Assert.Equal("a b", Kept(size, Ended("a", 1, 4_000), Ended("b", 2, 6_000), Ended("c", 3, 1)));
        Assert.Equal("a", Kept(size, Ended("a", 1, 4_000), Ended("b", 2, 6_001), Ended("c", 3, 1)));
        Assert.Equal("", Kept(size, Ended("a", 1, 10_001)));
    }

    [Fact]
    public void A_size_that_is_not_known_counts_as_nothing() =>
        Assert.Equal("a b", Kept(new ReplayOptions { Size = new ByteSize(10) }, Ended("a", 1, null), Ended("b", 2, 10)));

    [Fact]
    public void What_is_on_air_stays_takes_room_and_is_not_one_of_the_count()
    {
        var air = Ended("air", 0, 8_000) with { OnAir = true, End = null };
        Assert.Equal("air", Kept(new ReplayOptions { Size = new ByteSize(7_000) }, air, Ended("a", 1, 1)));
        Assert.Equal(
            "air a",
            Kept(new ReplayOptions { Size = new ByteSize(9_000) }, air, Ended("a", 1, 1_000), Ended("b", 2, 1_000))
        );
        Assert.Equal("air a", Kept(new ReplayOptions { Count = 1 }, air, Ended("a", 1), Ended("b", 2)));
    }

    [Fact]
    public void Where_several_are_set_the_strictest_counts() =>
        Assert.Equal(
            "a",
            Kept(
                new ReplayOptions
                {
                    Count = 3,
                    Keep = TimeSpan.FromHours(5),
                    Size = new ByteSize(10),
                },
                Ended("a", 1, 10),
                Ended("b", 2, 1),
                Ended("c", 6, 0)
            )
        );

    [Fact]
    public void There_are_never_more_than_a_thousand()
    {
        var list = Enumerable.Range(0, 1_100).Select(static i => Ended($"{i:0000}", i)).ToArray();
        Assert.Equal(1_000, Kept(new ReplayOptions { Keep = TimeSpan.FromDays(366) }, list).Split(' ').Length);
    }

    private static string Kept(ReplayOptions options, params ReplayEntry[] list) =>
        string.Join(' ', ReplayRules.Kept(list, options, s_now).Select(static entry => entry.Broadcast));

    private static ReplayEntry Ended(string name, double hoursAgo, long? bytes = 100) =>
        new()
        {
            Broadcast = name,
            Title = "A show",
            Begin = s_now - TimeSpan.FromHours(hoursAgo + 1),
            End = s_now - TimeSpan.FromHours(hoursAgo),
            Duration = 3600,
            Gaps = new ReplayGaps(0, 0),
            Bytes = bytes,
            Playlists = [$"{name}/replay.m3u8"],
        };
}
