using Spillway.EndToEnd.FirstFrame;
using Spillway.EndToEnd.Servers;
using Spillway.EndToEnd.Sources;
using Spillway.EndToEnd.Viewers;
using Spillway.TestSupport;

namespace Spillway.EndToEnd.Rebuffer;

/// <summary>
/// One source, and two ways from it to viewers who are some way off: Spillway with a bucket, an edge and a tracker node, and beside it the source's own
/// files with plain hls.js. Each part of both can be made to fail.
/// </summary>
internal sealed class Stage : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(40);

    private readonly Stack<IAsyncDisposable> _parts = new();
    private readonly Dictionary<string, string> _settings = new(StringComparer.Ordinal);
    private readonly string _folder;

    private Stage(string folder) => _folder = folder;

    public required OwncastSource Source { get; init; }
    public required CephBucket Bucket { get; init; }

    /// <summary>Between the store and everybody who uses it: the servers and the edge.</summary>
    public required FaultProxy Store { get; init; }

    /// <summary>From the viewers to the edge.</summary>
    public DelayProxy Line { get; private set; } = null!;

    /// <summary>From the viewers of plain hls.js to the source's own files.</summary>
    public DelayProxy PlainLine { get; private set; } = null!;
    public TrackerProcess Node { get; private set; } = null!;

    /// <summary>In the order of their start.</summary>
    public List<SpillwayProcess> Servers { get; } = [];

    public string Page => $"http://127.0.0.1:{Line.Port}/watch/index.html";
    public string PlainPage => $"http://127.0.0.1:{PlainLine.Port}/plain/plain.html";

    /// <param name="folder">Of the test.</param>
    /// <param name="run">Says how far off viewers are.</param>
    /// <param name="servers">On one bucket: one, or two of which one waits.</param>
    /// <param name="more">Settings of the servers.</param>
    public static async Task<Stage> StartAsync(
        string folder,
        BenchRun run,
        int servers,
        IReadOnlyDictionary<string, string>? more = null
    )
    {
        var ceph = await CephCluster.SharedAsync();
        var stage = new Stage(folder)
        {
            Source = await OwncastSource.CreateAsync(Path.Combine(folder, "owncast")),
            Bucket = await ceph.CreateBucketAsync(),
            Store = await FaultProxy.StartAsync(ceph.Endpoint),
        };
        stage.Own(stage.Store);
        stage.Own(stage.Source);
        try
        {
            await stage.BeginAsync(ceph, run, servers, more);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>As an Owncast that is restarted: killed, away for so long, and on air again with new names and numbers.</summary>
    public async Task RestartSourceAsync(TimeSpan away)
    {
        await Source.KillAsync();
        await Task.Delay(away, TestContext.Current.CancellationToken);
        Source.Start();
    }

    /// <summary>The tracker is killed, and comes back where it was.</summary>
    public async Task RestartTrackerAsync(TimeSpan away)
    {
        await Node.KillAsync();
        await Task.Delay(away, TestContext.Current.CancellationToken);
        Node = Own(await TrackerProcess.StartAsync(Node.Name, Path.Combine(_folder, "node"), _settings, Node.Port));
    }

    public async ValueTask DisposeAsync()
    {
        while (_parts.TryPop(out var part))
            await part.DisposeAsync();
    }

    private async Task BeginAsync(CephCluster ceph, BenchRun run, int servers, IReadOnlyDictionary<string, string>? more)
    {
        Source.Start();
        var edge = Own(await NginxEdge.StartAsync(Path.Combine(_folder, "edge"), $"{Store.Address}{Bucket.Name}", run.Player));
        Line = Own(new DelayProxy(edge.Port, run.RoundTrip));
        var plain = Own(await OwncastServer.StartAsync(Path.Combine(_folder, "owncast-server"), Source.Folder));
        PlainLine = Own(new DelayProxy(plain.Port, run.RoundTrip));

        foreach (var (key, value) in ceph.Settings(Bucket, Store.Address, $"http://127.0.0.1:{Line.Port}"))
            _settings[key] = value;
        _settings["SPILLWAY__TRACKER__STUN"] = "";
        _settings["SPILLWAY__TRACKER__HEARTBEAT"] = "5s";
        _settings["SPILLWAY__TRACKER__NODES"] = "t1";
        foreach (var (key, value) in BenchRun.LiveDelaySettings(run.LiveDelays[0]))
            _settings[key] = value;
        foreach (var (key, value) in more ?? new Dictionary<string, string>())
            _settings[key] = value;
        Node = Own(await TrackerProcess.StartAsync("t1", Path.Combine(_folder, "node"), _settings));
        for (var server = 1; server <= servers; server++)
        {
            var data = Path.Combine(_folder, $"data-{server}");
            Servers.Add(Own(await SpillwayProcess.StartAsync(Source.Folder, data, _settings)));
            // The first one is to be the writer.
            await Servers[0].ListsAsync(6, s_patience);
        }
        if (servers > 1)
            await Servers[1].HealthyAsync(static health => health.Stream.IsStandby, "the second one waits", s_patience);
    }

    private T Own<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Push(part);
        return part;
    }
}
