namespace Spillway.Timeline;

/// <summary>Arithmetic on time stamps that may wrap.</summary>
internal static class Timestamps
{
    /// <summary>A jump of time stamps below this is the encoder's rounding, and is taken up by EXTINF.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(100);

    /// <summary><paramref name="a"/> − <paramref name="b"/>, by the shorter way round when time stamps wrap.</summary>
    public static TimeSpan Difference(TimeSpan a, TimeSpan b, TimeSpan? modulus)
    {
        var difference = a - b;
        if (modulus is not { } m)
            return difference;
        var ticks = difference.Ticks % m.Ticks;
        if (ticks > m.Ticks / 2)
            ticks -= m.Ticks;
        else if (ticks < -m.Ticks / 2)
            ticks += m.Ticks;
        return TimeSpan.FromTicks(ticks);
    }

    /// <summary>EXTINF is written with six decimals; what is counted must be what is written.</summary>
    public static TimeSpan ToMicroseconds(TimeSpan value) => TimeSpan.FromTicks((value.Ticks + 5) / 10 * 10);
}
