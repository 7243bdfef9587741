namespace Spillway.Sources.Hls;

/// <summary>Pauses between attempts: short at first, since a window is only some segments long, and never above five seconds.</summary>
internal static class Backoff
{
    /// <param name="failures">In a row, at least 1.</param>
    /// <param name="target">The target duration, as far as it is known.</param>
    public static TimeSpan After(int failures, TimeSpan target)
    {
        var most = Math.Clamp(target.TotalSeconds, 1, 5);
        return TimeSpan.FromSeconds(Math.Min(most, 0.25 * Math.Pow(2, Math.Min(failures - 1, 6))));
    }
}
