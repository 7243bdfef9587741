using System.Net;
using System.Text.Json;
using Spillway.TestSupport;

namespace Spillway.EndToEnd.Servers;

/// <summary>The published native binary, as an operator runs it.</summary>
internal sealed class SpillwayProcess : IAsyncDisposable
{
    private static readonly HttpClient s_http = new(new SocketsHttpHandler { UseProxy = false })
    {
        Timeout = TimeSpan.FromSeconds(5),
    };

    private readonly ChildProcess _child;

    private SpillwayProcess(ChildProcess child, int port, int edgePort) => (_child, Port, EdgePort) = (child, port, edgePort);

    /// <summary>The origin's.</summary>
    public int Port { get; }

    /// <summary>The embedded edge's; unused with a bucket.</summary>
    public int EdgePort { get; }
    public string Origin => $"http://127.0.0.1:{Port}/";
    public string Edge => $"http://127.0.0.1:{EdgePort}/";
    public string Log => _child.Output;
    public bool HasExited => _child.HasExited;
    public int Id => _child.Id;

    /// <summary>Artifacts of the repository: the binary is there, and what failed tests leave.</summary>
    public static string Artifacts { get; } = Path.Combine(RepositoryFolder.Path, "artifacts");

    /// <exception cref="InvalidOperationException">There is no published binary.</exception>
    public static string Binary
    {
        get
        {
            var path = Path.Combine(Artifacts, "publish", "spillway");
            return File.Exists(path)
                ? path
                : throw new InvalidOperationException($"There is no {path}: run 'make publish' before these tests.");
        }
    }

    /// <summary><c>spillway serve</c>, not waited for.</summary>
    /// <param name="source">A folder or an address.</param>
    /// <param name="data">The data folder; the working directory, too.</param>
    /// <param name="settings">Environment variables.</param>
    /// <param name="port">0 for any.</param>
    /// <param name="edgePort">0 for any.</param>
    public static SpillwayProcess Serve(
        string source,
        string data,
        IReadOnlyDictionary<string, string>? settings = null,
        int port = 0,
        int edgePort = 0
    )
    {
        (port, edgePort) = (port == 0 ? FreePort.Next() : port, edgePort == 0 ? FreePort.Next() : edgePort);
        Directory.CreateDirectory(data);
        string[] arguments = ["serve", "--source", source, "--port", $"{port}", "--edge-port", $"{edgePort}", "--data", data];
        return new SpillwayProcess(ChildProcess.Start(Binary, arguments, data, settings), port, edgePort);
    }

    /// <summary><c>spillway demo</c>.</summary>
    public static SpillwayProcess Demo(string data)
    {
        var (port, edgePort) = (FreePort.Next(), FreePort.Next());
        Directory.CreateDirectory(data);
        // Ctrl-C must work also where these tests run in the background, in which shells have it ignored.
        string[] arguments = ["--default-signal=INT", Binary, "demo", "--port", $"{port}", "--edge-port", $"{edgePort}"];
        return new SpillwayProcess(ChildProcess.Start("env", [.. arguments, "--data", data], data), port, edgePort);
    }

    /// <summary><c>spillway serve</c> with a settings file, once it answers.</summary>
    /// <param name="settings">All but ports and data folder.</param>
    /// <param name="data">The data folder; the working directory, too.</param>
    /// <param name="port">0 for any.</param>
    public static Task<SpillwayProcess> StartAsync(System.Text.Json.Nodes.JsonObject settings, string data, int port = 0)
    {
        var edgePort = FreePort.Next();
        port = port == 0 ? FreePort.Next() : port;
        Directory.CreateDirectory(data);
        File.WriteAllText(Path.Combine(data, "spillway.json"), settings.ToJsonString());
        string[] arguments = ["serve", "--port", $"{port}", "--edge-port", $"{edgePort}", "--data", data];
        return AnsweringAsync(new SpillwayProcess(ChildProcess.Start(Binary, arguments, data), port, edgePort));
    }

    /// <summary>As <see cref="Serve"/>, and answers already.</summary>
    public static Task<SpillwayProcess> StartAsync(
        string source,
        string data,
        IReadOnlyDictionary<string, string>? settings = null,
        int port = 0,
        int edgePort = 0
    ) => AnsweringAsync(Serve(source, data, settings, port, edgePort));

    private static async Task<SpillwayProcess> AnsweringAsync(SpillwayProcess server)
    {
        try
        {
            await server.AnswersAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until <c>/health</c> answers, whatever it says.</summary>
    public Task AnswersAsync() =>
        Until.TrueAsync(
            async () =>
            {
                if (_child.HasExited)
                    throw new InvalidOperationException($"Spillway ended instead of serving. It wrote:\n{Log}");
                return await TryHealthAsync() is not null;
            },
            TimeSpan.FromSeconds(15),
            () => $"Spillway answers. It wrote:\n{Log}"
        );

    public async Task<Health> HealthAsync() =>
        await TryHealthAsync() ?? throw new InvalidOperationException($"/health does not answer. Spillway wrote:\n{Log}");

    /// <summary>Waits until so many segments of the first rendition are listed.</summary>
    public Task<Health> ListsAsync(int segments, TimeSpan within) =>
        HealthyAsync(health => health.ManifestChunks >= segments, $"{segments} segments are listed", within);

    public async Task<Health> HealthyAsync(Func<Health, bool> condition, string what, TimeSpan within)
    {
        Health? last = null;
        await Until.TrueAsync(
            async () => (last = await TryHealthAsync()) is not null && condition(last),
            within,
            () => $"{what}. /health says {last?.Text}; Spillway wrote:\n{Log}"
        );
        return last!;
    }

    /// <summary>SIGKILL, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        _child.SendKill();
        await _child.ExitAsync(TimeSpan.FromSeconds(10));
    }

    /// <summary>It stands still, with its connections open, until <see cref="Thaw"/>.</summary>
    public void Freeze() => _child.SendStop();

    public void Thaw() => _child.SendContinue();

    /// <summary>SIGTERM; the exit code.</summary>
    public Task<int> StopAsync()
    {
        _child.SendTerminate();
        return _child.ExitAsync(TimeSpan.FromSeconds(12));
    }

    /// <summary>Ctrl-C; the exit code.</summary>
    public Task<int> InterruptAsync()
    {
        _child.SendInterrupt();
        return _child.ExitAsync(TimeSpan.FromSeconds(12));
    }

    /// <summary>For a server that ends by itself.</summary>
    public Task<int> ExitAsync(TimeSpan within) => _child.ExitAsync(within);

    public ValueTask DisposeAsync() => _child.DisposeAsync();

    /// <summary>Null: it does not answer.</summary>
    public async Task<Health?> TryHealthAsync()
    {
        try
        {
            using var answer = await s_http.GetAsync(Origin + "health");
            if (answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable))
                return null;
            var text = await answer.Content.ReadAsStringAsync();
            return JsonSerializer.Deserialize<Health>(text, JsonSerializerOptions.Web)! with { Text = text };
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }
}
