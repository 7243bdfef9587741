using System.Collections.Concurrent;
using Spillway.Configuration;

namespace Spillway.Streams;

/// <summary>
/// The address of the store's prefix as viewers see it, ending in a slash. With the embedded store and no public address
/// it is the host that the viewer asked for, on the edge's port, so that a phone on the same network plays.
/// </summary>
internal sealed class EdgeAddress(SpillwayOptions options, Func<int> edgePort)
{
    /// <summary>Whoever likes may send as many Host headers as there are names.</summary>
    private const int MostKnown = 64;

    private readonly string? _fixed =
        options.Storage.PublicUrl.Length > 0 ? $"{options.Storage.PublicUrl.TrimEnd('/')}/{Prefix(options)}" : null;

    /// <summary>By Host header, so that no request makes its address anew.</summary>
    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);

    /// <summary>The same for whoever asks; null: it follows the host that was asked for.</summary>
    public string? Fixed => _fixed;

    /// <summary>The address in logs, where there is no request.</summary>
    public string ForLog => _fixed ?? $"http://localhost:{edgePort()}/";

    /// <summary>Null when the request names no host that could be put into an address.</summary>
    public string? For(HttpRequest request)
    {
        if (_fixed is not null)
            return _fixed;
        if (request.Host.Value is not { Length: > 0 } given)
            return null;
        if (_known.TryGetValue(given, out var known))
            return known;
        var address = Of(request.Host.Host);
        if (_known.Count >= MostKnown)
            _known.Clear();
        return address is null ? null : _known[given] = address;
    }

    private string? Of(string host)
    {
        if (!IsWellFormed(host))
            return null;
        if (
            options.Server.AllowedHosts.Length > 0
            && !options.Server.AllowedHosts.Contains(host, StringComparer.OrdinalIgnoreCase)
        )
            return null;
        return $"http://{host}:{edgePort()}/";
    }

    /// <summary>The embedded store puts none before its keys.</summary>
    private static string Prefix(SpillwayOptions options) =>
        options.Storage is { Bucket.Length: > 0, Prefix.Length: > 0 } ? options.Storage.Prefix + "/" : "";

    /// <summary>An IPv6 address stands in brackets; one with a zone means nothing on another machine.</summary>
    private static bool IsWellFormed(string host) =>
        host is ['[', .. var address, ']']
            ? Uri.CheckHostName(address) == UriHostNameType.IPv6 && !address.Contains('%', StringComparison.Ordinal)
            : Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4
                && !host.Contains('_', StringComparison.Ordinal);
}
