namespace Spillway.Streams;

/// <summary>
/// The copies of one text in its last version, one an address of the edge (there is one, but for the embedded store's). A version is
/// rendered once, however many ask at the same moment.
/// </summary>
internal sealed class OriginSlot
{
    /// <summary>Addresses come from Host headers: what is beyond is rendered for each request.</summary>
    private const int MostAddresses = 8;

    private readonly Lock _rendering = new();
    private Entry[] _entries = [];

    /// <summary>The copy of that version, or null when it must be rendered.</summary>
    /// <param name="version">What the text is made of, such as a playlist; told apart by reference.</param>
    /// <param name="stamp">The same; null where there is nothing more.</param>
    /// <param name="address">Of the edge.</param>
    public OriginCopy? Find(object version, object? stamp, string address)
    {
        foreach (var entry in Volatile.Read(ref _entries))
        {
            if (
                ReferenceEquals(entry.Version, version)
                && ReferenceEquals(entry.Stamp, stamp)
                && string.Equals(entry.Address, address, StringComparison.Ordinal)
            )
                return entry.Copy;
        }
        return null;
    }

    /// <inheritdoc cref="Find"/>
    /// <param name="render">Makes it where there is none.</param>
    public OriginCopy Get(object version, object? stamp, string address, Func<OriginCopy> render)
    {
        if (Find(version, stamp, address) is { } ready)
            return ready;
        lock (_rendering)
        {
            if (Find(version, stamp, address) is { } meanwhile)
                return meanwhile;
            var copy = render();
            // Earlier versions are nobody's any more.
            var others = _entries.Where(entry => ReferenceEquals(entry.Version, version) && ReferenceEquals(entry.Stamp, stamp));
            Volatile.Write(ref _entries, [new Entry(version, stamp, address, copy), .. others.Take(MostAddresses - 1)]);
            return copy;
        }
    }

    private sealed record Entry(object Version, object? Stamp, string Address, OriginCopy Copy);
}
