using System.Text.Json;

namespace Spillway.Admin;

/// <summary>
/// Signing in and out: <c>POST /api/v1/session</c> takes the token and gives a cookie, <c>GET</c> says by what one is in,
/// <c>DELETE</c> ends the session.
/// </summary>
internal sealed partial class SessionEndpoints(
    AdminDoor door,
    AdminKeys keys,
    AdminSessions sessions,
    ILogger<SessionEndpoints> logger
)
{
    private const string Path = "/session";

    public void Map(IEndpointRouteBuilder routes)
    {
        AdminDoor.MapOpen(routes, HttpMethods.Post, Path, BeginAsync);
        door.Map(routes, HttpMethods.Get, Path, ShowAsync);
        door.Map(routes, HttpMethods.Delete, Path, EndAsync);
    }

    private async Task BeginAsync(HttpContext context)
    {
        if (await AdminDoor.ReadBodyAsync(context) is not { } body)
            return;
        if (Parse(body.Span) is not { } given)
        {
            await AdminDoor.SendErrorAsync(context, StatusCodes.Status400BadRequest, "The body must be {\"token\": \"TOKEN\"}.");
            return;
        }
        var guess = keys.Try(context, given);
        if (guess.RetryAfter is { } seconds)
        {
            await AdminDoor.SendTooManyAsync(context, seconds);
            return;
        }
        if (!guess.IsRight)
        {
            Log.Wrong(logger, context.Connection.RemoteIpAddress?.ToString() ?? "an unknown address");
            await AdminDoor.SendErrorAsync(
                context,
                StatusCodes.Status401Unauthorized,
                "This is not the admin token. It is the setting Admin:Token, else in admin-token in the data folder."
            );
            return;
        }
        var (id, until) = sessions.Begin();
        context.Response.Cookies.Append(AdminKeys.Cookie, id, Options(context, AdminSessions.Lifetime));
        await AdminDoor.SendAsync(
            context,
            StatusCodes.Status200OK,
            new SessionState(SessionState.ByCookie, until),
            SessionJson.Default.SessionState
        );
    }

    private Task ShowAsync(HttpContext context)
    {
        var shown = keys.Find(context);
        return AdminDoor.SendAsync(
            context,
            StatusCodes.Status200OK,
            new SessionState(shown.By ?? SessionState.ByToken, shown.Until),
            SessionJson.Default.SessionState
        );
    }

    private Task EndAsync(HttpContext context)
    {
        if (context.Request.Cookies[AdminKeys.Cookie] is { Length: > 0 } id)
            sessions.End(id);
        context.Response.Cookies.Append(AdminKeys.Cookie, "", Options(context, TimeSpan.Zero));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <summary>Behind a trusted proxy it is the browser's scheme that counts.</summary>
    private static CookieOptions Options(HttpContext context, TimeSpan lifetime) =>
        new()
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = context.Request.IsHttps,
            Path = "/api",
            MaxAge = lifetime,
        };

    private static string? Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, SessionJson.Default.SignIn)?.Token;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Somebody at {Address} has tried to sign in with a wrong token")]
        public static partial void Wrong(ILogger logger, string address);
    }
}
