using System.Net;

namespace Spillway.Tracker;

/// <summary>Where in the network a client is, in ever wider terms. Two clients with the same text in one of them are neighbours.</summary>
/// <param name="Address">IPv4: the address. IPv6: its /64, since a device takes several addresses of one at will. Empty: not known.</param>
/// <param name="Listed">Which of the operator's networks it is in; null: none.</param>
/// <param name="Prefix">IPv4: its /24. IPv6: its /48. Null: not known.</param>
internal sealed record NetworkPlace(string Address, string? Listed, string? Prefix)
{
    /// <param name="address">Null: not known, as over a Unix socket.</param>
    /// <param name="networks">The operator's; see <see cref="TrackerOptions.Networks"/>.</param>
    public static NetworkPlace Of(IPAddress? address, ListedNetworks networks)
    {
        if (address is null)
            return new NetworkPlace("", null, null);
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        if (!address.TryWriteBytes(bytes, out var length))
            return new NetworkPlace("", null, null);
        var listed = networks.Find(address);
        if (length == 4)
        {
            bytes[3] = 0;
            return new NetworkPlace(address.ToString(), listed, $"{new IPAddress(bytes[..4])}/24");
        }
        bytes[8..].Clear();
        var subnet = $"{new IPAddress(bytes)}/64";
        bytes[6..].Clear();
        return new NetworkPlace(subnet, listed, $"{new IPAddress(bytes)}/48");
    }
}

/// <summary>The networks that an operator knows to be near in themselves: a campus, a venue with several addresses.</summary>
internal sealed class ListedNetworks
{
    public static readonly ListedNetworks None = new([]);

    private readonly (string Name, IPNetwork[] Networks)[] _items;

    /// <param name="items">As in the settings: each one or several networks, separated by spaces.</param>
    /// <exception cref="FormatException">One of them is no network: the settings' rules have let it through.</exception>
    public ListedNetworks(IEnumerable<string> items) =>
        _items = [.. items.Select(static item => (item, TryParse(item) ?? throw new FormatException($"{item} is no network.")))];

    /// <summary>The first item that the address is in; null: none.</summary>
    public string? Find(IPAddress address)
    {
        foreach (var (name, networks) in _items)
        {
            foreach (var network in networks)
            {
                if (network.Contains(address))
                    return name;
            }
        }
        return null;
    }

    /// <summary>Null: not all of them are networks such as 192.0.2.0/24, or there is none.</summary>
    public static IPNetwork[]? TryParse(string item)
    {
        var parts = item.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var networks = new IPNetwork[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            // Also refuses 10/8, which the class library would read as 0.0.0.10/8.
            if (!IPNetwork.TryParse(parts[i], out networks[i]) || !parts[i].AsSpan().ContainsAny('.', ':'))
                return null;
        }
        return networks.Length == 0 ? null : networks;
    }
}
