using Spillway.AdaptiveWindow;

namespace Spillway.Tests.AdaptiveWindow;

/// <summary>What viewers ask for, and what they get, second by second; segments of 4 s, a target duration of 5 s.</summary>
public sealed class WindowRuleTests
{
    private static readonly WindowBounds s_bounds = WindowBounds.Of(
        new LiveDelayOptions { Mode = LiveDelayOptions.Adaptive },
        segment: 4,
        target: 5,
        window: 24,
        sharing: true
    );

    private readonly WindowRule _rule = new(s_bounds, TimeSpan.Zero);
    private readonly List<double> _delays = [];
    private double _now;

    private TimeSpan Now => TimeSpan.FromSeconds(_now);

    [Fact]
    public void It_begins_as_without_it()
    {
        Assert.Equal((12, 27), (_rule.Delay, _rule.Window));
        Assert.Equal((12, 20, 27.0), (s_bounds.LeastDelay, s_bounds.MostDelay, WindowBounds.WindowFor(12, 5)));
    }

    [Theory]
    [InlineData(0.6, 13)]
    [InlineData(2.2, 14.5)]
    [InlineData(3, 15)]
    [InlineData(100, 20)]
    public void Stalls_lengthen_it_at_once_by_as_long_as_they_lasted(double seconds, double delay)
    {
        Follow(Stalls(4, 60, seconds));
        Assert.Equal(delay, _rule.Delay);
        Assert.Equal(delay + 15, _rule.Window);
        Assert.Contains("of 60 viewers stood still", _rule.Reason, StringComparison.Ordinal);
        Assert.Contains(
            $"from 12 to {delay.ToString(System.Globalization.CultureInfo.InvariantCulture)} s",
            _rule.Reason,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(3, 60)]
    [InlineData(2, 20)]
    [InlineData(2, 5)]
    [InlineData(2, 2)]
    [InlineData(1, 1)]
    public void Five_in_a_hundred_or_two_viewers_change_nothing(int stalled, int viewers)
    {
        FollowFor(600, Stalls(stalled, viewers, 30));
        Assert.True(_delays.TrueForAll(static delay => delay <= 12), $"{_rule.Delay}: {_rule.Reason}");
    }

    [Fact]
    public void One_trouble_is_answered_once_and_what_was_before_says_nothing_any_more()
    {
        Follow(Stalls(10, 60, 2));
        Assert.Equal(14, _rule.Delay);
        // player.json, and forty seconds in which they play a twentieth slower.
        Assert.InRange((_rule.EvidenceFrom - Now).TotalSeconds, 55, 65);
    }

    [Fact]
    public void It_never_leaves_its_bounds_whatever_it_is_told()
    {
        var random = new Random(5);
        for (var i = 0; i < 20_000; i++)
        {
            var told = random.Next(4) switch
            {
                0 => (PlaybackTrouble?)null,
                1 => Calm(random.Next(100), random.NextDouble() * 1e6),
                2 => Stalls(random.Next(1, 60), 60, random.NextDouble() * 1e6),
                _ => Calm(60),
            };
            Follow(told, random.Next(50) == 0, random.Next(1, 30));
            Assert.InRange(_rule.Delay, s_bounds.LeastDelay, s_bounds.MostDelay);
            Assert.InRange(_rule.Window, _rule.Delay + 15, s_bounds.MostWindow);
        }
    }

    [Fact]
    public void Calm_makes_it_shorter_a_second_each_half_minute_down_to_its_bound()
    {
        Follow(Stalls(10, 60, 4));
        Assert.Equal(16, _rule.Delay);
        FollowFor(175, Calm(60));
        Assert.Equal(16, _rule.Delay);
        FollowFor(65, Calm(60));
        Assert.InRange(_rule.Delay, 13, 15);
        FollowFor(600, Calm(60));
        Assert.Equal(12, _rule.Delay);
        Assert.Contains("lower bound", _rule.Reason, StringComparison.Ordinal);
        var steps = _delays.Zip(_delays.Skip(1), static (one, next) => one - next).Where(static step => step != 0).ToList();
        Assert.All(steps, static step => Assert.InRange(step, 0.4, 1));
        Assert.Equal(27, _rule.Window);
    }

    [Fact]
    public void Nobody_who_tells_is_no_calm()
    {
        Follow(Stalls(10, 60, 4));
        FollowFor(1200, null);
        FollowFor(1200, Calm(2));
        Assert.Equal(16, _rule.Delay);
        Assert.Contains("of 2 viewers", _rule.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_time_it_proves_wrong_to_make_it_shorter_the_wait_doubles()
    {
        List<double> waits = [];
        for (var i = 0; i < 6; i++)
        {
            Follow(Stalls(10, 60, 4));
            var (delay, since) = (_rule.Delay, _now);
            while (_rule.Delay == delay)
                Follow(Calm(60));
            waits.Add((_now - since) / 60);
            // Straight back, as liars would do it, and beyond the time in which nothing counts.
            FollowFor(120, Calm(60));
        }
        Assert.All(
            waits.Zip([3.0, 6, 12, 24, 40, 40]),
            static pair => Assert.InRange(pair.First, pair.Second, pair.Second + 0.2)
        );
    }

    [Fact]
    public void After_an_hour_without_trouble_an_earlier_mistake_is_forgotten()
    {
        for (var i = 0; i < 3; i++)
        {
            Follow(Stalls(10, 60, 4));
            FollowFor(3900, Calm(60));
            Assert.Equal(12, _rule.Delay);
        }
        Follow(Stalls(10, 60, 4));
        var delay = _rule.Delay;
        FollowFor(185, Calm(60));
        Assert.True(_rule.Delay < delay);
    }

    [Fact]
    public void While_the_live_edge_itself_stands_still_stalls_say_nothing_of_the_delay()
    {
        for (var i = 0; i < 60; i++)
            Follow(Stalls(60, 60, 8), edgeStandsStill: true);
        Assert.Equal(12, _rule.Delay);
        Assert.InRange((_rule.EvidenceFrom - Now).TotalSeconds, 10, 20);
    }

    [Fact]
    public void Who_is_far_behind_lengthens_the_window_at_once_and_not_the_delay()
    {
        Follow(Calm(60, latency: 33));
        Assert.Equal((12, 43), (_rule.Delay, _rule.Window));
        // When they have caught up it comes back a target duration each half minute.
        FollowFor(29, Calm(60, latency: 14));
        Assert.Equal(43, _rule.Window);
        FollowFor(1, Calm(60, latency: 14));
        Assert.Equal(38, _rule.Window);
        FollowFor(60, Calm(60, latency: 14));
        Assert.Equal(28, _rule.Window);
    }

    [Fact]
    public void At_the_upper_bound_it_says_so_and_stays_while_they_stall()
    {
        for (var i = 0; i < 40; i++)
            Follow(Stalls(30, 60, 10), seconds: 60);
        Assert.Equal(20, _rule.Delay);
        Assert.Contains("upper bound", _rule.Reason, StringComparison.Ordinal);
        FollowFor(170, Calm(60));
        Assert.Equal(20, _rule.Delay);
    }

    [Fact]
    public void After_a_restart_it_goes_on_with_what_players_were_told_and_listed()
    {
        _rule.Resume(delay: 18, window: 40);
        Assert.Equal((18, 40), (_rule.Delay, _rule.Window));
        FollowFor(170, Calm(60));
        Assert.Equal(18, _rule.Delay);
        _rule.Resume(delay: 500, window: 4000);
        Assert.Equal((s_bounds.MostDelay, s_bounds.MostWindow), (_rule.Delay, _rule.Window));
        _rule.Resume(delay: 0.1, window: 0);
        Assert.Equal((12, 27), (_rule.Delay, _rule.Window));
    }

    [Fact]
    public void A_broadcast_with_other_segments_has_other_bounds()
    {
        Follow(Stalls(30, 60, 10));
        var shorter = WindowBounds.Of(new LiveDelayOptions { Mode = LiveDelayOptions.Adaptive }, 2, 3, 24, sharing: true);
        _rule.Move(shorter, Now);
        Assert.Equal((shorter.MostDelay, 11), (_rule.Delay, shorter.MostDelay));
    }

    private static PlaybackTrouble Calm(int viewers, double latency = 14) =>
        PlaybackTrouble.Of(Enumerable.Repeat(0.0, viewers), Enumerable.Repeat(latency, viewers));

    private static PlaybackTrouble Stalls(int stalled, int viewers, double seconds) =>
        PlaybackTrouble.Of(Enumerable.Range(0, viewers).Select(i => i < stalled ? seconds : 0), Enumerable.Repeat(14.0, viewers));

    private void FollowFor(int seconds, PlaybackTrouble? told)
    {
        for (var i = 0; i < seconds; i++)
            Follow(told);
    }

    private void Follow(PlaybackTrouble? told, bool edgeStandsStill = false, double seconds = 1)
    {
        _now += seconds;
        _rule.Follow(told, edgeStandsStill, Now);
        _delays.Add(_rule.Delay);
    }
}
