using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Spillway.AdaptiveWindow;
using Spillway.Admin;
using Spillway.Audience;
using Spillway.Configuration;
using Spillway.Cost;
using Spillway.Dashboard;
using Spillway.Events;
using Spillway.Hooks;
using Spillway.Metrics;
using Spillway.Replays;
using Spillway.Reports;
using Spillway.Retention;
using Spillway.Slate;
using Spillway.Sources;
using Spillway.Sources.Push;
using Spillway.Sources.Rtmp;
using Spillway.Storage;
using Spillway.Streams;
using Spillway.Tracker;
using Spillway.Tracker.Nodes;

namespace Spillway;

/// <summary>The map: every service, then every route, in order.</summary>
internal static class Server
{
    public static WebApplication Build(SpillwayOptions options, Action<IServiceCollection>? more = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [] });
        builder.Configuration.Sources.Clear();
        AddLogging(builder, options);
        var ports = new Ports(options);
        ports.Listen(builder.WebHost);

        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(ports);
        services.AddSingleton<OriginCounters>();
        services.AddSingleton<OriginText>();
        services.AddSingleton<RequestSummary>();
        services.AddSingleton<PlayerPages>();
        services.AddSingleton(provider => new EdgeAddress(options, () => provider.GetRequiredService<Ports>().Edge));
        AddStore(services, options);
        services.AddSingleton(PublishKeys.Open(options));
        services.AddSingleton<PushInlets>();
        services.AddSingleton<PushEndpoint>();
        services.AddRtmp();
        services.AddSingleton<SourceFactory>();
        services.AddSingleton(provider => new SlateMaker(
            options.Data,
            FfmpegTool.Installed,
            provider.GetRequiredService<ILogger<SlateMaker>>()
        ));
        services.AddSingleton(_ => InstanceId.Open(options.Data));
        services.AddSingleton(provider => new Spool(
            options.Storage.SpoolMemory,
            options.Storage.Spool,
            options.Data,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<Spool>>()
        ));
        services.AddNodeWatch(options.Tracker);
        services.AddSingleton(CreateStreams);
        services.AddHostedService(static provider => provider.GetRequiredService<LiveStreams>());
        services.AddTracker(options.Tracker, options.Streams.Keys, OnAir);
        services.AddAudience(KnownOf);
        services.AddEvents();
        services.AddHooks();
        services.AddSingleton<OriginPlaylists>();
        services.AddSingleton<OriginEndpoints>();
        services.AddSingleton<Health>();
        services.AddSingleton(static provider => AdminToken.Open(provider.GetRequiredService<SpillwayOptions>()));
        services.AddSingleton<AdminSessions>();
        services.AddSingleton<GuessLimit>();
        services.AddSingleton<AdminKeys>();
        services.AddSingleton<AdminDoor>();
        services.AddSingleton(static provider => new ReadersDoor(
            provider.GetRequiredService<AdminToken>(),
            provider.GetRequiredService<GuessLimit>()
        ));
        services.AddSingleton<SessionEndpoints>();
        services.AddDashboard();
        services.AddSingleton<WindowEndpoints>();
        services.AddSingleton<SlateEndpoints>();
        services.AddSingleton<ReplayEndpoints>();
        services.AddSingleton(FfmpegTool.Installed with { Patience = ReplayExport.Patience });
        services.AddSingleton<ReplayDownload>();
        services.AddSingleton<SweepEndpoints>();
        services.AddCost(options);
        services.AddSingleton<ReportCatalogue>();
        services.AddSingleton<ReportEndpoints>();
        builder.AddTelemetry(options);
        more?.Invoke(services);
        services.AddRoutingCore();
        services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromSeconds(8));

        var app = builder.Build();
        ports.Of(app);
        UseEdge(app);
        UseForwardedHeaders(app, options);
        UsePlaylists(app);
        UseIngest(app);
        UseCounting(app);
        app.UseRouting();
        app.Services.GetRequiredService<OriginEndpoints>().Map(app, options.Server.PlaylistAliases);
        app.Services.GetRequiredService<Health>().Map(app);
        app.MapTelemetry();
        app.MapTracker();
        app.MapAudience();
        app.Services.GetRequiredService<SessionEndpoints>().Map(app);
        app.MapDashboard();
        app.Services.GetRequiredService<WindowEndpoints>().Map(app);
        app.Services.GetRequiredService<SlateEndpoints>().Map(app);
        app.Services.GetRequiredService<ReplayEndpoints>().Map(app);
        app.Services.GetRequiredService<ReplayDownload>().Map(app);
        app.Services.GetRequiredService<SweepEndpoints>().Map(app);
        app.Services.GetRequiredService<ReportEndpoints>().Map(app);
        app.Services.GetRequiredService<AdminDoor>().MapRest(app);
        return app;
    }

    public static void AddLogging(WebApplicationBuilder builder, SpillwayOptions options)
    {
        builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(LogLevel.Information);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("System", LogLevel.Warning);
        // Else each request gets an activity and a scope, for a log that says nothing of it; Kestrel logs what throws.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        if (options.Server.LogFormat == "json")
        {
            builder.Logging.AddJsonConsole(static console =>
            {
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
            });
        }
        else
        {
            builder.Logging.AddSimpleConsole(static console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "HH:mm:ss ";
            });
        }
    }

    /// <summary>The bucket that is configured, or the embedded store.</summary>
    /// <exception cref="DataFolderInUseException">Another Spillway has the folder.</exception>
    public static IObjectStore OpenStore(SpillwayOptions options, TimeProvider time) =>
        options.Storage.Bucket.Length > 0
            ? new S3ObjectStore(options.Storage, time)
            : new EmbeddedObjectStore(options.Data, time);

    /// <summary>Everybody gets the store with its counter before it.</summary>
    private static void AddStore(IServiceCollection services, SpillwayOptions options)
    {
        if (options.Storage.Bucket.Length > 0)
        {
            services.AddSingleton(static provider => new S3ObjectStore(
                provider.GetRequiredService<SpillwayOptions>().Storage,
                provider.GetRequiredService<TimeProvider>()
            ));
            services.AddSingleton(static provider => new CountingObjectStore(provider.GetRequiredService<S3ObjectStore>()));
        }
        else
        {
            services.AddSingleton(static provider => new EmbeddedObjectStore(
                provider.GetRequiredService<SpillwayOptions>().Data,
                provider.GetRequiredService<TimeProvider>()
            ));
            services.AddSingleton(static provider => new CountingObjectStore(provider.GetRequiredService<EmbeddedObjectStore>()));
            services.AddSingleton<EmbeddedEdge>();
        }
        services.AddSingleton<IObjectStore>(static provider => provider.GetRequiredService<CountingObjectStore>());
    }

    private static LiveStreams CreateStreams(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<SpillwayOptions>();
        var store = provider.GetRequiredService<IObjectStore>();
        var time = provider.GetRequiredService<TimeProvider>();
        var loggers = provider.GetRequiredService<ILoggerFactory>();
        var ports = provider.GetRequiredService<Ports>();
        var edge = provider.GetRequiredService<EdgeAddress>();
        var slates = provider.GetRequiredService<SlateMaker>();
        var instance = provider.GetRequiredService<InstanceId>().Value;
        var spool = provider.GetRequiredService<Spool>();
        var audience = provider.GetRequiredService<AudienceServer>();
        var settings = new PlayerSettings(
            stream => provider.GetService<NodeWatch>().TrackersOf(options, ports.Origin, stream),
            options.Tracker.Stun,
            key => edge.ForLog + key
        );
        var streams = options.Streams.ToDictionary(
            static pair => pair.Key,
            pair => new LiveStream(
                pair.Key,
                pair.Value,
                store,
                conditional: !options.Storage.SingleWriter,
                settings with
                {
                    Audience = audience,
                },
                time,
                loggers.CreateLogger<LiveStream>(),
                slates,
                instance,
                new StreamSweeps(pair.Key == options.DefaultStream ? provider.GetRequiredService<PlayerPages>().Names : null),
                CreateReports(provider, pair.Key),
                spool
            ),
            StringComparer.Ordinal
        );
        return new LiveStreams(
            streams,
            options.DefaultStream,
            provider.GetRequiredService<SourceFactory>(),
            provider.GetRequiredService<PlayerPages>(),
            store,
            time,
            loggers
        );
    }

    private static StreamReports CreateReports(IServiceProvider provider, string stream)
    {
        var options = provider.GetRequiredService<SpillwayOptions>();
        var origin = provider.GetRequiredService<OriginCounters>();
        var edge = provider.GetService<EmbeddedEdge>()?.Counters;
        var tracker = provider.GetRequiredService<TrackerServer>();
        return new StreamReports(
            provider.GetRequiredService<CountingObjectStore>().Of(stream),
            () => new TrafficReport(origin.Requests, origin.Bytes),
            edge is null ? null : () => new TrafficReport(edge.Total.Requests, edge.Total.Bytes),
            options.Streams[stream].P2P ? () => tracker.CountPeers(stream) : null,
            options.Storage.Bucket.Length > 0 ? options.Cost.List.Find(options.Storage.Endpoint) : null,
            broadcast => provider.GetRequiredService<AudienceServer>().Find(stream)?.Of(broadcast)
        );
    }

    /// <summary>For the tracker: what players of a stream are shown.</summary>
    private static PublishedSwarm? OnAir(IServiceProvider provider, string stream) =>
        provider.GetRequiredService<LiveStreams>().Find(stream)?.OnAir is { } broadcast
            ? new PublishedSwarm($"{stream}/{broadcast.Id}/live", broadcast.ToMultivariant(static _ => "").Variants)
            : null;

    /// <summary>For the audience: what else is known of a stream.</summary>
    private static AudienceInputs KnownOf(IServiceProvider provider, string stream)
    {
        var broadcast = provider.GetRequiredService<LiveStreams>().Find(stream)?.OnAir;
        var options = provider.GetRequiredService<SpillwayOptions>().Tracker;
        return new AudienceInputs(
            // With trackers elsewhere this one meets only those who do not reach them.
            options.Nodes.Length > 0
            || options.PublicUrl.Length > 0
                ? null
                : provider.GetRequiredService<TrackerServer>().CountViewers(stream),
            broadcast?.Id,
            broadcast?.Renditions.Max(static rendition => (double?)rendition.Format.Bandwidth)
        );
    }

    /// <summary>The embedded store's port stands for the edge: nothing of the origin answers there.</summary>
    private static void UseEdge(WebApplication app)
    {
        if (app.Services.GetService<EmbeddedEdge>() is { } edge)
            app.MapWhen(static context => Ports.IsEdge(context), branch => branch.Run(edge.HandleAsync));
    }

    /// <summary>Before all that is done for other requests: these may come by the hundred in a second.</summary>
    private static void UsePlaylists(WebApplication app)
    {
        var playlists = app.Services.GetRequiredService<OriginPlaylists>();
        app.Use(next => context => playlists.TryAnswer(context, out var answer) ? answer : next(context));
    }

    /// <summary>Before the counting, which is of viewers' requests, and before routing, which would change addresses.</summary>
    private static void UseIngest(WebApplication app)
    {
        var endpoint = app.Services.GetRequiredService<PushEndpoint>();
        app.MapWhen(PushEndpoint.IsMeant, branch => branch.Run(endpoint.HandleAsync));
    }

    public static void UseForwardedHeaders(WebApplication app, SpillwayOptions options)
    {
        if (options.Server.TrustedProxies.Length == 0)
            return;
        var forwarded = new ForwardedHeadersOptions
        {
            ForwardedHeaders =
                ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
        };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var proxy in options.Server.TrustedProxies)
        {
            if (IPAddress.TryParse(proxy, out var address))
                forwarded.KnownProxies.Add(address);
            else
                forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
        }
        app.UseForwardedHeaders(forwarded);
    }

    private static void UseCounting(WebApplication app)
    {
        var counters = app.Services.GetRequiredService<OriginCounters>();
        app.Use(
            async (context, next) =>
            {
                if (
                    context.Request.Path.StartsWithSegments("/tracker", StringComparison.Ordinal)
                    || context.Request.Path.StartsWithSegments("/reports", StringComparison.Ordinal)
                )
                {
                    // Before the answer: a socket's request ends with the socket.
                    counters.CountSocket();
                    await next(context);
                    return;
                }
                await next(context);
                if (context.GetEndpoint() is null || context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal))
                    counters.CountOther();
            }
        );
    }
}
