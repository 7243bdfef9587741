namespace Spillway.Sources.Hls;

/// <summary>Whether one rendition still delivers; written by its follower, read by <see cref="SourceOutput"/>.</summary>
internal sealed class RenditionPresence(TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _progress = time.GetTimestamp();
    private TimeSpan _target = TimeSpan.FromSeconds(2);
    private string? _trouble;
    private string? _barred;
    private bool _ended;
    private int _outstanding;

    /// <summary>A segment came whole, or was taken by the pipeline.</summary>
    public void Progress()
    {
        lock (_gate)
        {
            _progress = time.GetTimestamp();
            _trouble = null;
        }
    }

    /// <summary>The playlist was read.</summary>
    /// <param name="newTarget">Its target duration.</param>
    /// <param name="due">New segments to deliver.</param>
    /// <param name="hasEnded">ENDLIST is there.</param>
    /// <param name="bar">Why nothing of it can be taken (encrypted, offline clip); null: as before.</param>
    public void Listed(TimeSpan newTarget, int due, bool hasEnded, string? bar)
    {
        lock (_gate)
        {
            _target = newTarget;
            _outstanding += due;
            _ended = hasEnded;
            if (bar is not null)
                _barred = bar;
            else if (due > 0)
                _barred = null;
            if (due == 0 && !hasEnded)
                return;
            _trouble = null;
        }
    }

    public void Delivered(int count = 1)
    {
        lock (_gate)
            _outstanding -= count;
    }

    public void Failing(string reason)
    {
        lock (_gate)
            _trouble = reason;
    }

    /// <summary>Why nothing comes; null while something does or may.</summary>
    public string? Silence()
    {
        lock (_gate)
        {
            if (_outstanding == 0 && _barred is not null)
                return _barred;
            if (_outstanding == 0 && _ended)
                return SourceOutput.Ended;
            var quiet = time.GetElapsedTime(_progress);
            var patience = SourceOutput.Patience(_target);
            return quiet <= patience ? null : _trouble ?? $"no new segment for {patience.TotalSeconds:0} s";
        }
    }
}
