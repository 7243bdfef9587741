using System.Net;

namespace Spillway.Admin;

/// <summary>
/// Tells a request that a program on this machine has sent by itself from one that a proxy or a tunnel on this machine has passed on for
/// somebody else, or that a foreign web page made a browser here send.
/// </summary>
/// <remarks>
/// All three must hold: it comes from a loopback address, it names a loopback host (a name of another that leads here by DNS does not
/// pass), and no header says that it was passed on. A proxy that hides this <i>and</i> rewrites the Host is not told apart: whoever runs one
/// should know. It is for reading: a page of another site can still have a browser here send a request whose answer it may not read, so
/// what changes anything needs its own guard.
/// </remarks>
internal static class LoopbackRequest
{
    /// <summary>
    /// What proxies, tunnels and CDNs add: Forwarded and Via (<see href="https://www.rfc-editor.org/rfc/rfc7239"/>,
    /// <see href="https://www.rfc-editor.org/rfc/rfc9110#section-7.6.3"/>), CDN-Loop (<see href="https://www.rfc-editor.org/rfc/rfc8586"/>),
    /// and those of habit.
    /// </summary>
    private static readonly string[] Names =
    [
        "Forwarded",
        "Via",
        "CDN-Loop",
        "X-Real-IP",
        "X-Client-IP",
        "X-Cluster-Client-IP",
        "X-ProxyUser-Ip",
        "True-Client-IP",
        "Fastly-Client-IP",
        "CF-Connecting-IP",
        "CF-Connecting-IPv6",
        "CF-Ray",
        "CF-Visitor",
    ];

    /// <summary>X-Forwarded-For, -Host, -Proto and so on; X-Original-…: where ASP.NET keeps what it has taken from them.</summary>
    private static readonly string[] Prefixes = ["X-Forwarded-", "X-Original-", "X-Envoy-", "CF-Access-"];

    public static bool Is(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } from
        && IsLoopback(from)
        && IsLoopback(context.Request.Host)
        && !WasForwarded(context.Request.Headers);

    private static bool IsLoopback(IPAddress address) =>
        IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    /// <summary>localhost and the names below it (<see href="https://www.rfc-editor.org/rfc/rfc6761#section-6.3"/>), 127.0.0.0/8, [::1].</summary>
    private static bool IsLoopback(HostString host)
    {
        if (!host.HasValue)
            return false;
        var name = host.Host;
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            // Also of forms such as "127.1", which lead here as well.
            || (IPAddress.TryParse(name, out var address) && IsLoopback(address));
    }

    private static bool WasForwarded(IHeaderDictionary headers)
    {
        foreach (var (name, _) in headers)
        {
            if (
                Array.Exists(Names, known => name.Equals(known, StringComparison.OrdinalIgnoreCase))
                || Array.Exists(Prefixes, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            )
                return true;
        }
        return false;
    }
}
