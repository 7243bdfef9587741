namespace Spillway.EndToEnd;

/// <summary>Waits for conditions instead of sleeping, and no longer than the test may take.</summary>
internal static class Until
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(100);

    /// <param name="condition">Asked every 100 ms.</param>
    /// <param name="within">How long at most.</param>
    /// <param name="what">What was waited for, and what was seen instead; asked only upon failure.</param>
    /// <exception cref="TimeoutException">It did not come true in time.</exception>
    public static async Task TrueAsync(Func<Task<bool>> condition, TimeSpan within, Func<string> what)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > within)
                throw new TimeoutException($"Not within {within.TotalSeconds} s: {what()}");
            await Task.Delay(s_step, TestContext.Current.CancellationToken);
        }
    }

    public static Task TrueAsync(Func<bool> condition, TimeSpan within, Func<string> what) =>
        TrueAsync(() => Task.FromResult(condition()), within, what);
}
