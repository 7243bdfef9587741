namespace Spillway.Media;

/// <summary>From a track's clock to time.</summary>
internal static class MediaTime
{
    private const long Sane = long.MaxValue / 8;

    /// <summary>Null when there is no clock or the result is beyond thousands of years: damaged or hostile numbers.</summary>
    public static TimeSpan? From(long units, long unitsPerSecond)
    {
        if (unitsPerSecond <= 0)
            return null;
        var scaled = (Int128)units * TimeSpan.TicksPerSecond;
        var ticks = (scaled + (scaled < 0 ? -unitsPerSecond : unitsPerSecond) / 2) / unitsPerSecond;
        return ticks < -Sane || ticks > Sane ? null : new TimeSpan((long)ticks);
    }

    /// <summary>Null when it is not a sane number of seconds.</summary>
    public static TimeSpan? From(double? seconds) => seconds is >= 0 and < 1e6 ? TimeSpan.FromSeconds(seconds.Value) : null;
}
