using System.Diagnostics;

namespace Spillway.Tests;

/// <summary>Waits for what must come to be, by the real clock; fails with what it was when it does not.</summary>
internal static class Until
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(() => Task.FromResult(condition()), () => what);

    public static Task TrueAsync(Func<bool> condition, Func<string> what) => TrueAsync(() => Task.FromResult(condition()), what);

    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> what)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            if (clock.Elapsed > Limit)
                Assert.Fail($"after {Limit.TotalSeconds} s still not so: {what()}");
            await Task.Delay(5);
        }
    }
}
