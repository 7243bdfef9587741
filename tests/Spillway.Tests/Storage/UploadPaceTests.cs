using Spillway.Storage;

namespace Spillway.Tests.Storage;

public sealed class UploadPaceTests
{
    private static readonly TimeSpan Patience = Seconds(6);

    private readonly UploadPace _pace = new(6);
    private TimeSpan _now;

    [Fact]
    public void A_fast_store_gets_six_at_a_time_and_a_full_line_gets_no_more_than_end_in_time()
    {
        for (var i = 0; i < 10; i++)
            Succeed(0.2, beside: _pace.Limit);
        Assert.Equal(6, _pace.Limit);
        var slow = new UploadPace(6);
        // Each of them takes 1.8 s of the line: with three they would need 5.4 s, and some more when it stutters.
        for (var i = 0; i < 10; i++)
            slow.Succeeded(Seconds(1.8 * slow.Limit), Patience, slow.Limit, Seconds(10 * i));
        Assert.Equal(2, slow.Limit);
    }

    [Fact]
    public void Two_that_went_together_do_not_let_two_more_go()
    {
        _pace.Succeeded(Seconds(1), Patience, 2, Seconds(10));
        _pace.Succeeded(Seconds(1), Patience, 3, Seconds(10));
        Assert.Equal(3, _pace.Limit);
        _pace.Succeeded(Seconds(1), Patience, 3, Seconds(11));
        Assert.Equal(4, _pace.Limit);
    }

    [Fact]
    public void One_alone_says_nothing_of_how_many_the_line_can_bear()
    {
        for (var i = 0; i < 10; i++)
            Succeed(0.2, beside: 1);
        Assert.Equal(2, _pace.Limit);
    }

    [Fact]
    public void Time_outs_halve_it_once_for_those_that_went_together_and_never_below_one()
    {
        for (var i = 0; i < 10; i++)
            Succeed(0.2, beside: _pace.Limit);
        for (var i = 0; i < 2; i++)
            Fail(6, at: 100);
        Assert.Equal(3, _pace.Limit);
        Fail(6, at: 110);
        Fail(6, at: 120);
        Fail(6, at: 130);
        Assert.Equal(1, _pace.Limit);
        // Even one alone: it gets twice the time.
        Assert.Equal(Seconds(12), _pace.Patience(Seconds(2)));
        _pace.Succeeded(Seconds(8), Seconds(12), 1, Seconds(140));
        Assert.Equal(Seconds(12), _pace.Patience(Seconds(2)));
        _pace.Succeeded(Seconds(1), Seconds(12), 1, Seconds(150));
        Assert.Equal(Seconds(6), _pace.Patience(Seconds(2)));
    }

    [Fact]
    public void Three_failures_in_a_row_are_an_outage_with_one_try_at_a_time_and_a_short_pause_after_each()
    {
        Fail(0, at: 10);
        Fail(0, at: 11);
        Assert.False(_pace.IsAway);
        Assert.Equal(2, _pace.Room(0, Seconds(11)));
        var pauses = new List<double>();
        var now = Seconds(12);
        for (var i = 0; i < 10; i++)
        {
            _pace.Failed(TimeSpan.Zero, Patience, false, now, 1);
            Assert.True(_pace.IsAway);
            Assert.Equal(0, _pace.Room(0, now));
            pauses.Add((_pace.NotBefore - now).TotalSeconds);
            now = _pace.NotBefore;
            Assert.Equal((1, 0), (_pace.Room(0, now), _pace.Room(1, now)));
        }
        Assert.All(pauses, static pause => Assert.Equal(0.75, pause, 0.001));
        Assert.Equal(now - Seconds(10), _pace.AwayFor(now));
        Assert.Equal(now - Seconds(10), _pace.Succeeded(Seconds(0.1), Patience, 1, now));
        Assert.False(_pace.IsAway);
        Assert.True(_pace.Limit <= 2);
    }

    [Fact]
    public void A_store_that_asks_for_less_gets_half_and_a_pause()
    {
        for (var i = 0; i < 10; i++)
            Succeed(0.2, beside: _pace.Limit);
        _pace.Failed(Seconds(0.1), Patience, isThrottled: true, Seconds(50), 0.5);
        Assert.Equal(3, _pace.Limit);
        Assert.Equal(0, _pace.Room(0, Seconds(50.3)));
        Assert.Equal(3, _pace.Room(0, Seconds(51)));
        // One that goes on asking is left alone for longer than one that is away.
        for (var i = 0; i < 10; i++)
            _pace.Failed(Seconds(0.1), Patience, isThrottled: true, Seconds(51), 0);
        Assert.Equal(Seconds(51 + 2.25), _pace.NotBefore);
    }

    private void Succeed(double seconds, int beside)
    {
        _now += Seconds(seconds);
        _pace.Succeeded(Seconds(seconds), Patience, beside, _now);
    }

    private void Fail(double seconds, double at) => _pace.Failed(Seconds(seconds), Patience, false, Seconds(at), 0.5);

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
