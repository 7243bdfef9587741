using Microsoft.Extensions.Time.Testing;
using Spillway.Storage;

namespace Spillway.Tests.Storage;

public sealed class StoreClockTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 19, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);

    [Fact]
    public void Before_the_first_answer_it_shows_this_machines_time() => Assert.Equal(Start, new StoreClock(_time).Now);

    [Fact]
    public void It_takes_the_stores_date_and_runs_on_from_there()
    {
        var clock = new StoreClock(_time);
        clock.Observe(Start.AddDays(3), TimeSpan.Zero);
        _time.Advance(TimeSpan.FromMinutes(7));
        Assert.InRange(clock.Now, Start.AddDays(3).AddMinutes(7), Start.AddDays(3).AddMinutes(7).AddSeconds(1));
    }

    [Fact]
    public void A_wall_clock_that_is_set_does_not_move_it()
    {
        var machine = new SettableClock();
        var clock = new StoreClock(machine);
        clock.Observe(Start, TimeSpan.Zero);
        var before = clock.Now;
        machine.Wall = Start.AddYears(1);
        Assert.Equal(before, clock.Now);
    }

    [Fact]
    public void Dates_cut_to_seconds_do_not_make_it_jump()
    {
        var clock = new StoreClock(_time);
        var store = Start.AddHours(5).AddMilliseconds(730);
        var last = DateTimeOffset.MinValue;
        for (var answer = 0; answer < 100; answer++)
        {
            clock.Observe(DateTimeOffset.FromUnixTimeSeconds(store.ToUnixTimeSeconds()), TimeSpan.FromMilliseconds(20));
            Assert.True(clock.Now >= last, "It went back.");
            last = clock.Now;
            Assert.InRange(clock.Now - store, TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(1));
            _time.Advance(TimeSpan.FromMilliseconds(333));
            store += TimeSpan.FromMilliseconds(333);
        }
        Assert.InRange(clock.Now - store, TimeSpan.FromMilliseconds(-50), TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void A_clock_that_runs_ahead_of_the_store_is_put_back()
    {
        var clock = new StoreClock(_time);
        clock.Observe(Start.AddHours(1), TimeSpan.Zero);
        clock.Observe(Start, TimeSpan.FromMilliseconds(20));
        Assert.InRange(clock.Now, Start, Start.AddSeconds(1.02));
    }

    [Fact]
    public void A_slow_answer_does_not_pull_it_back_further_than_it_took()
    {
        var clock = new StoreClock(_time);
        clock.Observe(Start, TimeSpan.Zero);
        _time.Advance(TimeSpan.FromSeconds(10));
        clock.Observe(Start.AddSeconds(2), TimeSpan.FromSeconds(8));
        Assert.InRange(clock.Now, Start.AddSeconds(10), Start.AddSeconds(11));
    }

    /// <summary>Its wall clock can be set, as a machine's; its monotonic clock stands. FakeTimeProvider moves both.</summary>
    private sealed class SettableClock : TimeProvider
    {
        public DateTimeOffset Wall { get; set; } = Start;

        public override DateTimeOffset GetUtcNow() => Wall;

        public override long GetTimestamp() => 1;
    }
}
