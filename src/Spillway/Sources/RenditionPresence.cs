namespace Spillway.Sources;

/// <summary>Whether one rendition still delivers; written by its follower, read by <see cref="SourceOutput"/>.</summary>
internal sealed class RenditionPresence(TimeProvider time)
{
    private readonly Lock gate = new();
    private long progress = time.GetTimestamp();
    private TimeSpan target = TimeSpan.FromSeconds(2);
    private string? trouble;
    private string? barred;
    private bool ended;
    private int outstanding;

    /// <summary>A segment came whole, or was taken by the pipeline.</summary>
    public void Progress()
    {
        lock (gate)
        {
            progress = time.GetTimestamp();
            trouble = null;
        }
    }

    /// <summary>The playlist was read.</summary>
    /// <param name="newTarget">Its target duration.</param>
    /// <param name="due">New segments to deliver.</param>
    /// <param name="hasEnded">ENDLIST is there.</param>
    /// <param name="bar">Why nothing of it can be taken (encrypted, offline clip); null: as before.</param>
    public void Listed(TimeSpan newTarget, int due, bool hasEnded, string? bar)
    {
        lock (gate)
        {
            target = newTarget;
            outstanding += due;
            ended = hasEnded;
            if (bar is not null)
                barred = bar;
            else if (due > 0)
                barred = null;
            if (due == 0 && !hasEnded)
                return;
            trouble = null;
        }
    }

    public void Delivered(int count = 1)
    {
        lock (gate)
            outstanding -= count;
    }

    public void Failing(string reason)
    {
        lock (gate)
            trouble = reason;
    }

    /// <summary>Why nothing comes; null while something does or may.</summary>
    public string? Silence()
    {
        lock (gate)
        {
            if (outstanding == 0 && barred is not null)
                return barred;
            if (outstanding == 0 && ended)
                return SourceOutput.Ended;
            var quiet = time.GetElapsedTime(progress);
            var patience = SourceOutput.Patience(target);
            return quiet <= patience ? null : trouble ?? $"no new segment for {patience.TotalSeconds:0} s";
        }
    }
}
