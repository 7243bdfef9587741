namespace Spillway.Sources;

/// <summary>
/// Wakes the followers when a playlist in the folder changes. Events are only a hint: they come twice, late, or (a network file
/// system, no inotify watches left) never, so everyone polls as well.
/// </summary>
internal sealed class FolderWatch(string folder) : IDisposable
{
    private readonly Lock gate = new();
    private readonly List<WakeSignal> sleepers = [];
    private FileSystemWatcher? watcher;

    /// <summary>Why there are no events; null while there are.</summary>
    public string? Problem { get; private set; }

    public void Add(WakeSignal sleeper)
    {
        lock (gate)
            sleepers.Add(sleeper);
    }

    public void Remove(WakeSignal sleeper)
    {
        lock (gate)
            sleepers.Remove(sleeper);
    }

    /// <summary>Starts to watch, again after the folder was away; to be called now and then.</summary>
    public void Ensure()
    {
        lock (gate)
        {
            if (!Directory.Exists(folder))
                Stop();
            if (watcher is not null || !Directory.Exists(folder))
                return;
            try
            {
                watcher = new FileSystemWatcher(folder, "*.m3u8")
                {
                    IncludeSubdirectories = true,
                    NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size,
                };
                watcher.Changed += Wake;
                watcher.Created += Wake;
                watcher.Renamed += Wake;
                watcher.Error += Failed;
                watcher.EnableRaisingEvents = true;
                Problem = null;
            }
            catch (Exception e) when (e is IOException or ArgumentException or PlatformNotSupportedException)
            {
                Stop();
                Problem = e.Message;
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
            Stop();
    }

    private void Wake(object sender, FileSystemEventArgs change)
    {
        lock (gate)
            sleepers.ForEach(s => s.Set());
    }

    private void Failed(object sender, ErrorEventArgs error)
    {
        lock (gate)
        {
            Problem = error.GetException().Message;
            Stop();
            sleepers.ForEach(s => s.Set());
        }
    }

    private void Stop()
    {
        watcher?.Dispose();
        watcher = null;
    }
}
