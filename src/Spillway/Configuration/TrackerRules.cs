using Spillway.Tracker;

namespace Spillway.Configuration;

/// <summary>What must hold for the tracker's settings beyond their bounds.</summary>
internal static class TrackerRules
{
    private const int MostServers = 8;

    /// <summary>Each is read every few seconds.</summary>
    private const int MostNodes = 64;

    public static void Check(SpillwayOptions all, Problems problems)
    {
        var options = all.Tracker;
        foreach (var server in options.Stun)
            if (!IsStun(server))
                problems.Wrong("Tracker.Stun", server, "a STUN server, such as stun:stun.example.org:3478");
        if (options.Stun.Length > MostServers)
            problems.Add(
                "Tracker.Stun",
                $"{problems.Label("Tracker.Stun")} holds {options.Stun.Length} servers: at most {MostServers} are of use to a browser."
            );
        foreach (var origin in options.Origins)
            if (!IsOrigin(origin))
                problems.Wrong(
                    "Tracker.Origins",
                    origin,
                    "a page's origin, such as https://tv.example.org: no path and no slash at its end"
                );
        foreach (var item in options.Networks)
            if (ListedNetworks.TryParse(item) is null)
                problems.Wrong("Tracker.Networks", item, "a network such as 10.20.0.0/16, or several separated by spaces");
        CheckNames(options, problems);
        CheckPublicUrl(all, problems);
        if (options.Nodes.Length > 0 && all.Storage.Bucket.Length == 0 && !problems.AnyWrong("Storage.Bucket"))
            problems.Add(
                "Tracker.Nodes",
                $"{problems.Label("Tracker.Nodes")} is set, but Storage.Bucket is not: nodes show in a bucket that they live. Set one, or no nodes."
            );
    }

    /// <summary>What must hold for a tracker alone. Its name is worked out where it is not set.</summary>
    /// <param name="all">Settings.</param>
    /// <param name="open">Any stream is served.</param>
    /// <param name="problems">Gets what is wrong.</param>
    public static void CheckNode(SpillwayOptions all, bool open, Problems problems)
    {
        var options = all.Tracker;
        if (problems.AnyWrong("Storage.Bucket", "Tracker.Node", "Tracker.PublicUrl"))
            return;
        var hasBucket = all.Storage.Bucket.Length > 0;
        if (!hasBucket && !open && !options.AnySwarm)
            problems.Add(
                "Storage.Bucket",
                "Storage.Bucket is not set: a tracker alone learns from the bucket which swarms its streams have. Give it the same Storage "
                    + "as the server of these streams, or --open to serve any swarm."
            );
        if (options.PublicUrl.Length == 0)
        {
            if (hasBucket)
                problems.Warn(
                    "Tracker.PublicUrl is not set: nobody is led to this node. Give the address at which players reach it, such as "
                        + "--public-url wss://t1.example.org"
                );
            if (options.Node.Length == 0)
                options.Node = "tracker";
            return;
        }
        if (!hasBucket)
            problems.Warn(
                $"{problems.Label("Tracker.PublicUrl")} is set, but Storage.Bucket is not: a server cannot lead its players here, since it "
                    + "learns from the bucket that a node lives."
            );
        if (options.Node.Length > 0)
            return;
        var host = new Uri(options.PublicUrl).IdnHost.ToLowerInvariant();
        var first = host.Split('.')[0];
        if (Uri.CheckHostName(host) == UriHostNameType.Dns && StreamName.IsWellFormed(first))
            options.Node = first;
        else
            problems.Add(
                "Tracker.Node",
                $"Tracker.Node is not set, and {Shown.Value(options.PublicUrl)} begins with no name: give one with --name, such as t1."
            );
    }

    private static void CheckNames(TrackerOptions options, Problems problems)
    {
        if (options.Node.Length > 0 && !StreamName.IsWellFormed(options.Node))
            problems.Wrong("Tracker.Node", options.Node, StreamName.Expected);
        foreach (var node in options.Nodes)
            if (!StreamName.IsWellFormed(node))
                problems.Wrong("Tracker.Nodes", node, $"the name of a tracker node: {StreamName.Expected}");
        if (options.Nodes.Length > MostNodes)
            problems.Add(
                "Tracker.Nodes",
                $"{problems.Label("Tracker.Nodes")} holds {options.Nodes.Length} nodes: at most {MostNodes} are looked after."
            );
        else if (options.Nodes.Distinct(StringComparer.Ordinal).Count() < options.Nodes.Length)
            problems.Add("Tracker.Nodes", $"{problems.Label("Tracker.Nodes")} names a node twice: each has a name of its own.");
    }

    private static void CheckPublicUrl(SpillwayOptions all, Problems problems)
    {
        const string Path = "Tracker.PublicUrl";
        var url = all.Tracker.PublicUrl = all.Tracker.PublicUrl.TrimEnd('/');
        if (url.Length == 0)
            return;
        if (!WebAddress.IsWebSocket(url))
            problems.Wrong(Path, url, "a ws or wss address without a query, such as wss://t1.example.org");
        // https://w3c.github.io/webappsec-mixed-content/: a page read by https may not open ws:.
        else if (
            url.StartsWith("ws:", StringComparison.OrdinalIgnoreCase)
            && all.Storage.PublicUrl.StartsWith("https:", StringComparison.OrdinalIgnoreCase)
        )
            problems.Wrong(
                Path,
                url,
                $"wss, as {problems.Label("Storage.PublicUrl")} is https: browsers refuse a ws: tracker on an https page"
            );
    }

    /// <summary>As browsers write it, so that it can be compared as text: https://www.rfc-editor.org/rfc/rfc6454#section-6.2</summary>
    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp)
        && string.Equals(address.GetLeftPart(UriPartial.Authority), text, StringComparison.OrdinalIgnoreCase)
        && address.UserInfo.Length == 0;

    /// <summary>https://www.rfc-editor.org/rfc/rfc7064#section-3.1: a scheme, a host and perhaps a port, without slashes.</summary>
    private static bool IsStun(string server)
    {
        var colon = server.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || server[..colon] is not ("stun" or "stuns") || server.AsSpan(colon).IndexOfAny("/?#@ ") >= 0)
            return false;
        return Uri.TryCreate($"http://{server[(colon + 1)..]}/", UriKind.Absolute, out var address)
            && address.Port > 0
            && Uri.CheckHostName(address.Host.Trim('[', ']')) != UriHostNameType.Unknown;
    }
}
