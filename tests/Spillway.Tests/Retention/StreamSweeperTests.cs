using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Spillway.Retention;
using Spillway.Storage;

namespace Spillway.Tests.Retention;

/// <summary>A LIST costs: how often there is one.</summary>
public sealed class StreamSweeperTests
{
    private readonly CountedTimers _time = new();
    private readonly List<double> _swept = [];
    private bool _onAir;
    private Func<DateTimeOffset?> _more = static () => null;

    [Fact]
    public async Task It_sweeps_some_minutes_after_the_start_and_once_a_day_while_nothing_is_on()
    {
        await PassAsync(49);
        Assert.Equal([5, 1445, 2885], _swept);
    }

    [Fact]
    public async Task On_air_it_sweeps_once_an_hour()
    {
        _onAir = true;
        await PassAsync(10);
        Assert.Equal([5, 65, 125, 185, 245, 305, 365, 425, 485, 545], _swept);
    }

    [Fact]
    public async Task It_sweeps_an_hour_after_a_broadcast_s_end_and_when_what_is_noted_is_due()
    {
        _more = () => _swept.Count == 3 ? _time.GetUtcNow() + TimeSpan.FromHours(3) : null;
        await PassAsync(
            31,
            minute =>
            {
                if (minute is 100 or 220)
                    _onAir = !_onAir;
            }
        );
        // An hour after it went on air, and after it went off; then when the third has said; then a day later.
        Assert.Equal([5, 160, 220, 401, 1841], _swept);
    }

    [Fact]
    public async Task One_that_fails_is_tried_again_an_hour_later()
    {
        _more = static () =>
            throw new ObjectStoreException(new StoreFault(StoreFaultKind.Unreachable, "The connection was reset.", "Check."));
        await PassAsync(4);
        Assert.Equal([5, 65, 125, 185], _swept);
    }

    [Fact]
    public async Task Two_at_the_same_time_come_one_after_the_other()
    {
        var (running, most) = (0, 0);
        var go = new TaskCompletionSource();
        var sweeper = Sweeper(
            async (_, _) =>
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                await go.Task;
                Interlocked.Decrement(ref running);
                return Result(null);
            }
        );
        var all = Enumerable.Range(0, 4).Select(_ => sweeper.SweepAsync(dryRun: true, CancellationToken.None)).ToList();
        await Until.TrueAsync(() => Volatile.Read(ref running) > 0, "the first runs");
        go.SetResult();
        await Task.WhenAll(all);
        Assert.Equal(1, most);
    }

    private async Task PassAsync(int hours, Action<int>? each = null)
    {
        using var stop = new CancellationTokenSource();
        var start = _time.GetUtcNow();
        var sweeper = Sweeper(
            (_, _) =>
            {
                _swept.Add(Math.Floor((_time.GetUtcNow() - start).TotalMinutes));
                return Task.FromResult(Result(_more()));
            }
        );
        var running = sweeper.RunAsync(stop.Token);
        for (var half = 0; half < hours * 120; half++)
        {
            if (half % 2 == 0)
                each?.Invoke(half / 2);
            // It has done what there was to do when it waits for its next timer.
            var timers = _time.Timers;
            _time.Advance(TimeSpan.FromSeconds(30));
            await Until.TrueAsync(() => _time.Timers > timers, "it waits again");
        }
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private StreamSweeper Sweeper(Func<bool, CancellationToken, Task<SweepResult>> sweep) =>
        new("live", sweep, () => _onAir, _time.GetUtcNow, _time, NullLogger.Instance);

    private SweepResult Result(DateTimeOffset? more) =>
        new()
        {
            Stream = "live",
            DryRun = false,
            At = _time.GetUtcNow(),
            More = more,
        };

    private sealed class CountedTimers() : FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 19, 0, 0, TimeSpan.Zero))
    {
        private int _timers;

        public int Timers => Volatile.Read(ref _timers);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            Interlocked.Increment(ref _timers);
            return timer;
        }
    }
}
