namespace Spillway.Tracker;

/// <summary>
/// A limit a minute. A full bucket holds a minute's worth, which may be taken at once, and fills evenly. The default value is a
/// full one. After a minute of rest it is full again, whatever was before.
/// </summary>
internal struct TokenBucket
{
    private TimeSpan _fullAt;

    /// <summary>How many could be taken now.</summary>
    public readonly int Left(int perMinute, TimeSpan now) =>
        _fullAt <= now ? perMinute : Math.Max(0, perMinute - (int)Math.Ceiling((_fullAt - now) / Token(perMinute)));

    /// <summary>Takes as many as are left, at most <paramref name="wanted"/>.</summary>
    /// <returns>How many were taken.</returns>
    public int Take(int wanted, int perMinute, TimeSpan now)
    {
        var taken = Math.Min(wanted, Left(perMinute, now));
        if (taken > 0)
            _fullAt = (_fullAt > now ? _fullAt : now) + Token(perMinute) * taken;
        return taken;
    }

    private static TimeSpan Token(int perMinute) => TimeSpan.FromTicks(TimeSpan.TicksPerMinute / perMinute);
}
