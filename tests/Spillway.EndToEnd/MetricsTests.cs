using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Spillway.EndToEnd.Servers;
using Spillway.TestSupport;
using Encoder = Spillway.EndToEnd.Sources.Encoder;

namespace Spillway.EndToEnd;

/// <summary>A real Prometheus scrapes the real binary: what <c>deploy/</c> gives operators is quiet when all is well, and tells when not.</summary>
[Collection(Lanes.Servers)]
public sealed partial class MetricsTests : EndToEndTest
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(25);

    private static string Deploy => Path.Combine(RepositoryFolder.Path, "deploy");

    [Fact(Timeout = 120_000)]
    public async Task A_healthy_show_fires_nothing_fills_the_dashboard_and_a_killed_source_is_an_alert()
    {
        var source = Own(Encoder.OfFolder(Path.Combine(Folder, "source"), seconds: 1));
        source.Start();
        var server = await ServeAsync(
            source.Source,
            new Dictionary<string, string> { ["SPILLWAY__STREAMS__LIVE__SLATE"] = "none" }
        );
        var rules = await File.ReadAllTextAsync(Path.Combine(Deploy, "prometheus", "spillway.rules.yml"));
        var prometheus = Own(
            await PrometheusServer.StartAsync(Path.Combine(Folder, "prometheus"), Wait().Replace(rules, "for: 1s"), server.Port)
        );
        await server.ListsAsync(3, TimeSpan.FromSeconds(20));
        using var viewer = await ReportAsync(server.Port);

        await Until.TrueAsync(
            async () => (await prometheus.QueryAsync("spillway_stream_state{kind=\"live\"} == 1")).Count == 1,
            s_patience,
            () => $"it scrapes. It wrote:\n{prometheus.Log}"
        );
        foreach (var query in await DashboardAsync())
        {
            IReadOnlyDictionary<string, double> series = new Dictionary<string, double>();
            await Until.TrueAsync(
                async () => (series = await prometheus.QueryAsync(query)).Count > 0 && series.Values.Any(double.IsFinite),
                s_patience,
                () => $"the dashboard's {query} has values: {string.Join(", ", series)}"
            );
        }
        // For longer than an alert waits here.
        await Until.TrueAsync(
            async () => (await prometheus.QueryAsync("count_over_time(up[1m]) >= 16")).Count == 1,
            s_patience,
            () => $"it has scraped for four seconds. It wrote:\n{prometheus.Log}"
        );
        Assert.Empty(await prometheus.QueryAsync("max_over_time(ALERTS{alertstate=\"firing\"}[1m])"));

        await source.KillAsync();
        await FiresAsync(prometheus, "SpillwaySourceAway");
        await server.KillAsync();
        await FiresAsync(prometheus, "SpillwayDown");
    }

    private static Task FiresAsync(PrometheusServer prometheus, string alert)
    {
        IReadOnlyList<string> firing = [];
        return Until.TrueAsync(
            async () => (firing = await prometheus.FiringAsync()).Contains(alert, StringComparer.Ordinal),
            s_patience,
            () => $"{alert} fires; firing: {string.Join(", ", firing)}"
        );
    }

    /// <summary>What Grafana would ask for all streams.</summary>
    private static async Task<IReadOnlyList<string>> DashboardAsync()
    {
        using var dashboard = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Deploy, "grafana", "spillway.json")));
        var queries = dashboard
            .RootElement.GetProperty("panels")
            .EnumerateArray()
            .Where(static panel => panel.TryGetProperty("targets", out _))
            .SelectMany(static panel => panel.GetProperty("targets").EnumerateArray())
            .Select(static target =>
                target
                    .GetProperty("expr")
                    .GetString()!
                    .Replace("$__rate_interval", "10s", StringComparison.Ordinal)
                    .Replace("$stream", ".*", StringComparison.Ordinal)
            )
            .ToList();
        Assert.True(queries.Count > 30);
        return queries;
    }

    /// <summary>A viewer who reports, for what is known by reports only.</summary>
    private static async Task<ClientWebSocket> ReportAsync(int port)
    {
        const string Report =
            """{"v":1,"share":1,"session":60,"seconds":30,"played":30,"fromPeers":100000,"fromEdge":300000,"toPeers":0,"stalls":0,"stalled":0,"startUp":1,"latency":8,"rendition":"main","peers":2,"rejected":0,"banned":0,"p2p":true}""";
        var viewer = new ClientWebSocket();
        await viewer.ConnectAsync(new Uri($"ws://127.0.0.1:{port}/reports/live"), default);
        await viewer.SendAsync(Encoding.UTF8.GetBytes(Report), WebSocketMessageType.Text, endOfMessage: true, default);
        return viewer;
    }

    [GeneratedRegex(@"for: \d+[sm]")]
    private static partial Regex Wait();
}
