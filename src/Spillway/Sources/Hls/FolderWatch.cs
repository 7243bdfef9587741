namespace Spillway.Sources.Hls;

/// <summary>
/// Wakes the followers when a playlist in the folder changes. Events are only a hint: they come twice, late, or (a network file
/// system, no inotify watches left) never, so everyone polls as well.
/// </summary>
internal sealed class FolderWatch(string folder) : ISourceWatch, IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<WakeSignal> _sleepers = [];
    private FileSystemWatcher? _watcher;

    /// <summary>Why there are no events; null while there are.</summary>
    public string? Problem { get; private set; }

    public void Add(WakeSignal sleeper)
    {
        lock (_gate)
            _sleepers.Add(sleeper);
    }

    public void Remove(WakeSignal sleeper)
    {
        lock (_gate)
            _sleepers.Remove(sleeper);
    }

    /// <summary>Starts to watch, again after the folder was away; to be called now and then.</summary>
    public void Ensure()
    {
        lock (_gate)
        {
            if (!Directory.Exists(folder))
                Stop();
            if (_watcher is not null || !Directory.Exists(folder))
                return;
            try
            {
                _watcher = new FileSystemWatcher(folder, "*.m3u8")
                {
                    IncludeSubdirectories = true,
                    NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size,
                };
                _watcher.Changed += Wake;
                _watcher.Created += Wake;
                _watcher.Renamed += Wake;
                _watcher.Error += Failed;
                _watcher.EnableRaisingEvents = true;
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
        lock (_gate)
            Stop();
    }

    private void Wake(object sender, FileSystemEventArgs change)
    {
        lock (_gate)
            _sleepers.ForEach(s => s.Set());
    }

    private void Failed(object sender, ErrorEventArgs error)
    {
        lock (_gate)
        {
            Problem = error.GetException().Message;
            Stop();
            _sleepers.ForEach(s => s.Set());
        }
    }

    private void Stop()
    {
        _watcher?.Dispose();
        _watcher = null;
    }
}
