namespace Spillway.Dashboard;

/// <summary>
/// What pages of this server may do (Content Security Policy Level 3): nothing that was not built into them. No script stands in a
/// page itself, so none is allowed there.
/// </summary>
internal static class PagePolicy
{
    /// <summary>All of it comes from here, and nobody else shows it in a frame: a switch must not be pressed by accident.</summary>
    public const string Dashboard =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>
    /// The player page as this server shows it: its scripts come from the edge, its workers are made of a part of them. Its elements carry
    /// their own styles, and its logo may be anywhere. It may be shown in any frame.
    /// </summary>
    /// <param name="edge">The edge's address.</param>
    /// <param name="fallback">Where <c>?direct</c> plays from, which may lead anywhere; empty: nowhere.</param>
    public static string Player(string edge, string fallback)
    {
        var (from, direct) = (Source(edge), fallback.Length > 0 ? " *" : "");
        return $"default-src 'none'; script-src {from}; style-src {from} 'unsafe-inline'; img-src * data: blob:; "
            // Trackers come and go, and those who report do so at this server, whatever it is called: any, but sockets only.
            + $"connect-src 'self' {from}{direct} ws: wss:; media-src {from}{direct} blob:; worker-src {from} blob:; "
            + $"manifest-src {from}; base-uri {from}; form-action 'none'";
    }

    /// <summary>Scheme, host and port. An IPv6 address cannot be named in a policy: then it is the scheme alone.</summary>
    public static string Source(string address)
    {
        var uri = new Uri(address);
        return uri.HostNameType == UriHostNameType.IPv6 ? uri.Scheme + ":" : uri.GetLeftPart(UriPartial.Authority);
    }
}
