using System.Net;
using System.Net.Sockets;

namespace Spillway.Sources.Hls;

/// <summary>
/// Where a source's playlists and redirects may lead: to the source's own host, and to public addresses. A source is not trusted: it
/// could name what only this machine can reach, such as a cloud's 169.254.169.254, and show the answer to the world. What
/// counts is the address that is connected to, whatever name led there, and however often that name changes its mind.
/// </summary>
/// <param name="own">Hosts that the operator has written down.</param>
/// <param name="allowPrivate">The operator trusts the source with everything.</param>
internal sealed class SourceReach(IEnumerable<Uri> own, bool allowPrivate)
{
    /// <summary>For what is not to be kept from anything.</summary>
    public static SourceReach Anywhere { get; } = new([], allowPrivate: true);

    private readonly HashSet<string> _own = own.Where(static uri => !uri.IsFile)
        .Select(static uri => uri.IdnHost)
        .ToHashSet(StringComparer.OrdinalIgnoreCase);
    private readonly Lock _gate = new();

    /// <summary>Addresses behind the own hosts, as they were when first asked for; null: of that host not yet.</summary>
    private readonly Dictionary<string, IPAddress[]> _first = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="PrivateAddressException">It leads where it may not.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host;
        var found = IPAddress.TryParse(host, out var literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(host, cancellationToken);
        if (!IsProxy(context))
            found = Choose(host, found);
        if (found.Length == 0)
            throw new SocketException((int)SocketError.HostNotFound);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(found, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Those of a host's addresses that may be connected to.</summary>
    /// <exception cref="PrivateAddressException">There are none.</exception>
    public IPAddress[] Choose(string host, IPAddress[] found)
    {
        if (allowPrivate)
            return found;
        lock (_gate)
        {
            // A public host that all at once lies in this network has been turned against it; one that always did has not.
            if (_own.Contains(host) && found.Length > 0 && !_first.ContainsKey(host))
                _first[host] = found.Any(AddressSpace.IsPublic) ? [] : found;
            var isOwn = _own.Contains(host) && _first.TryGetValue(host, out var first) && first.Length > 0;
            var chosen = Array.FindAll(found, address => AddressSpace.IsPublic(address) || isOwn || IsOwn(address));
            return chosen.Length > 0 || found.Length == 0 ? chosen : throw new PrivateAddressException(found[0]);
        }
    }

    /// <summary>Another name of the same machine.</summary>
    private bool IsOwn(IPAddress address) => _first.Values.Any(known => known.Contains(address));

    /// <summary>A proxy of the environment is the operator's; where it leads is its own affair.</summary>
    private static bool IsProxy(SocketsHttpConnectionContext context) =>
        context.InitialRequestMessage.RequestUri is { } target
        && HttpClient.DefaultProxy.GetProxy(target) is { } proxy
        && proxy.IdnHost.Equals(context.DnsEndPoint.Host, StringComparison.OrdinalIgnoreCase)
        && proxy.Port == context.DnsEndPoint.Port
        && !HttpClient.DefaultProxy.IsBypassed(target);
}

/// <summary>The source points to an address that only this machine or this network can reach.</summary>
internal sealed class PrivateAddressException(IPAddress address)
    : Exception($"it leads to {address}, which is private and not the source's own host; Streams:…:AllowPrivate would allow it");
