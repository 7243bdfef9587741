using System.Text;
using Spillway.AdaptiveWindow;
using Spillway.Audience;
using Spillway.Tests.Audience;

namespace Spillway.Tests.AdaptiveWindow;

/// <summary>What is made of the reports for the live delay, by the real audience core; and what a few liars can do to it.</summary>
public sealed class PlaybackTroubleTests
{
    private readonly StreamAudience _audience = new(new AudienceOptions());
    private readonly List<Reporter> _viewers = [];
    private double _now = 1000;

    private TimeSpan Now => TimeSpan.FromSeconds(_now);

    [Fact]
    public void More_than_five_in_a_hundred_are_asked_for_and_never_fewer_than_three()
    {
        Assert.Equal(0, Of(60, 3).StallSeconds);
        Assert.Equal((60, 4, 2.0), (Of(60, 4).Viewers, Of(60, 4).Stalled, Of(60, 4).StallSeconds));
        Assert.Equal(0, Of(10, 2).StallSeconds);
        Assert.Equal(2, Of(10, 3).StallSeconds);
        Assert.Equal(0, Of(2, 2).StallSeconds);
        Assert.Null(PlaybackTrouble.Of([], [5, 6]).Latency);
        Assert.Equal(5, PlaybackTrouble.Of([], [5, 9, 99_999]).Latency);

        static PlaybackTrouble Of(int viewers, int stalled) =>
            PlaybackTrouble.Of(Enumerable.Range(0, viewers).Select(i => i < stalled ? 2.0 : 0), []);
    }

    [Fact]
    public void Stops_that_nobody_notices_do_not_count()
    {
        Connect(10);
        Report(10, stalls: 3, stalled: 1.2);
        Assert.Equal((10, 0, 0.0), Told());
        Report(10, stalls: 1, stalled: 1.2);
        Assert.Equal((10, 10, 1.2), Told());
    }

    [Fact]
    public void Only_what_was_since_the_last_change_and_in_the_last_three_minutes_counts()
    {
        Connect(10);
        Report(10, stalls: 1, stalled: 3);
        Assert.Equal((10, 10, 3.0), Told());
        // It covers thirty seconds: some of them were before.
        Assert.Equal((0, 0, 0.0), Told(from: _now - 20));
        Report(10);
        Assert.Equal((10, 0, 0.0), Told(from: _now - 30));
        _now += 90;
        Report(10);
        Assert.Equal((10, 10, 3.0), Told());
        _now += 30;
        Assert.Equal((10, 0, 0.0), Told());
    }

    [Fact]
    public void What_a_first_report_tells_of_minutes_ago_does_not_count()
    {
        Connect(10);
        foreach (var viewer in _viewers)
            Assert.Equal(Verdict.Taken, Take(viewer, Messages.Report(session: 250, seconds: 250, stalls: 2, stalled: 6)));
        Assert.Equal((0, 0, 0.0), Told());
    }

    /// <summary>
    /// The whole of it for an hour: 60 viewers report each half minute, all is well, and some of them lie as badly as they can, or by
    /// turns, each as long as it takes to make the delay swing.
    /// </summary>
    [Theory]
    // Three of sixty: nothing at all.
    [InlineData(3, false, 12, 0)]
    [InlineData(3, true, 12, 0)]
    // Twelve of sixty keep it up to its upper bound, and no further; by turns they make it swing seldom.
    [InlineData(12, false, 20, 4)]
    [InlineData(12, true, 20, 60)]
    public void A_few_liars_do_nothing_and_more_can_only_keep_it_at_a_bound(int liars, bool byTurns, double most, int changes)
    {
        var bounds = WindowBounds.Of(new LiveDelayOptions { Mode = LiveDelayOptions.Adaptive }, 4, 5, 24, sharing: true);
        var rule = new WindowRule(bounds, Now);
        Connect(60);
        List<double> delays = [];
        var (swings, up) = (0, true);
        for (var second = 0; second < 3600; second++)
        {
            _now++;
            if (second % 30 == 0)
            {
                // They stop once it has gone up, and begin again when it has come down.
                var lie = !byTurns || (up ? rule.Delay < bounds.MostDelay : rule.Delay <= bounds.LeastDelay);
                swings += byTurns && lie != up ? 1 : 0;
                up = lie;
                Report(60 - liars, from: liars);
                foreach (var liar in _viewers.Take(liars))
                    Assert.Equal(
                        Verdict.Taken,
                        Take(
                            liar,
                            lie
                                ? Messages.Report(session: 5000, stalls: 1, stalled: 30, latency: 86_000)
                                : Messages.Report(session: 5000)
                        )
                    );
            }
            rule.Follow(_audience.Trouble(rule.EvidenceFrom, Now), edgeStandsStill: false, Now);
            Assert.InRange(rule.Delay, bounds.LeastDelay, bounds.MostDelay);
            Assert.InRange(rule.Window, WindowBounds.WindowFor(rule.Delay, 5), bounds.MostWindow);
            delays.Add(rule.Delay);
        }
        Assert.Equal(most, delays.Max());
        var changed = delays.Zip(delays.Skip(1), static (one, next) => one != next).Count(static c => c);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{liars} of 60 lie{(byTurns ? " by turns" : "")}: {delays.Min()} to {delays.Max()} s, {changed} changes, {swings / 2} swings in an hour"
        );
        if (liars == 3)
            Assert.True(
                delays.Zip(delays.Skip(1), static (one, next) => next <= one).All(static down => down),
                "it never went up"
            );
        else
            Assert.InRange(changed, 1, changes);
        Assert.InRange(swings / 2, 0, 4);
    }

    private (int, int, double) Told(double from = 0)
    {
        var trouble = _audience.Trouble(TimeSpan.FromSeconds(from), Now);
        return (trouble.Viewers, trouble.Stalled, trouble.StallSeconds);
    }

    private void Connect(int count)
    {
        _audience.Advance(new AudienceInputs(null, "b", null), Now);
        for (var i = 0; i < count; i++)
            _viewers.Add(new Reporter { HeardAt = Now });
    }

    /// <summary>Half a minute after the last one.</summary>
    private void Report(int count, int stalls = 0, double stalled = 0, int from = 0)
    {
        _now += from > 0 ? 0 : 30;
        foreach (var viewer in _viewers.Skip(from).Take(count))
            Assert.Equal(Verdict.Taken, Take(viewer, Messages.Report(session: 5000, stalls: stalls, stalled: stalled)));
    }

    private Verdict Take(Reporter from, string json) => _audience.Take(from, Encoding.UTF8.GetBytes(json), Now);
}
