using System.Net.Mime;
using Spillway.Storage;

namespace Spillway.Tracker;

internal static class TrackerEndpoint
{
    /// <summary>
    /// Registers the tracker of the streams named, which serves what their players announce: see <see cref="SwarmCatalog"/>. With
    /// <see cref="TrackerOptions.AnySwarm"/> it serves any hash.
    /// </summary>
    /// <param name="services">With an <see cref="IObjectStore"/>.</param>
    /// <param name="options">Settings.</param>
    /// <param name="streams">Names.</param>
    /// <param name="onAir">What this process shows on a stream; null: nothing, the bucket is asked.</param>
    public static IServiceCollection AddTracker(
        this IServiceCollection services,
        TrackerOptions options,
        IReadOnlyCollection<string> streams,
        Func<IServiceProvider, string, PublishedSwarm?> onAir
    )
    {
        services.AddSingleton(provider => new SwarmCatalog(stream => onAir(provider, stream)));
        if (options.AnySwarm)
            return services.AddTracker(options, streams);
        services.AddSingleton(provider =>
        {
            var time = provider.GetRequiredService<TimeProvider>();
            return new BucketSwarms(
                provider.GetRequiredService<IObjectStore>().Reader(time),
                streams,
                stream => onAir(provider, stream) is not null,
                provider.GetRequiredService<SwarmCatalog>(),
                time,
                provider.GetRequiredService<ILogger<BucketSwarms>>()
            );
        });
        services.AddHostedService(static provider => provider.GetRequiredService<BucketSwarms>());
        return services.AddTracker(options, streams, static provider => provider.GetRequiredService<SwarmCatalog>().IsAllowed);
    }

    /// <summary>Registers the tracker of the streams named; see <see cref="TrackerServer"/> for the parameters.</summary>
    public static IServiceCollection AddTracker(
        this IServiceCollection services,
        TrackerOptions options,
        IEnumerable<string> streams,
        Func<IServiceProvider, Func<string, TrackerId, bool>>? isAllowed = null
    )
    {
        services.AddSingleton(provider => new TrackerServer(
            options,
            streams,
            isAllowed?.Invoke(provider),
            provider.GetService<TimeProvider>() ?? TimeProvider.System,
            provider.GetRequiredService<ILogger<TrackerServer>>()
        ));
        return services.AddHostedService(static provider => provider.GetRequiredService<TrackerServer>());
    }

    /// <summary>
    /// The WebTorrent tracker as WebSocket. Pages of any origin may use it unless some are listed: players are served from the edge.
    /// Unknown streams are 404, requests that are no WebSocket 426, other origins 403, and 503 says that all places are taken.
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
        if (!server.IsAllowedOrigin(context.Request.Headers.Origin))
        {
            await SayAsync(context, StatusCodes.Status403Forbidden, "Pages of this origin may not use this tracker.\n");
            return;
        }
        // Behind a proxy it is the client's by the forwarded headers, if the proxy is one of Server:TrustedProxies.
        var place = server.PlaceOf(context.Connection.RemoteIpAddress);
        if (!server.TryAdmit(place.Address))
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
            await server.ServeAsync(socket, tracker, place, lifetime.ApplicationStopping);
        }
        finally
        {
            server.Release(place.Address);
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
