using Spillway.EndToEnd.FirstFrame;
using Spillway.EndToEnd.Servers;
using Spillway.EndToEnd.Sources;
using Spillway.EndToEnd.Viewers;

namespace Spillway.EndToEnd.Rebuffer;

/// <summary>One stream on air behind an edge that is some way off, and those who watch it.</summary>
internal sealed class SteadyShow : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> _parts = new();

    private SteadyShow(int seconds) => Seconds = seconds;

    /// <summary>Of a segment.</summary>
    public int Seconds { get; }
    public string Page { get; private set; } = "";
    public List<Watching> Viewers { get; } = [];

    /// <param name="folder">A folder of its own.</param>
    /// <param name="seconds">Of a segment.</param>
    /// <param name="run">Says how far off the edge is.</param>
    /// <param name="liveDelay">Seconds, in place of the usual one; 0: the usual one.</param>
    public static async Task<SteadyShow> StartAsync(string folder, int seconds, BenchRun run, double liveDelay)
    {
        var show = new SteadyShow(seconds);
        try
        {
            var encoder = show.Own(Encoder.OfFolder(Path.Combine(folder, "source"), "320x180", 15, seconds));
            encoder.Start();
            var edgePort = FreePort.Next();
            var edge = show.Own(
                await NginxEdge.StartAsync(Path.Combine(folder, "edge"), $"http://127.0.0.1:{edgePort}", run.Player)
            );
            var line = show.Own(new DelayProxy(edge.Port, run.RoundTrip));
            show.Page = $"http://127.0.0.1:{line.Port}/watch/index.html";
            var settings = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["SPILLWAY__STORAGE__PUBLICURL"] = $"http://127.0.0.1:{line.Port}",
                ["SPILLWAY__TRACKER__STUN"] = "",
            };
            foreach (var (key, value) in BenchRun.LiveDelaySettings(liveDelay))
                settings[key] = value;
            var server = show.Own(
                await SpillwayProcess.StartAsync(encoder.Source, Path.Combine(folder, "data"), settings, edgePort: edgePort)
            );
            await server.ListsAsync(6, TimeSpan.FromSeconds(12 * seconds));
            return show;
        }
        catch
        {
            await show.DisposeAsync();
            throw;
        }
    }

    public async Task OpenAsync(Browser browser)
    {
        var viewer = await Watching.OpenAsync(browser, $"{Seconds} s, viewer {Viewers.Count + 1}", Page);
        Viewers.Add(viewer);
        await viewer.BeginsAsync(TimeSpan.FromSeconds(30));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var viewer in Viewers)
            await viewer.DisposeAsync();
        while (_parts.TryPop(out var part))
            await part.DisposeAsync();
    }

    private T Own<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Push(part);
        return part;
    }
}
