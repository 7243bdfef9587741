using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Spillway.Tests.Sources.Rtmp;

namespace Spillway.Tests.Metrics;

/// <summary>Figures and traces reach a collector (HTTP/1.1 and gRPC's HTTP/2), and a collector that is away is told of once.</summary>
public sealed class OtlpExportTests
{
    [Theory]
    [InlineData("http/protobuf", "/v1/metrics", "/v1/traces")]
    [InlineData(
        "grpc",
        "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
        "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
    )]
    public async Task Both_signals_reach_a_collector_with_the_headers_that_are_set(string protocol, string metrics, string traces)
    {
        await using var collector = await Collector.StartAsync(protocol == "grpc" ? HttpProtocols.Http2 : HttpProtocols.Http1);
        await using var server = await RunningServer.StartAsync(options =>
        {
            options.Metrics.Otlp = collector.Address;
            options.Metrics.OtlpProtocol = protocol;
            options.OtelVariables = new Dictionary<string, string>
            {
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
                ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
                ["OTEL_EXPORTER_OTLP_HEADERS"] = "x-key=a-secret",
                ["OTEL_RESOURCE_ATTRIBUTES"] = "deployment.environment.name=a-test",
            };
        });
        await server.GoOnAirAsync(segments: 4);
        await collector.GetsAsync(metrics, "spillway.upload.objects", "a-test");
        await collector.GetsAsync(traces, "spillway.segment.number", "store PUT", "listed");
        Assert.All(collector.Requests, static request => Assert.Equal("a-secret", request.Key));
    }

    [Fact]
    public async Task A_collector_that_is_away_is_told_of_once_with_the_remedy_and_once_when_it_is_back()
    {
        using var log = new RtmpHost.LogLines();
        await using var collector = await Collector.StartAsync(HttpProtocols.Http1);
        collector.Status = StatusCodes.Status400BadRequest;
        await using var server = await RunningServer.StartAsync(
            options =>
                options.OtelVariables = new Dictionary<string, string>
                {
                    ["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"] = $"{collector.Address}/in",
                    ["OTEL_EXPORTER_OTLP_METRICS_PROTOCOL"] = "http/protobuf",
                    ["OTEL_METRIC_EXPORT_INTERVAL"] = "100",
                },
            services => services.AddLogging(logging => logging.AddProvider(log))
        );
        await Until.TrueAsync(() => collector.Requests.Count >= 3, "it is tried again");
        var said = Assert.Single(log.Of(LogLevel.Warning), static line => line.Contains("collector", StringComparison.Ordinal));
        Assert.Contains(
            $"The metrics cannot be sent to the collector at {collector.Address}/in, and are tried again: it answered 400.",
            said,
            StringComparison.Ordinal
        );
        Assert.Contains("OTEL_EXPORTER_OTLP_ENDPOINT", said, StringComparison.Ordinal);
        collector.Status = StatusCodes.Status200OK;
        await Until.TrueAsync(
            () =>
                log.Of(LogLevel.Information)
                    .Any(static line => line.Contains("are sent to the collector again", StringComparison.Ordinal)),
            "it is said that it works again"
        );
    }

    private sealed class Collector(WebApplication app) : IAsyncDisposable
    {
        public ConcurrentQueue<(string Path, string Key, string Body)> Requests { get; } = [];

        public string Address => app.Urls.Single();

        public int Status { get; set; } = StatusCodes.Status200OK;

        public static async Task<Collector> StartAsync(HttpProtocols protocols)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel =>
                kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = protocols)
            );
            var collector = new Collector(builder.Build());
            await collector.RunAsync();
            return collector;
        }

        public Task GetsAsync(string path, params string[] texts) =>
            Until.TrueAsync(
                () =>
                {
                    var bodies = Requests.Where(request => request.Path == path).Select(static request => request.Body).ToList();
                    return texts.All(text => bodies.Any(body => body.Contains(text, StringComparison.Ordinal)));
                },
                () =>
                    $"{path} got {string.Join(", ", texts)}; there were {string.Join(", ", Requests.Select(r => r.Path).Distinct())}"
            );

        public ValueTask DisposeAsync() => app.DisposeAsync();

        private Task RunAsync()
        {
            app.Run(async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                Requests.Enqueue(
                    (context.Request.Path, context.Request.Headers["x-key"].ToString(), Encoding.Latin1.GetString(body.ToArray()))
                );
                context.Response.StatusCode = Status;
                if (context.Request.Protocol != "HTTP/2")
                    return;
                // An empty message, framed, and the status after it.
                context.Response.ContentType = "application/grpc";
                await context.Response.Body.WriteAsync(new byte[5]);
                context.Response.AppendTrailer("grpc-status", "0");
            });
            return app.StartAsync();
        }
    }
}
