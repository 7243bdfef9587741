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

    private string? Fixed =>
        options.Storage.PublicUrl.Length > 0
            ? $"{options.Storage.PublicUrl.TrimEnd('/')}/{(options.Storage.Prefix.Length > 0 ? options.Storage.Prefix + "/" : "")}"
            : null;

    /// <summary>Null when the request names no host that could be put into an address.</summary>
    public string? For(HttpRequest request)
    {
        if (Fixed is { } address)
            return address;
        var host = request.Host.Host;
        if (Uri.CheckHostName(host.Trim('[', ']')) == UriHostNameType.Unknown || host.Contains('_', StringComparison.Ordinal))
            return null;
        if (
            options.Server.AllowedHosts.Length > 0
            && !options.Server.AllowedHosts.Contains(host, StringComparer.OrdinalIgnoreCase)
        )
            return null;
        return $"http://{host}:{edgePort()}/";
    }
}
