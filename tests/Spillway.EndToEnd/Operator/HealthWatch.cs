using System.Collections.Concurrent;
using Spillway.EndToEnd.Servers;

namespace Spillway.EndToEnd.Operator;

/// <summary>Asks <c>/health</c> all the time: since when the server itself knows something.</summary>
internal sealed class HealthWatch : IAsyncDisposable
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(50);
    private readonly ConcurrentQueue<Look> _looks = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _watching;

    private HealthWatch(SpillwayProcess server) => _watching = WatchAsync(server);

    public static HealthWatch Of(SpillwayProcess server) => new(server);

    /// <summary>
    /// The latest moment at which the server certainly did not know it yet: when the last look was begun that did not show it. So what is
    /// measured from it is never too short, and too long by one step.
    /// </summary>
    public async Task<DateTimeOffset> KnowsAsync(
        Func<StreamHealth, bool> what,
        DateTimeOffset since,
        string words,
        TimeSpan within
    )
    {
        var last = since;
        await Until.TrueAsync(
            () =>
            {
                foreach (var (begun, stream) in _looks)
                {
                    if (begun < since)
                        continue;
                    if (what(stream))
                        return true;
                    last = begun;
                }
                return false;
            },
            within,
            () => $"/health says {words}; it says {(_looks.LastOrDefault()?.Stream)}"
        );
        return last;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _watching;
        _stopping.Dispose();
    }

    private async Task WatchAsync(SpillwayProcess server)
    {
        while (!_stopping.IsCancellationRequested)
        {
            var begun = DateTimeOffset.UtcNow;
            if (await server.TryHealthAsync() is { } health)
                _looks.Enqueue(new Look(begun, health.Stream));
            await Task.Delay(s_step, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private sealed record Look(DateTimeOffset Begun, StreamHealth Stream);
}
