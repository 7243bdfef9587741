using System.Runtime.CompilerServices;

namespace Spillway.Tracker;

/// <summary>
/// What each of those addresses that offer most may still offer to one connection: half of its minute, so that whoever sits at one address
/// leaves room for others. The default value has met nobody.
/// </summary>
/// <remarks>
/// It knows a few addresses only. One that floods keeps its place, since the one that has offered least is the one that makes room.
/// </remarks>
internal struct SourceShares
{
    private Slots _slots;

    /// <summary>How many more offers of that address may be passed on now.</summary>
    /// <param name="address">Of the offering connection.</param>
    /// <param name="perMinute">The connection's whole minute.</param>
    /// <param name="now">Time since any fixed moment.</param>
    public readonly int Left(string address, int perMinute, TimeSpan now)
    {
        foreach (ref readonly var slot in (ReadOnlySpan<Slot>)_slots)
        {
            if (slot.Address == address)
                return slot.Bucket.Left(Share(perMinute), now);
        }
        return Share(perMinute);
    }

    /// <summary>Notes one offer.</summary>
    public void Take(string address, int perMinute, TimeSpan now)
    {
        var share = Share(perMinute);
        ref var least = ref _slots[0];
        foreach (ref var slot in (Span<Slot>)_slots)
        {
            if (slot.Address == address)
            {
                slot.Bucket.Take(1, share, now);
                return;
            }
            if (slot.Bucket.Left(share, now) > least.Bucket.Left(share, now))
                least = ref slot;
        }
        least = new Slot { Address = address };
        least.Bucket.Take(1, share, now);
    }

    private static int Share(int perMinute) => (perMinute + 1) / 2;

    private struct Slot
    {
        public string? Address;
        public TokenBucket Bucket;
    }

    [InlineArray(4)]
    private struct Slots
    {
        private Slot _first;
    }
}
