using System.Net;
using System.Net.Sockets;

namespace Spillway.Sources.Hls;

/// <summary>
/// Tells addresses of the Internet from those that mean this machine, this network or nothing: the
/// <see href="https://www.iana.org/assignments/iana-ipv4-special-registry">special</see>
/// <see href="https://www.iana.org/assignments/iana-ipv6-special-registry">registries</see>.
/// </summary>
internal static class AddressSpace
{
    private static readonly IPNetwork[] s_notPublic =
    [
        .. (
            (string[])
                [
                    "0.0.0.0/8",
                    "10.0.0.0/8",
                    "100.64.0.0/10",
                    "127.0.0.0/8",
                    "169.254.0.0/16",
                    "172.16.0.0/12",
                    "192.0.0.0/24",
                    "192.0.2.0/24",
                    "192.168.0.0/16",
                    "198.18.0.0/15",
                    "198.51.100.0/24",
                    "203.0.113.0/24",
                    "224.0.0.0/4",
                    "240.0.0.0/4",
                    // Of the only block that is public: Teredo, and what is for documents.
                    "2001::/32",
                    "2001:db8::/32",
                    "3fff::/20",
                ]
        ).Select(static text => IPNetwork.Parse(text)),
    ];

    private static readonly IPNetwork s_globalUnicast = IPNetwork.Parse("2000::/3");

    /// <summary>6to4 and NAT64: an IPv4 address at this byte of an IPv6 one, which is where packets go.</summary>
    private static readonly (IPNetwork Network, int At)[] s_carriers =
    [
        (IPNetwork.Parse("2002::/16"), 2),
        (IPNetwork.Parse("64:ff9b::/96"), 12),
    ];

    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        foreach (var (network, at) in s_carriers)
        {
            if (network.Contains(address))
                return IsPublic(new IPAddress(address.GetAddressBytes().AsSpan(at, 4)));
        }
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !s_globalUnicast.Contains(address))
            return false;
        return !Array.Exists(s_notPublic, network => network.Contains(address));
    }
}
