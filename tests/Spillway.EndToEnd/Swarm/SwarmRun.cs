using System.Diagnostics;
using Spillway.EndToEnd.Servers;
using Spillway.EndToEnd.Sources;
using Spillway.EndToEnd.Viewers;

namespace Spillway.EndToEnd.Swarm;

/// <summary>
/// A stream on air behind an edge of its own, and viewers in one Chromium, each with a context of its own. The picture is small,
/// so that two cores carry them all.
/// </summary>
internal sealed class SwarmRun : IAsyncDisposable
{
    private static readonly TimeSpan s_sampling = TimeSpan.FromSeconds(1);

    private readonly Encoder _encoder;
    private readonly SpillwayProcess _server;
    private readonly NginxEdge _edge;
    private readonly Browser _browser;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly List<Watched> _present = [];
    private readonly List<Watched> _left = [];

    private SwarmRun(Encoder encoder, SpillwayProcess server, NginxEdge edge, Browser browser) =>
        (_encoder, _server, _edge, _browser) = (encoder, server, edge, browser);

    public TimeSpan Now => Stopwatch.GetElapsedTime(_start);

    public IReadOnlyList<Watched> Present => _present;

    /// <summary>Those who are there and those who have left.</summary>
    public IEnumerable<Watched> All => _left.Concat(_present);

    /// <summary>Added to each page before its own scripts.</summary>
    public string Script { get; init; } = "";

    /// <param name="folder">A folder of its own.</param>
    /// <param name="seconds">Of a segment.</param>
    /// <param name="script">Added to each page before its own scripts.</param>
    /// <param name="player">A folder with another build of the player page, or nothing.</param>
    /// <param name="bitRate">Of the picture.</param>
    public static async Task<SwarmRun> StartAsync(
        string folder,
        int seconds,
        string script = "",
        string player = "",
        string bitRate = "200k"
    )
    {
        var stack = new Stack<IAsyncDisposable>();
        try
        {
            var encoder = Encoder.OfFolder(Path.Combine(folder, "source"), "320x180", 15, seconds, bitRate);
            stack.Push(encoder);
            encoder.Start();
            var edgePort = FreePort.Next();
            var edge = await NginxEdge.StartAsync(Path.Combine(folder, "edge"), $"http://127.0.0.1:{edgePort}", player);
            stack.Push(edge);
            var settings = new Dictionary<string, string>
            {
                ["SPILLWAY__STORAGE__PUBLICURL"] = edge.PublicUrl,
                // As on a venue's network: nobody has to ask where it is.
                ["SPILLWAY__TRACKER__STUN"] = "",
            };
            var server = await SpillwayProcess.StartAsync(
                encoder.Source,
                Path.Combine(folder, "data"),
                settings,
                edgePort: edgePort
            );
            stack.Push(server);
            await server.ListsAsync(6, TimeSpan.FromSeconds(10 * seconds));
            return new SwarmRun(encoder, server, edge, await Browser.StartAsync()) { Script = script };
        }
        catch
        {
            while (stack.TryPop(out var part))
                await part.DisposeAsync();
            throw;
        }
    }

    /// <param name="script">In place of <see cref="Script"/>.</param>
    public async Task<Watched> OpenAsync(string? script = null)
    {
        var opened = Now;
        var viewer = await _browser.OpenAsync(
            $"{_edge.PublicUrl}/watch/index.html",
            script ?? (Script.Length > 0 ? Script : null)
        );
        var watched = new Watched(viewer, opened);
        _present.Add(watched);
        await watched.SampleAsync(Now);
        return watched;
    }

    public async Task CloseAsync(Watched who)
    {
        await who.SampleAsync(Now);
        _present.Remove(who);
        _left.Add(who);
        await who.Viewer.DisposeAsync();
    }

    /// <summary>Samples all viewers once a second.</summary>
    /// <param name="each">Called between two samples.</param>
    public async Task WatchAsync(TimeSpan length, Func<Task>? each = null)
    {
        var until = Now + length;
        while (Now < until)
        {
            await Task.WhenAll(_present.Select(who => who.SampleAsync(Now)));
            if (each is not null)
                await each();
            await Task.Delay(s_sampling, TestContext.Current.CancellationToken);
        }
        await Task.WhenAll(_present.Select(who => who.SampleAsync(Now)));
    }

    /// <summary>What the edge has given away so far.</summary>
    public EdgeCount CountAtEdge() => EdgeCount.Of(_edge.Requests);

    public async ValueTask DisposeAsync()
    {
        foreach (var who in _present)
            await who.Viewer.DisposeAsync();
        await _browser.DisposeAsync();
        await _server.DisposeAsync();
        await _edge.DisposeAsync();
        await _encoder.DisposeAsync();
    }
}
