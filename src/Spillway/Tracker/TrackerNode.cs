using Spillway.Admin;
using Spillway.Configuration;
using Spillway.Metrics;
using Spillway.Storage;
using Spillway.Tracker.Nodes;

namespace Spillway.Tracker;

/// <summary>A tracker alone: every service, then every route. Nothing of it knows of sources, segments or pages.</summary>
internal static class TrackerNode
{
    /// <param name="options">Settings, as read for a tracker.</param>
    /// <param name="open">Any stream is served, and any info hash.</param>
    /// <param name="more">Replaces services, in tests.</param>
    public static WebApplication Build(SpillwayOptions options, bool open, Action<IServiceCollection>? more = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [] });
        builder.Configuration.Sources.Clear();
        Server.AddLogging(builder, options);
        var ports = new Ports(options, isNode: true);
        ports.Listen(builder.WebHost);
        TrackerTransport.UseInline(builder.WebHost);

        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(ports);
        if (options.Storage.Bucket.Length > 0)
            services.AddSingleton<IObjectStore>(static provider => new S3ObjectStore(
                provider.GetRequiredService<SpillwayOptions>().Storage,
                provider.GetRequiredService<TimeProvider>()
            ));
        if (open)
            services.AddTracker(options.Tracker, [TrackerServer.AnyStream]);
        else
            services.AddTracker(options.Tracker, options.Streams.Keys, static (_, _) => null);
        services.AddHeartbeats(options);
        services.AddSingleton<NodeHealth>();
        // A node keeps nothing, so it makes no token of its own.
        services.AddSingleton(_ => new ReadersDoor(
            options.Admin.Token.Length > 0 ? AdminToken.Open(options) : null,
            new GuessLimit(TimeProvider.System)
        ));
        builder.AddTelemetry(options);
        more?.Invoke(services);
        services.AddRoutingCore();
        services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromSeconds(8));

        var app = builder.Build();
        ports.Of(app);
        Server.UseForwardedHeaders(app, options);
        app.UseRouting();
        app.MapTracker();
        app.Services.GetRequiredService<NodeHealth>().Map(app);
        app.MapTelemetry();
        return app;
    }
}
