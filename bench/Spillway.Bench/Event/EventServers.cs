using System.Text.Json;
using Spillway.Bench.Event.Origin;
using Spillway.Bench.Event.Store;
using Spillway.EndToEnd.Servers;
using Spillway.TestSupport;

namespace Spillway.Bench.Event;

/// <summary>
/// All that stands on the server's side, with its counters between: the published binary, the store, nginx as the edge before the store,
/// and a relay before the origin.
/// </summary>
internal sealed class EventServers : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Stack<IAsyncDisposable> _parts = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };
    private int _port;

    private EventServers() { }

    public ChildProcess Spillway { get; private set; } = null!;

    /// <summary>Between Spillway and the store.</summary>
    public FaultProxy WriterSide { get; private set; } = null!;

    /// <summary>Between the edge and the store.</summary>
    public FaultProxy EdgeSide { get; private set; } = null!;
    public NginxEdge Edge { get; private set; } = null!;
    public OriginRelay Relay { get; private set; } = null!;
    public StoredPlaylists Stored { get; private set; } = null!;

    /// <summary>The bucket's own address, past everything that counts.</summary>
    public string Bucket { get; private set; } = "";

    /// <param name="plan">For the settings.</param>
    /// <param name="source">The folder that Spillway follows.</param>
    /// <param name="folder">A folder of its own.</param>
    /// <exception cref="InvalidOperationException">Something does not start.</exception>
    public static async Task<EventServers> StartAsync(
        EventPlan plan,
        string source,
        string folder,
        CancellationToken cancellationToken
    )
    {
        var servers = new EventServers();
        try
        {
            await servers.StartPartsAsync(plan, source, folder);
            await servers.OnAirAsync(cancellationToken);
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <summary>Requests of all kinds by Spillway's own count; each call is one itself, and not yet in its own answer.</summary>
    public async Task<long> CountedBySpillwayAsync()
    {
        using var health = JsonDocument.Parse(await _http.GetStringAsync($"http://127.0.0.1:{_port}/health"));
        var origin = health.RootElement.GetProperty("origin");
        string[] kinds = ["playlists", "mediaPlaylists", "pages", "sockets", "others"];
        return kinds.Sum(kind => origin.GetProperty(kind).GetInt64());
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        while (_parts.TryPop(out var part))
            await part.DisposeAsync();
    }

    private async Task StartPartsAsync(EventPlan plan, string source, string folder)
    {
        var ceph = Own(await CephCluster.StartAsync());
        var bucket = await ceph.CreateBucketAsync();
        Bucket = bucket.PublicUrl;
        WriterSide = Own(await FaultProxy.StartAsync(ceph.Endpoint));
        EdgeSide = Own(await FaultProxy.StartAsync(ceph.Endpoint));
        Stored = new StoredPlaylists($"/{bucket.Name}".Length);
        WriterSide.Answered = Stored.Note;
        Edge = Own(
            await NginxEdge.StartAsync(Path.Combine(folder, "edge"), $"{Origin(EdgeSide)}/{bucket.Name}", fetchesOnce: true)
        );
        _port = FreePort.Next();
        Relay = Own(new OriginRelay(_port));
        var data = Path.Combine(folder, "data");
        Directory.CreateDirectory(data);
        var settings = new Dictionary<string, string>(ceph.Settings(bucket, WriterSide.Address, Edge.PublicUrl))
        {
            ["SPILLWAY__SERVER__PUBLICURL"] = $"http://127.0.0.1:{Relay.Port}",
            ["SPILLWAY__AUDIENCE__AFTER"] = FormattableString.Invariant($"{plan.ReportsAfter.TotalSeconds}s"),
        };
        string[] arguments = ["serve", "--source", source, "--data", data, "--port", FormattableString.Invariant($"{_port}")];
        Spillway = Own(ChildProcess.Start(Repository.Binary, arguments, folder, settings));
    }

    /// <summary>
    /// Until there is something to play and the page is in the bucket. Before its first start nobody is invited: the edge would keep the
    /// 404 of who comes too early.
    /// </summary>
    private async Task OnAirAsync(CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (Spillway.HasExited || TimeProvider.System.GetElapsedTime(start) > s_patience)
                throw new InvalidOperationException($"Nothing is on air. Spillway wrote:\n{Spillway.Output}");
            try
            {
                using var health = JsonDocument.Parse(
                    await _http.GetStringAsync($"http://127.0.0.1:{_port}/health", cancellationToken)
                );
                if (
                    health.RootElement.GetProperty("manifestChunks").GetInt32() >= 3
                    && await IsThereAsync("watch/index.html", cancellationToken)
                )
                    return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
            await Task.Delay(200, cancellationToken);
        }
    }

    /// <summary>Asked at the bucket itself.</summary>
    private async Task<bool> IsThereAsync(string key, CancellationToken cancellationToken)
    {
        using var answer = await _http.GetAsync($"{Bucket}/{key}", cancellationToken);
        return answer.IsSuccessStatusCode;
    }

    private static string Origin(FaultProxy proxy) => proxy.Address.ToString().TrimEnd('/');

    private T Own<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Push(part);
        return part;
    }
}
