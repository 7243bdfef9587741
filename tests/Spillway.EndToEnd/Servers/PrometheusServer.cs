using System.Globalization;
using System.Text.Json;

namespace Spillway.EndToEnd.Servers;

/// <summary>Debian's Prometheus with our alert rules, as an operator runs it, but quicker: it scrapes every 0.25 s.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private static readonly HttpClient s_http = new(new SocketsHttpHandler { UseProxy = false })
    {
        Timeout = TimeSpan.FromSeconds(5),
    };

    private readonly ChildProcess _child;
    private readonly int _port;

    private PrometheusServer(ChildProcess child, int port) => (_child, _port) = (child, port);

    public string Log => _child.Output;

    /// <param name="folder">For its settings and its data.</param>
    /// <param name="rules">Alert rules.</param>
    /// <param name="port">Whom it scrapes, on this machine.</param>
    public static async Task<PrometheusServer> StartAsync(string folder, string rules, int port)
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "rules.yml"), rules);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "prometheus.yml"),
            $$"""
            global: { scrape_interval: 250ms, scrape_timeout: 250ms, evaluation_interval: 250ms }
            rule_files: [rules.yml]
            scrape_configs:
              - job_name: spillway
                static_configs: [{ targets: ["127.0.0.1:{{port}}"] }]
            """
        );
        var own = FreePort.Next();
        var child = ChildProcess.Start(
            "prometheus",
            [
                "--config.file=prometheus.yml",
                "--storage.tsdb.path=data",
                $"--web.listen-address=127.0.0.1:{own}",
                "--query.lookback-delta=2s",
                "--log.level=warn",
            ],
            folder
        );
        var server = new PrometheusServer(child, own);
        try
        {
            await Until.TrueAsync(
                server.IsReadyAsync,
                TimeSpan.FromSeconds(15),
                () => $"Prometheus is ready. It wrote:\n{server.Log}"
            );
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>An instant query; its answer's values by their labels, as text.</summary>
    /// <exception cref="InvalidOperationException">Prometheus does not understand it.</exception>
    public async Task<IReadOnlyDictionary<string, double>> QueryAsync(string expression)
    {
        using var answer = await s_http.GetAsync(
            $"http://127.0.0.1:{_port}/api/v1/query?query={Uri.EscapeDataString(expression)}"
        );
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        if (json.RootElement.GetProperty("status").GetString() != "success")
            throw new InvalidOperationException($"{expression}: {json.RootElement.GetProperty("error").GetString()}");
        return json
            .RootElement.GetProperty("data")
            .GetProperty("result")
            .EnumerateArray()
            .ToDictionary(
                static series => series.GetProperty("metric").GetRawText(),
                static series => double.Parse(series.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture),
                StringComparer.Ordinal
            );
    }

    /// <summary>Alerts that fire now, by name.</summary>
    public async Task<IReadOnlyList<string>> FiringAsync()
    {
        using var json = JsonDocument.Parse(await s_http.GetStringAsync($"http://127.0.0.1:{_port}/api/v1/alerts"));
        return
        [
            .. json
                .RootElement.GetProperty("data")
                .GetProperty("alerts")
                .EnumerateArray()
                .Where(static alert => alert.GetProperty("state").GetString() == "firing")
                .Select(static alert => alert.GetProperty("labels").GetProperty("alertname").GetString()!)
                .Order(StringComparer.Ordinal),
        ];
    }

    public ValueTask DisposeAsync() => _child.DisposeAsync();

    private async Task<bool> IsReadyAsync()
    {
        if (_child.HasExited)
            throw new InvalidOperationException($"Prometheus ended instead of serving. It wrote:\n{Log}");
        try
        {
            using var answer = await s_http.GetAsync($"http://127.0.0.1:{_port}/-/ready");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
