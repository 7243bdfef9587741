using System.Text.Json;

namespace Spillway.EndToEnd.Servers;

/// <summary><c>spillway tracker</c>: the published native binary as a tracker alone.</summary>
internal sealed class TrackerProcess : IAsyncDisposable
{
    private static readonly HttpClient s_http = new(new SocketsHttpHandler { UseProxy = false })
    {
        Timeout = TimeSpan.FromSeconds(5),
    };

    private readonly ChildProcess _child;

    private TrackerProcess(ChildProcess child, string name, int port) => (_child, Name, Port) = (child, name, port);

    public string Name { get; }
    public int Port { get; }

    /// <summary>As players are led to it.</summary>
    public string Address => $"ws://127.0.0.1:{Port}";
    public string Log => _child.Output;

    /// <summary>Started, and answers already.</summary>
    /// <param name="name">The node's.</param>
    /// <param name="folder">Its working directory.</param>
    /// <param name="settings">Environment variables; the bucket's among them.</param>
    /// <param name="port">0 for any.</param>
    public static async Task<TrackerProcess> StartAsync(
        string name,
        string folder,
        IReadOnlyDictionary<string, string> settings,
        int port = 0
    )
    {
        port = port == 0 ? FreePort.Next() : port;
        Directory.CreateDirectory(folder);
        string[] arguments = ["tracker", "--port", $"{port}", "--name", name, "--public-url", $"ws://127.0.0.1:{port}"];
        var node = new TrackerProcess(ChildProcess.Start(SpillwayProcess.Binary, arguments, folder, settings), name, port);
        try
        {
            await Until.TrueAsync(
                async () =>
                    node._child.HasExited
                        ? throw new InvalidOperationException($"The node {name} ended. It wrote:\n{node.Log}")
                        : await node.TryHealthAsync() is not null,
                TimeSpan.FromSeconds(15),
                () => $"the node {name} answers. It wrote:\n{node.Log}"
            );
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    public async Task<NodeHealth> HealthAsync() =>
        await TryHealthAsync() ?? throw new InvalidOperationException($"The node {Name} does not answer. It wrote:\n{Log}");

    /// <summary>SIGKILL, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        _child.SendKill();
        await _child.ExitAsync(TimeSpan.FromSeconds(10));
    }

    /// <summary>SIGTERM; the exit code.</summary>
    public Task<int> StopAsync()
    {
        _child.SendTerminate();
        return _child.ExitAsync(TimeSpan.FromSeconds(12));
    }

    public ValueTask DisposeAsync() => _child.DisposeAsync();

    private async Task<NodeHealth?> TryHealthAsync()
    {
        try
        {
            return JsonSerializer.Deserialize<NodeHealth>(
                await s_http.GetStringAsync($"http://127.0.0.1:{Port}/health"),
                JsonSerializerOptions.Web
            );
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }
}

internal sealed record NodeHealth(
    string Status,
    string Node,
    int Connections,
    int Swarms,
    int Peers,
    long Relays,
    string? Problem
);
