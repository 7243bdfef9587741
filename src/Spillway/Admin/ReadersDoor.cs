namespace Spillway.Admin;

/// <summary>
/// Who may read what only tells, and changes nothing: <c>/metrics</c> and the detail of <c>/health</c>. A program on this machine may,
/// whoever shows the admin token, and everybody where a setting says so.
/// </summary>
/// <param name="token">Null: there is none, as on a tracker node where none is set.</param>
/// <param name="guesses">The same as at the operator's door: else a token could be guessed here as often as one likes.</param>
internal sealed class ReadersDoor(AdminToken? token, GuessLimit guesses)
{
    /// <param name="isPublic">What the setting says.</param>
    public bool IsOpen(HttpContext context, bool isPublic) =>
        isPublic
        || LoopbackRequest.Is(context)
        // Two headers make one string with a comma, which no token is.
        || IsToken(context, context.Request.Headers.Authorization.ToString());

    private bool IsToken(HttpContext context, string authorization) =>
        token is not null
        && AdminToken.IsShown(authorization)
        && guesses.Try(context.Connection.RemoteIpAddress, () => token.Opens(authorization)).IsRight;

    /// <param name="setting">The one that would open it to all.</param>
    public static Task RefuseAsync(HttpContext context, string setting)
    {
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"spillway\"";
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(
            "This is for the operator: ask on the machine itself by a loopback address, send the admin token as "
                + $"'Authorization: Bearer TOKEN', or open it to all with {setting}.\n"
        );
    }
}
