using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Spillway.Admin;
using Spillway.Audience;
using Spillway.Configuration;
using Spillway.Storage;
using Spillway.Streams;
using Spillway.Tracker;
using Spillway.Tracker.Nodes;

namespace Spillway.Metrics;

/// <summary><c>GET /metrics</c> in Prometheus' text, and what is sent to a collector by OTLP.</summary>
internal static class MetricsEndpoint
{
    private const string Path = "/metrics";

    /// <summary>The runtime's own: garbage collection, memory, CPU, threads.</summary>
    private const string Runtime = "System.Runtime";

    /// <summary>
    /// Not the web server's meters and activities: they would cost each socket memory and each of thousands of requests time, for
    /// figures that <see cref="OriginCounters"/> has at no cost.
    /// </summary>
    public static void AddTelemetry(this WebApplicationBuilder builder, SpillwayOptions options)
    {
        // The library reads its other variables (OTEL_METRIC_EXPORT_INTERVAL, OTEL_TRACES_SAMPLER, ...) from here.
        builder.Configuration.AddInMemoryCollection(
            options
                .OtelVariables.Where(static pair => pair.Key != OtlpTarget.Disabled)
                .ToDictionary(static pair => pair.Key, static string? (pair) => pair.Value)
        );
        var telemetry = new Telemetry();
        builder.Services.AddSingleton(_ => telemetry);
        var (metrics, traces) = (OtlpTarget.For(OtlpTarget.Metrics, options), OtlpTarget.For(OtlpTarget.Traces, options));
        var library = builder
            .Services.AddOpenTelemetry()
            .ConfigureResource(static resource =>
                resource.AddService("spillway", serviceVersion: Telemetry.Version).AddEnvironmentVariableDetector()
            )
            .WithMetrics(provider =>
            {
                provider.AddMeter(Telemetry.Name, Runtime);
                provider.AddView(instrument => Limit(instrument, telemetry.Meter, options.Streams.Count));
                // The name of the meter on each series says nothing.
                provider.AddPrometheusExporter(static exporter => exporter.ScopeInfoEnabled = false);
                if (metrics is not null)
                    provider.AddOtlpExporter("metrics", configure: null);
            });
        if (traces is not null)
            library.WithTracing(static provider => provider.AddSource(Telemetry.Name).AddOtlpExporter("traces", configure: null));
        Send(builder.Services, "metrics", metrics);
        Send(builder.Services, "traces", traces);
    }

    /// <summary>Makes the instruments of what runs in this process, and maps the path.</summary>
    public static void MapTelemetry(this WebApplication app)
    {
        CreateInstruments(app.Services);
        var door = app.Services.GetRequiredService<ReadersDoor>();
        var isPublic = app.Services.GetRequiredService<SpillwayOptions>().Admin.PublicMetrics;
        var counters = app.Services.GetService<OriginCounters>();
        app.MapPrometheusScrapingEndpoint(
            Path,
            meterProvider: null,
            branch => branch.Use(next => context => GuardAsync(context, next)),
            optionsName: null
        );

        Task GuardAsync(HttpContext context, RequestDelegate next)
        {
            context.Response.Headers.CacheControl = "no-store";
            if (!door.IsOpen(context, isPublic))
            {
                counters?.CountOther();
                return ReadersDoor.RefuseAsync(context, "Admin:PublicMetrics");
            }
            if (!HttpMethods.IsGet(context.Request.Method))
            {
                context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
                context.Response.Headers.Allow = HttpMethods.Get;
                return Task.CompletedTask;
            }
            counters?.CountScrape();
            return next(context);
        }
    }

    private static void CreateInstruments(IServiceProvider services)
    {
        var meter = services.GetRequiredService<Telemetry>().Meter;
        var options = services.GetRequiredService<SpillwayOptions>();
        var time = services.GetRequiredService<TimeProvider>();
        var nodes = services.GetService<NodeWatch>();
        ProcessInstruments.Create(meter, time);
        TrackerInstruments.Create(
            meter,
            services.GetRequiredService<TrackerServer>(),
            options.Tracker.MaxConnections,
            meetsAll: options.Tracker.Nodes.Length == 0 && options.Tracker.PublicUrl.Length == 0,
            time
        );
        if (nodes is not null)
            TrackerInstruments.CreateNodes(meter, nodes);
        // The rest is not there in a tracker alone.
        if (services.GetService<LiveStreams>() is not { } streams)
            return;
        ProcessInstruments.CreateHealth(meter, services.GetRequiredService<Health>());
        _ = new StreamInstruments(meter, streams);
        _ = new UploadInstruments(
            meter,
            streams,
            services.GetRequiredService<CountingObjectStore>(),
            services.GetRequiredService<Spool>()
        );
        _ = new AudienceInstruments(meter, streams, time);
        OriginInstruments.Create(
            meter,
            services.GetRequiredService<OriginCounters>(),
            services.GetService<EmbeddedEdge>()?.Counters
        );
    }

    /// <summary>
    /// The library sets memory aside for as many series as an instrument may have, 2,000 of each by default: megabytes. Beyond the limit
    /// they are counted together, marked <c>otel_metric_overflow</c>.
    /// </summary>
    private static MetricStreamConfiguration Limit(Instrument instrument, Meter ours, int streams) =>
        instrument.Meter == ours ? new MetricStreamConfiguration { CardinalityLimit = 32 + (32 * streams) }
        : instrument.Meter.Name == Runtime ? new MetricStreamConfiguration { CardinalityLimit = 32 }
        // Of another server in this process, as in tests.
        : MetricStreamConfiguration.Drop;

    private static void Send(IServiceCollection services, string signal, OtlpTarget? target)
    {
        if (target is null)
            return;
        services
            .AddOptions<OtlpExporterOptions>(signal)
            .Configure<ILoggerFactory>(
                (exporter, loggers) =>
                {
                    exporter.Endpoint = target.Endpoint;
                    exporter.Protocol =
                        target.Protocol == MetricsOptions.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
                    exporter.Headers = target.Headers;
                    exporter.TimeoutMilliseconds = (int)target.Timeout.TotalMilliseconds;
                    var logger = loggers.CreateLogger<Telemetry>();
                    exporter.HttpClientFactory = () => new HttpClient(new OtlpWatch(signal, logger)) { Timeout = target.Timeout };
                }
            );
    }
}
