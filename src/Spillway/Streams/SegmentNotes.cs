using Spillway.Timeline;

namespace Spillway.Streams;

/// <summary>
/// What became of each segment of the last minutes, for the operator to look at: the pipeline writes it down, any thread reads.
/// </summary>
internal sealed class SegmentNotes(TimeProvider time)
{
    /// <summary>Kept of each rendition.</summary>
    public const int Kept = 120;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, SortedList<long, SegmentNote>> _renditions = new(StringComparer.Ordinal);
    private readonly Queue<StoredNote> _stored = new();
    private readonly Queue<(long At, long Bytes)> _sent = new();
    private string _broadcast = "";

    /// <summary>It has its number, and is on its way to the store.</summary>
    public void Arrived(string broadcast, string rendition, TimelineEntry entry, long bytes)
    {
        lock (_gate)
        {
            if (_broadcast != broadcast)
                _renditions.Clear();
            _broadcast = broadcast;
            if (!_renditions.TryGetValue(rendition, out var notes))
                _renditions[rendition] = notes = [];
            notes[entry.Number] = new SegmentNote(
                entry.Number,
                entry.Date,
                entry.Duration,
                entry.Discontinuity,
                bytes,
                time.GetUtcNow()
            );
            if (notes.Count > Kept)
                notes.RemoveAt(0);
        }
    }

    /// <summary>The store has said yes, or it was given up.</summary>
    /// <param name="elapsed">From the first try to the answer.</param>
    /// <param name="tries">PUTs.</param>
    public void Answered(string broadcast, string rendition, long number, bool isStored, TimeSpan elapsed, int tries)
    {
        lock (_gate)
        {
            if (_broadcast != broadcast || !_renditions.TryGetValue(rendition, out var notes))
                return;
            if (!notes.TryGetValue(number, out var note))
                return;
            notes[number] = note = isStored
                ? note with
                {
                    StoredAt = time.GetUtcNow(),
                    Upload = elapsed,
                    Tries = tries,
                }
                : note with
                {
                    IsGap = true,
                };
            if (!isStored)
                return;
            _stored.Enqueue(new StoredNote(elapsed, note.Duration));
            if (_stored.Count > StoredNote.Kept)
                _stored.Dequeue();
            var now = time.GetTimestamp();
            _sent.Enqueue((now, note.Bytes));
            Forget(now);
        }
    }

    /// <summary>Of one rendition of a broadcast, by number; empty: nothing is known.</summary>
    public IReadOnlyList<SegmentNote> Of(string broadcast, string rendition)
    {
        lock (_gate)
            return _broadcast == broadcast && _renditions.TryGetValue(rendition, out var notes) ? [.. notes.Values] : [];
    }

    /// <summary>The last uploads of all renditions, the oldest first.</summary>
    public IReadOnlyList<StoredNote> Uploads
    {
        get
        {
            lock (_gate)
                return [.. _stored];
        }
    }

    /// <summary>Bytes of segments stored in the last minute.</summary>
    public long BytesOfMinute
    {
        get
        {
            lock (_gate)
            {
                Forget(time.GetTimestamp());
                return _sent.Sum(static sent => sent.Bytes);
            }
        }
    }

    private void Forget(long now)
    {
        while (_sent.TryPeek(out var first) && time.GetElapsedTime(first.At, now) > Minute)
            _sent.Dequeue();
    }
}

/// <param name="Date">PROGRAM-DATE-TIME of its start.</param>
/// <param name="ArrivedAt">By this machine's clock.</param>
internal sealed record SegmentNote(
    long Number,
    DateTimeOffset Date,
    TimeSpan Duration,
    bool Discontinuity,
    long Bytes,
    DateTimeOffset ArrivedAt
)
{
    /// <summary>By this machine's clock; null: not yet.</summary>
    public DateTimeOffset? StoredAt { get; init; }

    /// <summary>From the first try to the answer.</summary>
    public TimeSpan? Upload { get; init; }
    public int? Tries { get; init; }

    /// <summary>It was given up.</summary>
    public bool IsGap { get; init; }
}

/// <param name="Elapsed">From the first try to the answer.</param>
/// <param name="Media">How long the segment lasts.</param>
internal readonly record struct StoredNote(TimeSpan Elapsed, TimeSpan Media)
{
    public const int Kept = 30;
}
