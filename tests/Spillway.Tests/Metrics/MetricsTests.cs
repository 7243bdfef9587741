using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Spillway.Audience;
using Spillway.Storage;
using Spillway.Streams;
using Spillway.TestSupport;
using Spillway.Tracker;
using AudienceMessages = Spillway.Tests.Audience.Messages;

namespace Spillway.Tests.Metrics;

/// <summary>What <c>/metrics</c> says is what the features say, and what <c>docs/metrics.md</c> says of it.</summary>
public sealed class MetricsTests(ServerOnAir onAir) : IClassFixture<ServerOnAir>
{
    /// <summary>Labels that do not grow with the audience; the last one is that of a histogram's buckets.</summary>
    private static readonly string[] s_labels = ["stream", "rendition", "way", "kind", "le"];

    private readonly RunningServer _server = onAir.Server;

    [Fact]
    public async Task It_says_what_the_features_say()
    {
        var stream = _server.Stream;
        (string, string) live = ("stream", "live");
        // Until nothing is under way: the library answers from memory for 0.3 s.
        await Until.TrueAsync(
            async () =>
                await Scrape.OfAsync(_server) is var last
                && last["spillway_publish_duration_seconds_count", live] == stream.Publishing.Report().Count
                && last["spillway_upload_objects_total", live] == stream.Uploads.Stored
                && last["spillway_rendition_last_number", live] == stream.Status.Renditions[0].LastNumber,
            () => $"what is scraped is what is: {stream.Status}"
        );
        var scrape = await Scrape.OfAsync(_server);
        Assert.Equal(1, scrape["spillway_stream_state", live, ("kind", "live")]);
        Assert.Equal(0, scrape["spillway_stream_state", live, ("kind", "slate")]);
        Assert.Equal(1, scrape["spillway_stream_writer", live]);
        Assert.Equal(0, scrape["spillway_stream_fault", live, ("kind", "store")]);
        var rendition = stream.Status.Renditions[0];
        Assert.Equal(rendition.Listed, scrape["spillway_rendition_listed", live, ("rendition", rendition.Name)]);
        Assert.Equal(rendition.LastNumber, scrape["spillway_rendition_last_number", live, ("rendition", rendition.Name)]);
        Assert.Equal(stream.Uploads.Stored, scrape["spillway_upload_objects_total", live]);
        Assert.Equal(stream.Uploads.Bytes, scrape["spillway_upload_io_bytes_total", live]);
        Assert.Equal(stream.Uploads.Stored, scrape["spillway_upload_duration_seconds_count", live, ("kind", "segment")]);
        Assert.Equal(stream.Publishing.Report().Count, scrape["spillway_publish_duration_seconds_count", live]);
        Assert.InRange(scrape["spillway_upload_load", live]!.Value, 0, 1);
        var puts = _server.Service<CountingObjectStore>().Of("live").Operations.Puts;
        Assert.InRange(scrape["spillway_store_operations_total", live, ("kind", "put")]!.Value, 1, puts);
        Assert.True(scrape["spillway_store_request_duration_seconds_count", ("kind", "put")] >= stream.Uploads.Stored);
        Assert.Equal(64_000_000, scrape["spillway_spool_limit_bytes", ("kind", "memory")]);
        Assert.Equal(1, scrape["spillway_health", ("kind", _server.Service<Health>().Report().Status)]);
        Assert.True(scrape["process_uptime_seconds"] > 0);
        Assert.True(scrape["dotnet_process_memory_working_set_bytes"] > 1_000_000);
    }

    [Fact]
    public async Task Scrapes_are_counted_apart_from_what_the_audience_costs()
    {
        var counters = _server.Service<OriginCounters>();
        var (before, requests) = (counters.Scrapes, counters.Requests);
        await Scrape.OfAsync(_server);
        Assert.Equal((before + 1, requests), (counters.Scrapes, counters.Requests));
        using var page = await _server.GetAsync("/");
        // The library answers from memory for 0.3 s.
        await Until.TrueAsync(
            async () => (await Scrape.OfAsync(_server))["spillway_origin_requests_total", ("kind", "page")] == counters.Pages,
            () => "the page is counted"
        );
    }

    [Fact]
    public async Task No_label_grows_with_the_audience()
    {
        for (var i = 0; i < 50; i++)
        {
            using var answer = await _server.GetAsync(
                $"/nothing-{i}",
                request => request.Headers.Add("User-Agent", $"viewer-{i}")
            );
        }
        var scrape = await Scrape.OfAsync(_server);
        Assert.All(
            scrape.Samples.Where(static sample => sample.Name.StartsWith("spillway_", StringComparison.Ordinal)),
            static sample => Assert.Empty(sample.Labels.Keys.Except(s_labels))
        );
        Assert.DoesNotContain(scrape.Samples, static sample => sample.Labels.ContainsKey("otel_metric_overflow"));
        Assert.InRange(scrape.Samples.Count, 100, 400);
    }

    [Fact]
    public async Task What_nobody_knows_is_not_there_and_what_viewers_report_is()
    {
        await using var server = await RunningServer.StartAsync();
        await server.GoOnAirAsync();
        var scrape = await Scrape.OfAsync(server);
        Assert.Equal(0, scrape["spillway_audience_reporters"]);
        Assert.Null(scrape["spillway_audience_viewers"]);
        Assert.Null(scrape["spillway_audience_peer_share"]);

        using (var viewer = await ReportAsync(server))
        {
            await Until.TrueAsync(
                async () => (await Scrape.OfAsync(server))["spillway_audience_viewers"] == 1,
                () => "one watches"
            );
            scrape = await Scrape.OfAsync(server);
            Assert.Equal(0.25, scrape["spillway_audience_peer_share"]);
            Assert.Equal(3_000_000, scrape["spillway_audience_io_bytes", ("way", "edge")]);
            Assert.Equal(1, scrape["spillway_audience_messages_total", ("kind", "taken")]);
            await viewer.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        }
        // It has gone, and with it what is known.
        await Until.TrueAsync(
            async () => (await Scrape.OfAsync(server))["spillway_audience_viewers"] is null,
            () => "nobody knows how many watch"
        );
    }

    [Fact]
    public async Task The_table_in_the_docs_is_what_is_scraped()
    {
        await using var server = await RunningServer.StartAsync(static options => options.Tracker.Nodes = ["t1"]);
        await server.GoOnAirAsync();
        using var viewer = await ReportAsync(server);
        await Until.TrueAsync(async () => (await Scrape.OfAsync(server))["spillway_audience_viewers"] == 1, () => "one watches");
        // For what the runtime tells only after the first of them.
        GC.Collect();
        Assert.ThrowsAny<FormatException>(static () => int.Parse("no number", CultureInfo.InvariantCulture));
        var (one, other) = (await Scrape.OfAsync(_server), await Scrape.OfAsync(server));
        var scraped = one
            .Families.Concat(other.Families)
            .DistinctBy(static pair => pair.Key)
            .OrderBy(static pair => pair.Key, StringComparer.Ordinal);
        var labels = one
            .Samples.Concat(other.Samples)
            .ToLookup(static sample => sample.Family, static sample => sample.Labels.Keys, StringComparer.Ordinal);
        var rows = scraped
            .Where(static pair => pair.Key != "target_info")
            .Select(pair =>
            {
                var names = labels[pair.Key].SelectMany(static keys => keys).Where(static key => key != "le").Distinct();
                return $"| `{pair.Key}` | {pair.Value.Type} | {string.Join(", ", names)} | {pair.Value.Help} |";
            })
            .ToList();
        var documented = File.ReadAllLines(Path.Combine(RepositoryFolder.Path, "docs", "metrics.md"))
            .Where(static line =>
                line.StartsWith("| `", StringComparison.Ordinal) && !line.StartsWith("| `Spillway", StringComparison.Ordinal)
            )
            .ToList();
        Assert.True(rows.SequenceEqual(documented, StringComparer.Ordinal), $"The table should be:\n{string.Join('\n', rows)}");
    }

    private static async Task<ClientWebSocket> ReportAsync(RunningServer server)
    {
        var audience = server.Service<AudienceServer>().Find("live")!;
        await Until.TrueAsync(() => audience.View("live").Broadcast is not null, "it knows what is on air");
        var viewer = new ClientWebSocket();
        await viewer.ConnectAsync(new Uri($"ws://127.0.0.1:{server.Port}/reports/live"), default);
        var report = Encoding.UTF8.GetBytes(AudienceMessages.Report());
        await viewer.SendAsync(report, WebSocketMessageType.Text, endOfMessage: true, default);
        return viewer;
    }
}
