using Spillway.Tracker;

namespace Spillway.Configuration;

/// <summary>What must hold for the tracker's settings beyond their bounds.</summary>
internal static class TrackerRules
{
    private const int MostServers = 8;

    public static void Check(TrackerOptions options, Problems problems)
    {
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
