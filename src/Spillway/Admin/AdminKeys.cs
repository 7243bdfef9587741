using Spillway.Configuration;

namespace Spillway.Admin;

/// <summary>What opens the door: the token, the cookie of who has signed in, or that somebody sits at this machine.</summary>
internal sealed class AdminKeys(AdminToken token, AdminSessions sessions, GuessLimit guesses, SpillwayOptions options)
{
    public const string Cookie = "spillway-admin";

    /// <summary>Scheme, host and port by which browsers know this server, where the settings say it; null: they do not.</summary>
    public string? PublicOrigin { get; } =
        options.Server.PublicUrl.Length > 0 ? new Uri(options.Server.PublicUrl).GetLeftPart(UriPartial.Authority) : null;

    /// <summary>
    /// What a request shows. One that shows a wrong token is not asked for anything else; another scheme is for a proxy's own password.
    /// </summary>
    public Shown Find(HttpContext context)
    {
        // Two headers make one string with a comma, which no token is.
        var authorization = context.Request.Headers.Authorization.ToString();
        if (AdminToken.IsShown(authorization))
        {
            var guess = guesses.Try(context.Connection.RemoteIpAddress, () => token.Opens(authorization));
            return new Shown(guess.IsRight ? SessionState.ByToken : null, null, guess.RetryAfter);
        }
        if (context.Request.Cookies[Cookie] is { Length: > 0 } id && sessions.Find(id) is { } until)
            return new Shown(SessionState.ByCookie, until, null);
        return new Shown(options.Admin.TrustLoopback && IsLocal(context) ? SessionState.ByLoopback : null, null, null);
    }

    /// <summary>nginx, unless told otherwise, says nothing of whom it asks for, but asks by HTTP/1.0 and closes; nobody else does.</summary>
    private static bool IsLocal(HttpContext context) =>
        LoopbackRequest.Is(context)
        && !HttpProtocol.IsHttp10(context.Request.Protocol)
        && !context.Request.Headers.Connection.ToString().Contains("close", StringComparison.OrdinalIgnoreCase);

    public Guess Try(HttpContext context, string given) => guesses.Try(context.Connection.RemoteIpAddress, () => token.Is(given));
}

/// <param name="By">As in <see cref="SessionState"/>; null: nothing that opens.</param>
/// <param name="Until">When the cookie ends.</param>
/// <param name="RetryAfter">Seconds; null: what was shown was looked at.</param>
internal readonly record struct Shown(string? By, DateTimeOffset? Until, int? RetryAfter);
