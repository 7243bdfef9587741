using Spillway.Sources.Hls;

namespace Spillway.Sources.Push;

/// <summary>
/// What the encoder of one stream has pushed, in memory: playlists and initialization sections as they are now, segments for
/// as long as anybody may want them. Nothing is here before its last byte was.
/// </summary>
internal sealed class PushInlet(TimeProvider time) : ISourceWatch
{
    /// <summary>Of the segments kept. Beyond it the oldest goes.</summary>
    private const long MostBytes = 128L << 20;
    private const int MostSegments = 2000;

    /// <summary>Playlists, and initialization sections.</summary>
    private const int MostOthers = 200;

    /// <summary>Of bodies on their way at one time.</summary>
    private const long MostArriving = 192L << 20;
    private const int MostBodies = 128;

    /// <summary>The pipeline has a segment some milliseconds after its playlist; it may be held up by a store that is away.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(2);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, PushedFile> _files = new(StringComparer.Ordinal);
    private readonly Queue<PushedFile> _segments = new();
    private readonly Queue<PushedFile> _others = new();
    private readonly List<WakeSignal> _sleepers = [];
    private readonly long _origin = time.GetTimestamp();
    private TaskCompletionSource _playlistCame = New();
    private long _bytes;
    private int _segmentCount;
    private long _arriving;
    private int _bodies;
    private long _version;

    public TimeSpan Now => time.GetElapsedTime(_origin);

    /// <summary>Bytes of the segments kept.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
                return _bytes;
        }
    }

    /// <summary>Rises with each playlist.</summary>
    public long Version => Interlocked.Read(ref _version);

    public IReadOnlyList<PushedFile> Playlists
    {
        get
        {
            lock (_gate)
                return [.. _files.Values.Where(static f => f.Kind == PushedKind.Playlist)];
        }
    }

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

    /// <summary>There is nothing to start: whoever is added is woken by the next playlist.</summary>
    public void Ensure() { }

    /// <summary>Takes room for a body of so many bytes; false when too much is on its way already.</summary>
    public bool TryBegin(long bytes)
    {
        lock (_gate)
        {
            if (_bodies >= MostBodies || _arriving + bytes > MostArriving)
                return false;
            _bodies++;
            _arriving += bytes;
            return true;
        }
    }

    /// <summary>A body grows beyond what was said at first.</summary>
    public bool TryGrow(long bytes)
    {
        lock (_gate)
        {
            if (_arriving + bytes > MostArriving)
                return false;
            _arriving += bytes;
            return true;
        }
    }

    /// <summary>The body has ended, or broken off; its room is free again.</summary>
    public void End(long bytes)
    {
        lock (_gate)
        {
            _bodies--;
            _arriving -= bytes;
        }
    }

    /// <summary>Takes a whole file in. Returns whether it is a new one.</summary>
    public bool Put(string path, PushedKind kind, ReadOnlyMemory<byte> bytes)
    {
        var file = new PushedFile(path, kind, bytes, Now);
        TaskCompletionSource? came = null;
        bool isNew;
        lock (_gate)
        {
            isNew = !_files.TryGetValue(path, out var old);
            if (old is not null)
                Forget(old);
            _files[path] = file;
            if (kind == PushedKind.Segment)
            {
                _segments.Enqueue(file);
                _bytes += bytes.Length;
                _segmentCount++;
            }
            else
            {
                _others.Enqueue(file);
            }
            Trim();
            if (kind == PushedKind.Playlist)
            {
                Interlocked.Increment(ref _version);
                (came, _playlistCame) = (_playlistCame, New());
                _sleepers.ForEach(static s => s.Set());
            }
        }
        came?.SetResult();
        return isNew;
    }

    public PushedFile? Find(string path)
    {
        lock (_gate)
            return _files.GetValueOrDefault(path);
    }

    /// <summary>A playlist as it is now; one that was never pushed is waited for. Null: it did not come.</summary>
    public async Task<PushedFile?> PlaylistAsync(string path, TimeSpan longest, CancellationToken ct)
    {
        var until = Now + longest;
        while (true)
        {
            Task came;
            lock (_gate)
            {
                if (_files.TryGetValue(path, out var file))
                    return file;
                came = _playlistCame.Task;
            }
            var left = until - Now;
            if (left <= TimeSpan.Zero)
                return null;
            using var done = CancellationTokenSource.CreateLinkedTokenSource(ct);
            await Task.WhenAny(came, Task.Delay(left, time, done.Token));
            await done.CancelAsync();
            ct.ThrowIfCancellationRequested();
        }
    }

    private void Trim()
    {
        while (
            _segments.TryPeek(out var oldest)
            && (!IsKept(oldest) || _bytes > MostBytes || _segmentCount > MostSegments || Now - oldest.At > Kept)
        )
        {
            _segments.Dequeue();
            if (IsKept(oldest))
            {
                Forget(oldest);
                _files.Remove(oldest.Path);
            }
        }
        // A playlist comes again and again: the queue has one entry for each time.
        while (_others.TryPeek(out var oldest) && (!IsKept(oldest) || _files.Count - _segmentCount > MostOthers))
        {
            _others.Dequeue();
            if (IsKept(oldest))
                _files.Remove(oldest.Path);
        }
    }

    private bool IsKept(PushedFile file) => ReferenceEquals(_files.GetValueOrDefault(file.Path), file);

    private void Forget(PushedFile file)
    {
        if (file.Kind != PushedKind.Segment)
            return;
        _bytes -= file.Bytes.Length;
        _segmentCount--;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
