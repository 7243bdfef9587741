using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Spillway.Storage;
using Spillway.Tracker.WebSockets;

namespace Spillway.Tracker;

internal static class TrackerEndpoint
{
    private const string WhatThisIs = "This is the WebTorrent tracker of a live stream: players connect to it by WebSocket.";

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
        return services.AddTracker(options, streams, static provider => provider.GetRequiredService<BucketSwarms>().IsAllowed);
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
    /// The WebTorrent tracker as WebSocket over HTTP/1.1. Pages of any origin may use it unless some are listed: players are served
    /// from the edge. Unknown streams are 404, requests that are no WebSocket 426, other origins 403, and 503 says that all places
    /// are taken.
    /// </summary>
    public static IEndpointConventionBuilder MapTracker(
        this IEndpointRouteBuilder endpoints,
        string pattern = "/tracker/{stream}"
    )
    {
        // Once, and not for each request: what a request looks up stays in memory as long as its socket.
        var server = endpoints.ServiceProvider.GetRequiredService<TrackerServer>();
        endpoints
            .ServiceProvider.GetRequiredService<IHostApplicationLifetime>()
            .ApplicationStopping.UnsafeRegister(static server => ((TrackerServer)server!).CloseAll(), server);
        return endpoints.Map(pattern, context => HandleAsync(context, server));
    }

    private static Task HandleAsync(HttpContext context, TrackerServer server)
    {
        if (context.GetRouteValue("stream") is not string stream || server.Find(stream) is not { } tracker)
            return WebSocketRefusal.SayAsync(context, StatusCodes.Status404NotFound, "There is no such stream here.\n");
        if (WebSocketHandshake.Problem(context, WhatThisIs) is var (status, text))
            return WebSocketRefusal.SayAsync(context, status, text);
        if (!server.Origins.Allow(context.Request.Headers.Origin))
            return WebSocketRefusal.SayAsync(
                context,
                StatusCodes.Status403Forbidden,
                "Pages of this origin may not use this tracker.\n"
            );
        // Behind a proxy it is the client's by the forwarded headers, if the proxy is one of Server:TrustedProxies.
        var place = server.PlaceOf(context.Connection.RemoteIpAddress);
        if (!server.TryAdmit(place.Address))
        {
            context.Response.Headers.RetryAfter = "60";
            return WebSocketRefusal.SayAsync(context, StatusCodes.Status503ServiceUnavailable, "Too many connections.\n");
        }
        return ServeAsync(context, server, tracker, place);
    }

    private static async Task ServeAsync(HttpContext context, TrackerServer server, StreamTracker tracker, NetworkPlace place)
    {
        try
        {
            var transport = await WebSocketHandshake.AcceptAsync(context);
            var lifetime = context.Features.GetRequiredFeature<IConnectionLifetimeFeature>();
            context.Request.Headers.Clear();
            await server.ServeAsync(transport, lifetime.Abort, tracker, place);
        }
        finally
        {
            server.Release(place.Address);
        }
    }
}
