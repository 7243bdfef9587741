using Spillway.Configuration;

namespace Spillway.Streams;

/// <summary>
/// The address of the store's prefix as viewers see it, ending in a slash. With the embedded store and no public address
/// it is the host that the viewer asked for, on the edge's port, so that a phone on the same network plays.
/// </summary>
internal sealed class EdgeAddress(SpillwayOptions options, Func<int> edgePort)
{
    /// <summary>The address in logs, where there is no request.</summary>
    public string ForLog => Fixed ?? $"http://localhost:{edgePort()}/";

    private string? Fixed => options.Storage.PublicUrl.Length > 0 ? $"{options.Storage.PublicUrl.TrimEnd('/')}/{Prefix}" : null;

    /// <summary>The embedded store puts none before its keys.</summary>
    private string Prefix => options.Storage is { Bucket.Length: > 0, Prefix.Length: > 0 } ? options.Storage.Prefix + "/" : "";

    /// <summary>Null when the request names no host that could be put into an address.</summary>
    public string? For(HttpRequest request)
    {
        if (Fixed is { } address)
            return address;
        var host = request.Host.Host;
        if (!IsWellFormed(host))
            return null;
        if (
            options.Server.AllowedHosts.Length > 0
            && !options.Server.AllowedHosts.Contains(host, StringComparer.OrdinalIgnoreCase)
        )
            return null;
        return $"http://{host}:{edgePort()}/";
    }

    /// <summary>An IPv6 address stands in brackets; one with a zone means nothing on another machine.</summary>
    private static bool IsWellFormed(string host) =>
        host is ['[', .. var address, ']']
            ? Uri.CheckHostName(address) == UriHostNameType.IPv6 && !address.Contains('%', StringComparison.Ordinal)
            : Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4
                && !host.Contains('_', StringComparison.Ordinal);
}
