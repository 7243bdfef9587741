namespace Spillway.Admin;

/// <summary>
/// Whether a request that changes something was made by our own page. A browser sends the cookie with whatever any page makes it
/// ask; SameSite keeps other sites out, but another port of this host is the same site.
/// </summary>
internal static class PageRequest
{
    public const string Header = "X-Spillway";
    public const string Value = "dashboard";

    /// <param name="request">Behind a trusted proxy with the scheme and host that the browser asked.</param>
    /// <param name="publicOrigin">By which browsers know this server; null: not set.</param>
    /// <returns>Why it must not be done; null: it may.</returns>
    public static string? Refusal(HttpRequest request, string? publicOrigin)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            return null;
        // No other page can send it: a browser would ask first, and nobody says yes.
        if (request.Headers[Header] != Value)
            return $"What is done with the cookie needs the header '{Header}: {Value}'; else send 'Authorization: Bearer TOKEN'.";
        return IsSameOrigin(request, publicOrigin)
            ? null
            : "This comes from a page of another origin. Behind a proxy set Server:PublicUrl, or Server:TrustedProxies.";
    }

    private static bool IsSameOrigin(HttpRequest request, string? publicOrigin)
    {
        // Browsers say it themselves, and no page can change it; but only over https, or to this machine.
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
            return site == "same-origin";
        var origin = request.Headers.Origin.ToString();
        return origin.Length > 0
            && (
                origin.Equals($"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase)
                || origin.Equals(publicOrigin, StringComparison.OrdinalIgnoreCase)
            );
    }
}
