using Spillway.Admin;
using Spillway.Configuration;
using Spillway.Streams;
using Spillway.Tracker.WebSockets;

namespace Spillway.Audience;

/// <summary><c>WS /reports/{stream}</c> for viewers, <c>GET /api/v1/streams/{stream}/audience</c> for the operator.</summary>
internal static class AudienceEndpoints
{
    /// <summary>Between pings, and how long an answer may take.</summary>
    private static readonly TimeSpan Ping = TimeSpan.FromSeconds(30);

    /// <param name="inputs">What else is known of a stream.</param>
    public static IServiceCollection AddAudience(
        this IServiceCollection services,
        Func<IServiceProvider, string, AudienceInputs> inputs
    )
    {
        services.AddSingleton(provider => new AudienceServer(
            provider.GetRequiredService<SpillwayOptions>(),
            stream => inputs(provider, stream),
            stream =>
                OriginWebSocket.Address(
                    provider.GetRequiredService<SpillwayOptions>().Server,
                    provider.GetRequiredService<Ports>().Origin,
                    $"reports/{stream}"
                ),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<AudienceServer>>()
        ));
        return services.AddHostedService(static provider => provider.GetRequiredService<AudienceServer>());
    }

    /// <summary>
    /// Pages of any origin may report unless <c>Tracker:Origins</c> lists some. Unknown streams are 404, as is everything while nobody is
    /// to report; requests that are no WebSocket 426, other origins 403, and 503 says that all places are taken.
    /// </summary>
    public static void MapAudience(this WebApplication app)
    {
        var pipeline = ((IEndpointRouteBuilder)app).CreateApplicationBuilder();
        pipeline.UseWebSockets();
        pipeline.Run(HandleAsync);
        app.Map("/reports/{stream}", pipeline.Build());
        app.Services.GetRequiredService<AdminDoor>().Map(app, HttpMethods.Get, "/streams/{stream}/audience", ShowAsync);
    }

    private static async Task HandleAsync(HttpContext context)
    {
        var server = context.RequestServices.GetRequiredService<AudienceServer>();
        if (context.GetRouteValue("stream") is not string stream || server.Find(stream) is null)
        {
            await WebSocketRefusal.SayAsync(
                context,
                StatusCodes.Status404NotFound,
                "There is no such stream here, or nobody is to report on it.\n"
            );
            return;
        }
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            await WebSocketRefusal.SayAsync(
                context,
                StatusCodes.Status426UpgradeRequired,
                "Some players report here on their playback: they connect by WebSocket.\n"
            );
            return;
        }
        if (!server.Origins.Allow(context.Request.Headers.Origin))
        {
            await WebSocketRefusal.SayAsync(
                context,
                StatusCodes.Status403Forbidden,
                "Pages of this origin may not report here.\n"
            );
            return;
        }
        // Behind a proxy it is the client's by the forwarded headers, if the proxy is one of Server:TrustedProxies.
        var address = context.Connection.RemoteIpAddress;
        if (!server.TryAdmit(stream, address))
        {
            context.Response.Headers.RetryAfter = "60";
            await WebSocketRefusal.SayAsync(context, StatusCodes.Status503ServiceUnavailable, "Enough viewers report.\n");
            return;
        }
        try
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync(
                new WebSocketAcceptContext { KeepAliveInterval = Ping, KeepAliveTimeout = Ping }
            );
            var lifetime = context.RequestServices.GetRequiredService<IHostApplicationLifetime>();
            await server.ServeAsync(socket, stream, lifetime.ApplicationStopping);
        }
        finally
        {
            server.Release(stream, address);
        }
    }

    private static async Task ShowAsync(HttpContext context)
    {
        var streams = context.RequestServices.GetRequiredService<LiveStreams>();
        if (await streams.FindAsync(context) is not { } stream)
            return;
        var server = context.RequestServices.GetRequiredService<AudienceServer>();
        if (server.Find(stream.Name) is { } audience)
            await AdminDoor.SendAsync(
                context,
                StatusCodes.Status200OK,
                audience.View(stream.Name),
                AudienceJson.Default.AudienceView
            );
        else
            await AdminDoor.SendErrorAsync(
                context,
                StatusCodes.Status404NotFound,
                "Nothing is known of the audience: Audience:Reporters is 0, so no viewer is asked to report."
            );
    }
}
