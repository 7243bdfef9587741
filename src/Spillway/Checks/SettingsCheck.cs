using System.Net;
using System.Net.Sockets;
using Spillway.Configuration;

namespace Spillway.Checks;

/// <summary>What can be told of the settings without asking anybody.</summary>
internal static class SettingsCheck
{
    private const string Https = "https:";

    /// <summary>Settings with which nothing starts.</summary>
    public static void OfErrors(ConfigurationResult settings, FindingList findings)
    {
        foreach (var error in settings.Errors)
            findings.Add(SettingsFindings.Wrong, error);
        OfWarnings(settings, findings, isR2Dev: false);
    }

    public static void Run(ConfigurationResult settings, SpillwayOptions options, FindingList findings)
    {
        var isR2Dev = HostOf(options.Storage.PublicUrl)?.EndsWith(".r2.dev", StringComparison.OrdinalIgnoreCase) == true;
        findings.Add(SettingsFindings.Read, string.Join("; ", ConfigurationSummary.Lines(options)) + ".");
        OfWarnings(settings, findings, isR2Dev);
        if (isR2Dev)
            findings.Add(SettingsFindings.R2Dev, $"Storage.PublicUrl is {options.Storage.PublicUrl}.");
        OfMixedContent(options, findings);
        var server = options.Server;
        if (IsHttps(server.PublicUrl) && server.Certificate.Length == 0 && server.TrustedProxies.Length == 0)
            findings.Add(
                SettingsFindings.ProxyNotTrusted,
                $"Server.PublicUrl is {server.PublicUrl}, and Spillway itself has no certificate: there is a proxy or a tunnel in front "
                    + "of it, and Server.TrustedProxies is empty."
            );
        foreach (
            var (name, url) in (ReadOnlySpan<(string, string)>)
                [("Storage.PublicUrl", options.Storage.PublicUrl), ("Server.PublicUrl", server.PublicUrl)]
        )
            if (IsLocal(HostOf(url)))
                findings.Add(SettingsFindings.LocalAddress, $"{name} is {url}.");
        if (options.Storage.SingleWriter)
            findings.Add(SettingsFindings.SingleWriter, "Storage.SingleWriter is true.");
        if (options.Storage.Bucket.Length == 0)
            findings.Add(SettingsFindings.Embedded, "No bucket is set: segments are kept in the data folder.");
    }

    private static void OfWarnings(ConfigurationResult settings, FindingList findings, bool isR2Dev)
    {
        foreach (var warning in settings.Warnings)
            // It has a finding of its own.
            if (!isR2Dev || !warning.Contains("r2.dev", StringComparison.Ordinal))
                findings.Add(SettingsFindings.Doubtful, warning);
    }

    /// <summary>https://w3c.github.io/webappsec-mixed-content/: the server's page reads all it shows from the edge.</summary>
    private static void OfMixedContent(SpillwayOptions options, FindingList findings)
    {
        if (!IsHttps(options.Server.PublicUrl) || IsHttps(options.Storage.PublicUrl))
            return;
        findings.Add(
            SettingsFindings.MixedContent,
            options.Storage.PublicUrl.Length > 0
                ? $"Server.PublicUrl is {options.Server.PublicUrl}, and Storage.PublicUrl is {options.Storage.PublicUrl}."
                : $"Server.PublicUrl is {options.Server.PublicUrl}, and the embedded store's port {options.Server.EdgePort} has no https."
        );
    }

    private static bool IsHttps(string url) => url.StartsWith(Https, StringComparison.OrdinalIgnoreCase);

    private static string? HostOf(string url) => Uri.TryCreate(url, UriKind.Absolute, out var address) ? address.Host : null;

    /// <summary>Loopback, link-local, and networks of one's own (RFC 1918, RFC 4193).</summary>
    private static bool IsLocal(string? host)
    {
        if (host is null)
            return false;
        if (!IPAddress.TryParse(host.Trim('[', ']'), out var address))
            return host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
                || host.EndsWith(".local", StringComparison.OrdinalIgnoreCase);
        if (IPAddress.IsLoopback(address))
            return true;
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
            return address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal;
        return address.GetAddressBytes() is [10, ..] or [172, >= 16 and < 32, ..] or [192, 168, ..] or [169, 254, ..];
    }
}
