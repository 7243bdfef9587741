using System.Runtime.InteropServices;

namespace Spillway.Tracker;

/// <summary>
/// What each address may still have passed on, whichever of its connections asks: closing one and coming back gives nothing new.
/// </summary>
/// <remarks>
/// A bucket that has not been used for a minute is full, and as good as a new one. So there are two generations, and every minute
/// the older one is thrown away with all that nobody has asked for since.
/// </remarks>
internal sealed class AddressBudgets(int perMinute)
{
    private static readonly TimeSpan Generation = TimeSpan.FromMinutes(1);

    private Dictionary<string, TokenBucket> _recent = new(StringComparer.Ordinal);
    private Dictionary<string, TokenBucket> _older = new(StringComparer.Ordinal);
    private TimeSpan _begun;

    /// <summary>Addresses that are remembered.</summary>
    public int Count => _recent.Count + _older.Count;

    /// <returns>How many could be passed on now.</returns>
    public int Left(string address, TimeSpan now)
    {
        if (!_recent.TryGetValue(address, out var bucket))
            _older.TryGetValue(address, out bucket);
        return bucket.Left(perMinute, now);
    }

    /// <returns>How many of those wanted may be passed on now.</returns>
    public int Take(string address, int wanted, TimeSpan now)
    {
        if (now - _begun >= Generation)
            Turn(now);
        ref var bucket = ref CollectionsMarshal.GetValueRefOrAddDefault(_recent, address, out var exists);
        if (!exists && _older.Remove(address, out var earlier))
            bucket = earlier;
        return bucket.Take(wanted, perMinute, now);
    }

    private void Turn(TimeSpan now)
    {
        (_recent, _older) = (_older, _recent);
        // Two generations ago is at least a minute ago.
        _recent.Clear();
        _begun = now;
    }
}
