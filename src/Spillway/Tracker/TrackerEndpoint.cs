using System.Net.Mime;

namespace Spillway.Tracker;

internal static class TrackerEndpoint
{
    /// <summary>Registers the tracker of the streams named; see <see cref="TrackerServer"/> for the parameters.</summary>
    public static IServiceCollection AddTracker(
        this IServiceCollection services,
        TrackerOptions options,
        IEnumerable<string> streams,
        Func<string, TrackerId, bool>? isAllowed = null
    )
    {
        services.AddSingleton(provider => new TrackerServer(
            options,
            streams,
            isAllowed,
            provider.GetService<TimeProvider>() ?? TimeProvider.System,
            provider.GetRequiredService<ILogger<TrackerServer>>()
        ));
        return services.AddHostedService(static provider => provider.GetRequiredService<TrackerServer>());
    }

    /// <summary>
    /// The WebTorrent tracker as WebSocket. Pages of any origin may use it: players are served from the edge. Unknown streams are
    /// 404, requests that are no WebSocket 426, and 503 says that all places are taken.
    /// </summary>
    public static IEndpointConventionBuilder MapTracker(
        this IEndpointRouteBuilder endpoints,
        string pattern = "/tracker/{stream}"
    )
    {
        var pipeline = endpoints.CreateApplicationBuilder();
        pipeline.UseWebSockets();
        pipeline.Run(HandleAsync);
        return endpoints.Map(pattern, pipeline.Build());
    }

    private static async Task HandleAsync(HttpContext context)
    {
        var server = context.RequestServices.GetRequiredService<TrackerServer>();
        if (context.GetRouteValue("stream") is not string stream || server.Find(stream) is not { } tracker)
        {
            await SayAsync(context, StatusCodes.Status404NotFound, "There is no such stream here.\n");
            return;
        }
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            await SayAsync(
                context,
                StatusCodes.Status426UpgradeRequired,
                "This is the WebTorrent tracker of a live stream: players connect to it by WebSocket.\n"
            );
            return;
        }
        var network = TrackerServer.NetworkOf(context.Connection.RemoteIpAddress);
        if (!server.TryAdmit(network))
        {
            context.Response.Headers.RetryAfter = "60";
            await SayAsync(context, StatusCodes.Status503ServiceUnavailable, "Too many connections.\n");
            return;
        }
        try
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync(
                new WebSocketAcceptContext
                {
                    // 20 to 300 KB a socket, and descriptions travel once.
                    DangerousEnableCompression = false,
                    KeepAliveInterval = server.Ping,
                    KeepAliveTimeout = server.Ping,
                }
            );
            var lifetime = context.RequestServices.GetRequiredService<IHostApplicationLifetime>();
            await server.ServeAsync(socket, tracker, network, lifetime.ApplicationStopping);
        }
        finally
        {
            server.Release(network);
        }
    }

    private static Task SayAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = MediaTypeNames.Text.Plain;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
