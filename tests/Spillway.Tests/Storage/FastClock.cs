using Microsoft.Extensions.Time.Testing;

namespace Spillway.Tests.Storage;

/// <summary>
/// A clock that runs many times as fast as the real one, and stands still while a real store is at work: what is slow is
/// only what a test makes slow, however busy the machine is.
/// </summary>
internal sealed class FastClock : IAsyncDisposable
{
    private static readonly TimeSpan UsualStep = TimeSpan.FromMilliseconds(40);

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private readonly TimeSpan _step;
    private bool _standsStill;

    /// <param name="busy">Time stands still while it says so.</param>
    /// <param name="step">It goes in steps of this; null: 40 ms.</param>
    public FastClock(Func<bool> busy, TimeSpan? step = null)
    {
        _step = step ?? UsualStep;
        _running = RunAsync(busy);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 22, 19, 0, 0, TimeSpan.Zero));

    /// <summary>For what takes real time, such as an encoder: none passes meanwhile.</summary>
    public bool StandsStill
    {
        get => Volatile.Read(ref _standsStill);
        set => Volatile.Write(ref _standsStill, value);
    }

    /// <summary>Since the clock was made.</summary>
    public TimeSpan Elapsed => Time.GetUtcNow() - Time.Start;

    public Task Wait(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), Time);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(Func<bool> busy)
    {
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(1);
            // Behind all that is queued on the thread pool already.
            for (var i = 0; i < 3; i++)
                await Task.Yield();
            if (!busy() && !StandsStill)
                Time.Advance(_step);
        }
    }
}
