namespace Spillway.Events;

/// <summary>
/// Keeps what goes to and fro from filling the log: some changes of one matter are told at once, what follows is gathered and told as
/// one, with its last word. Not thread-safe.
/// </summary>
internal sealed class EventDamper
{
    /// <summary>How far back it looks.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromMinutes(1);

    /// <summary>Changes of one matter told at once within <see cref="Span"/>: to and fro twice.</summary>
    public const int AtOnce = 4;

    /// <summary>What is gathered is told when nothing more has come for so long; after <see cref="Span"/> in any case.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, Matter> _matters = new(StringComparer.Ordinal);

    /// <param name="changes">New ones.</param>
    /// <param name="now">Time since any fixed moment; never goes back.</param>
    /// <returns>What is to be told now.</returns>
    public IReadOnlyList<StreamChange> Pass(IReadOnlyList<StreamChange> changes, TimeSpan now)
    {
        var told = new List<StreamChange>();
        foreach (var change in changes)
        {
            if (!_matters.TryGetValue(change.Matter, out var matter))
                _matters[change.Matter] = matter = new Matter();
            if (matter.Take(change, now))
                told.Add(change);
        }
        foreach (var matter in _matters.Values)
        {
            if (matter.Release(now) is { } held)
                told.Add(held);
        }
        return told;
    }

    private sealed class Matter
    {
        private readonly Queue<TimeSpan> _told = new();
        private StreamChange? _held;
        private long _changes;
        private long _count;
        private TimeSpan _since;
        private TimeSpan _latest;

        public bool Take(StreamChange change, TimeSpan now)
        {
            while (_told.TryPeek(out var first) && now - first >= Span)
                _told.Dequeue();
            // Gaps come in rows: the first is told at once, the rest when there are no more.
            var atOnce = change.Kind == EventKinds.Gap ? 1 : AtOnce;
            if (_held is null && _told.Count < atOnce)
            {
                _told.Enqueue(now);
                return true;
            }
            if (_held is null)
                (_since, _changes, _count) = (now, 0, 0);
            _held = change;
            _changes++;
            _count += change.Count;
            _latest = now;
            return false;
        }

        public StreamChange? Release(TimeSpan now)
        {
            if (_held is not { } held || (now - _latest < Quiet && now - _since < Span))
                return null;
            _held = null;
            _told.Enqueue(now);
            var seconds = Math.Max(1, Math.Ceiling((now - _since).TotalSeconds));
            return held with
            {
                Count = _count,
                Text =
                    held.Kind == EventKinds.Gap ? $"{_count} more segments are listed as missing, within {seconds} s."
                    : _changes > 1 ? $"{held.Text} It has changed {_changes} times within {seconds} s."
                    : held.Text,
            };
        }
    }
}
