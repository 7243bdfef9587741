using Spillway.EndToEnd.Servers;
using Spillway.TestSupport;

namespace Spillway.EndToEnd.Tracker;

/// <summary>A tracker in a process of its own: ours, or bittorrent-tracker's from its package.</summary>
internal sealed class TrackerProcess : IAsyncDisposable
{
    private readonly ChildProcess _child;

    private TrackerProcess(ChildProcess child, int port, string path) =>
        (_child, Port, Url) = (child, port, $"ws://127.0.0.1:{port}{path}");

    public int Port { get; }
    public string Url { get; }
    public bool HasExited => _child.HasExited;

    /// <summary>Where other trackers and clients are installed.</summary>
    public static string Packages
    {
        get
        {
            var folder = Path.Combine(RepositoryFolder.Path, "bench", "trackers");
            return Directory.Exists(Path.Combine(folder, "node_modules", "webtorrent"))
                ? folder
                : throw new InvalidOperationException(
                    $"The packages of {folder} are not installed: run 'make bench/trackers/node_modules'."
                );
        }
    }

    /// <summary><c>spillway tracker --open</c>, in that folder.</summary>
    public static Task<TrackerProcess> OursAsync(string folder)
    {
        var port = FreePort.Next();
        return ListeningAsync(
            ChildProcess.Start(SpillwayProcess.Binary, ["tracker", "--open", "--port", $"{port}"], folder),
            port,
            "/tracker/live"
        );
    }

    public static Task<TrackerProcess> BittorrentAsync()
    {
        var port = FreePort.Next();
        return ListeningAsync(ChildProcess.Start("node", ["bt.mjs", $"{port}"], Packages), port, "/");
    }

    public ValueTask DisposeAsync() => _child.DisposeAsync();

    private static async Task<TrackerProcess> ListeningAsync(ChildProcess child, int port, string path)
    {
        try
        {
            await Until.TrueAsync(
                () => child.HasExited || FreePort.IsTaken(port),
                TimeSpan.FromSeconds(20),
                () => $"It listens. It wrote:\n{child.Output}"
            );
            return child.HasExited
                ? throw new InvalidOperationException($"It ended instead of listening. It wrote:\n{child.Output}")
                : new TrackerProcess(child, port, path);
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }
}
