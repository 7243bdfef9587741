namespace Spillway.Hooks;

/// <summary>When a message is tried again: eight tries within about half an hour.</summary>
internal static class HookRetries
{
    private static readonly int[] s_pauses = [2, 8, 30, 90, 240, 480, 900];

    public static int Tries => s_pauses.Length + 1;

    /// <param name="failures">Tries that have failed, from 1 on.</param>
    /// <param name="random">From 0 to 1: hooks that failed together are not tried together.</param>
    /// <returns>Null: it is given up.</returns>
    public static TimeSpan? PauseAfter(int failures, double random) =>
        failures > s_pauses.Length ? null : TimeSpan.FromSeconds(s_pauses[failures - 1] * (0.8 + (0.4 * random)));
}
