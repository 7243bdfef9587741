using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spillway.Configuration;

/// <summary>What must hold for the origin's settings.</summary>
internal static class ServerRules
{
    /// <param name="options">Their server's part is put into its regular form.</param>
    /// <param name="workingDirectory">What relative paths begin from.</param>
    /// <param name="problems">Gets what is wrong.</param>
    public static void Check(SpillwayOptions options, string workingDirectory, Problems problems)
    {
        var server = options.Server;
        server.PublicUrl = server.PublicUrl.TrimEnd('/');
        if (string.IsNullOrWhiteSpace(options.Data) || options.Data.Any(char.IsControl))
            problems.Wrong("Data", options.Data, "a folder's path");
        CheckPorts(options, problems);
        CheckPublicUrl(options, problems);
        CheckCertificate(server, workingDirectory, problems);
        if (server.Certificate.Length > 0 && options.Storage.Bucket.Length == 0 && options.Storage.PublicUrl.Length == 0)
            problems.Warn(
                $"{problems.Label("Server.Certificate")} is set, but the embedded store's port has no https: browsers refuse to play from it "
                    + "on an https page. Set Storage.PublicUrl to an https address that leads there."
            );
        CheckNames(server, problems);
        PlaylistAliasRules.Check(server, problems);
        CheckLogFormat(server, problems);
    }

    /// <summary>The same for a tracker alone: it has one port and no pages.</summary>
    public static void CheckNode(SpillwayOptions options, string workingDirectory, Problems problems)
    {
        CheckCertificate(options.Server, workingDirectory, problems);
        CheckNames(options.Server, problems);
        CheckLogFormat(options.Server, problems);
    }

    private static void CheckLogFormat(ServerOptions server, Problems problems)
    {
        var format = server.LogFormat.Trim().ToLowerInvariant();
        if (format is "console" or "json")
            server.LogFormat = format;
        else
            problems.Wrong("Server.LogFormat", server.LogFormat, "console or json");
    }

    private static void CheckPorts(SpillwayOptions options, Problems problems)
    {
        const string Port = "Server.Port";
        const string EdgePort = "Server.EdgePort";
        // With a bucket there is no second port.
        var both = options.Storage.Bucket.Length == 0 && !problems.AnyWrong(Port, EdgePort, "Storage.Bucket");
        if (both && options.Server.Port != 0 && options.Server.Port == options.Server.EdgePort)
            problems.Add(
                EdgePort,
                $"{problems.Label(EdgePort)} is {options.Server.EdgePort}, as is {problems.Label(Port)}: they must differ."
            );
    }

    private static void CheckPublicUrl(SpillwayOptions options, Problems problems)
    {
        const string Path = "Server.PublicUrl";
        var url = options.Server.PublicUrl;
        // https://w3c.github.io/webappsec-mixed-content/: a page read by https may not open ws:.
        var edgeIsSecure = options.Storage.PublicUrl.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
        if (url.Length == 0)
        {
            if (edgeIsSecure && options.Server.Certificate.Length == 0)
                problems.Warn(
                    $"{problems.Label(Path)} is not set: a page at {problems.Label("Storage.PublicUrl")} cannot find the tracker, "
                        + "and its viewers share nothing. Set it to the https address of this server."
                );
            return;
        }
        if (!WebAddress.TryParse(url, out var address))
            problems.Wrong(Path, url, "an http or https address without a query, such as https://tv.example.org");
        else if (address.Scheme == Uri.UriSchemeHttp && edgeIsSecure)
            problems.Wrong(
                Path,
                url,
                $"https, as {problems.Label("Storage.PublicUrl")} is: browsers refuse a ws: tracker on an https page"
            );
    }

    private static void CheckCertificate(ServerOptions server, string workingDirectory, Problems problems)
    {
        const string Path = "Server.Certificate";
        if (server.Certificate.Length == 0)
            return;
        var file = System.IO.Path.Combine(workingDirectory, server.Certificate);
        if (!File.Exists(file))
        {
            problems.Wrong(Path, server.Certificate, "a file that exists");
            return;
        }
        try
        {
            using var certificate = X509Certificate2.CreateFromPemFile(file);
        }
        catch (CryptographicException)
        {
            problems.Wrong(Path, server.Certificate, "a PEM file with a certificate and its key, without a password");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problems.Wrong(Path, server.Certificate, "a file that can be read: check its owner and mode");
        }
    }

    private static void CheckNames(ServerOptions server, Problems problems)
    {
        foreach (var proxy in server.TrustedProxies)
            if (!IsAddress(proxy) && !IPNetwork.TryParse(proxy, out _))
                problems.Wrong("Server.TrustedProxies", proxy, "an IP address or a network, such as 127.0.0.1 or 10.0.0.0/8");
        foreach (var host in server.AllowedHosts)
            if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
                problems.Wrong("Server.AllowedHosts", host, "a host's name or address, without a port");
    }

    /// <summary>Not what the class library also takes for one: "10" and "10.1".</summary>
    private static bool IsAddress(string text) =>
        IPAddress.TryParse(text, out _) && (text.Contains(':', StringComparison.Ordinal) || text.Count(c => c == '.') == 3);
}
