using Spillway.Storage;

namespace Spillway.Retention;

/// <param name="Key">To be deleted.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Reason">Why, in words; the same for all of a kind.</param>
internal readonly record struct Doomed(string Key, long Size, string Reason);

/// <summary>
/// What may be deleted, worked out from one LIST and what was read after it. Pure. What is in doubt stays: a key must be old, no
/// playlist that counts may name it, and its broadcast must have ended, or its number must lie before the window and its grace.
/// </summary>
internal sealed class SweepPlan
{
    /// <summary>Nothing younger is ever deleted, and between a broadcast's playlists and its segments passes so much, too.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromHours(1);

    /// <summary>Reports are small, and are what <c>/api/v1</c> lists.</summary>
    public static readonly TimeSpan ReportAge = TimeSpan.FromDays(30);

    /// <summary>Between the note of a removal and the end of the deleting it stands for.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    private readonly SweepListing _listing;
    private readonly SweepView _view;
    private readonly IReadOnlySet<string> _inUse;

    /// <summary>Ages are counted up to then, so that nothing is thought older than it is.</summary>
    private readonly DateTimeOffset _now;

    /// <summary>Waiting is counted from then, so that nothing is thought to wait longer than it does.</summary>
    private readonly DateTimeOffset _read;
    private readonly Dictionary<string, Removal> _removed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WindowMark> _windows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _slates = new(StringComparer.Ordinal);

    private SweepPlan(
        SweepListing listing,
        SweepView view,
        IReadOnlySet<string> inUse,
        DateTimeOffset now,
        DateTimeOffset read
    ) => (_listing, _view, _inUse, _now, _read) = (listing, view, inUse, now, read);

    /// <summary>Go first, those that name other playlists before the others.</summary>
    public List<Doomed> Playlists { get; } = [];

    public List<Doomed> Media { get; } = [];

    /// <summary>By the slate's hash, since one may come into use again until the last moment.</summary>
    public List<(string Hash, Doomed Key)> Slates { get; } = [];

    /// <summary>Broadcasts whose playlists go now.</summary>
    public List<string> Removing { get; } = [];

    /// <summary>When more can be deleted than now; null: nothing is waiting.</summary>
    public DateTimeOffset? More { get; private set; }

    public SweepMemory Memory => _view.Memory with { Removed = _removed, Windows = _windows, Slates = _slates };

    /// <param name="listing">The LIST.</param>
    /// <param name="view">What was read after it.</param>
    /// <param name="inUse">Broadcasts that the writer works on, named or not.</param>
    /// <param name="isSlateInUse">Slates that the writer may list at any time.</param>
    /// <param name="now">The store's time, at or before the LIST.</param>
    /// <param name="read">The store's time, at or after the last playlist was read.</param>
    public static SweepPlan Make(
        SweepListing listing,
        SweepView view,
        IReadOnlySet<string> inUse,
        Func<string, bool> isSlateInUse,
        DateTimeOffset now,
        DateTimeOffset read
    )
    {
        var plan = new SweepPlan(listing, view, inUse, now, read);
        foreach (var broadcast in listing.Broadcasts.Values)
            plan.Consider(broadcast);
        plan.ConsiderSlates(isSlateInUse);
        plan.Playlists.Sort(static (one, other) => Depth(one).CompareTo(Depth(other)));
        return plan;

        static int Depth(Doomed doomed) => doomed.Key.Count(static c => c == '/');
    }

    private void Consider(ListedBroadcast broadcast)
    {
        // Also kept only because the list of replays cannot be read now: what was noted still holds.
        if (_view.IsKept(broadcast.Id))
            Remember(broadcast.Id);
        else if (_view.OnAir.Contains(broadcast.Id))
            ConsiderOnAir(broadcast);
        else if (_inUse.Contains(broadcast.Id))
            Remember(broadcast.Id);
        else if (_view.Unreadable.Contains(broadcast.Id))
            Remember(broadcast.Id);
        else if (broadcast.Playlists.Count + broadcast.Media.Count > 0)
            ConsiderEnded(broadcast);
        else if (broadcast.Report is { } report && IsOld(report, ReportAge))
            Media.Add(new Doomed(report.Key, report.Size, "reports older than 30 days"));
    }

    /// <summary>
    /// Only what had left the window when an earlier sweep looked, and that was at least the grace ago: how long a segment has
    /// been out of it is then known, however fast or slowly the window moved. A replay that is on its way names what it needs;
    /// it was read after the window, so that nothing is in neither. An initialization section may be listed again.
    /// </summary>
    private void ConsiderOnAir(ListedBroadcast broadcast)
    {
        foreach (var media in broadcast.Media.GroupBy(static m => m.Key.Rendition!, StringComparer.Ordinal))
        {
            var name = $"{broadcast.Id}/{media.Key}";
            var mark = _view.Memory.Windows.GetValueOrDefault(name);
            if (!_view.Windows.TryGetValue(name, out var window) || _view.Unreadable.Contains(broadcast.Id))
            {
                if (mark is not null)
                    _windows[name] = mark;
                continue;
            }
            var seconds = Math.Max(mark?.Seconds ?? 0, window.Duration.TotalSeconds);
            // What came in a burst makes a window longer for a moment.
            var grace = TimeSpan.FromSeconds(1.25 * seconds + window.TargetDuration);
            var hold = grace > Age ? grace : Age;
            if (mark is not null && mark.First > window.First)
                mark = null;
            if (mark is not null && _now - mark.At < hold)
            {
                _windows[name] = mark with { Seconds = seconds };
                if (media.Any(m => m.Key.Number < mark.First))
                    NoteMore(mark.At + hold);
                continue;
            }
            _windows[name] = new WindowMark(_read, window.First, seconds);
            foreach (var (key, entry) in media)
            {
                if (mark is not null && key.Number < mark.First && IsOld(entry, Age) && !_view.Named.Contains(entry.Key))
                    Media.Add(new Doomed(entry.Key, entry.Size, "segments before the window on air"));
                else if (key.Number < window.First && !_view.Named.Contains(entry.Key))
                    NoteMore(_read + hold);
            }
        }
    }

    /// <summary>
    /// Its playlists, then, no sooner than an hour after and no sooner than whoever plays one of them is through (RFC 8216
    /// 6.2.1), all else. That a broadcast is old is told by its newest object, so that also one that nobody knows of is safe
    /// while it is written.
    /// </summary>
    private void ConsiderEnded(ListedBroadcast broadcast)
    {
        var known = _view.Memory.Removed.GetValueOrDefault(broadcast.Id);
        if (_now - broadcast.Newest <= Age)
        {
            NoteMore(broadcast.Newest + Age);
            Remember(broadcast.Id);
            return;
        }
        if (broadcast.Playlists.Count > 0)
        {
            var longest = _view.LongestOf(broadcast.Id);
            var until = _read + (longest > Age ? longest : Age) + Margin;
            // Longer ones may have gone in a sweep that was broken off.
            _removed[broadcast.Id] = new Removal(_read, known is not null && known.Until > until ? known.Until : until);
            Removing.Add(broadcast.Id);
            foreach (var (key, entry) in broadcast.Playlists)
                Playlists.Add(
                    new Doomed(
                        entry.Key,
                        entry.Size,
                        key.Kind == SweepKind.LivePlaylist
                            ? "live playlists of ended broadcasts"
                            : "replay playlists that are not kept"
                    )
                );
            NoteMore(_removed[broadcast.Id].Until);
            return;
        }
        if (known is null || _now < known.Until)
        {
            _removed[broadcast.Id] = known ?? new Removal(_read, _read + Age + Margin);
            NoteMore(_removed[broadcast.Id].Until);
            return;
        }
        // Remembered until a LIST shows that they are gone.
        _removed[broadcast.Id] = known;
        foreach (var (_, entry) in broadcast.Media)
        {
            if (!_view.Named.Contains(entry.Key))
                Media.Add(new Doomed(entry.Key, entry.Size, "segments of ended broadcasts"));
        }
    }

    /// <summary>
    /// When one left the last playlist that listed it is not known, only that it had by now: it stays for as long as the longest
    /// playlist there may have been. It is used as a whole: where one of its files is listed, others may follow.
    /// </summary>
    private void ConsiderSlates(Func<string, bool> isInUse)
    {
        if (_view.SlatesAreUnknown)
            return;
        var marks = _view
            .Memory.Windows.Values.Concat(_windows.Values)
            .Select(static mark => mark.Seconds)
            .DefaultIfEmpty()
            .Max();
        var seconds = Math.Max(_view.Longest.TotalSeconds, marks);
        var grace = TimeSpan.FromSeconds(1.25 * seconds) + Margin;
        var until = _read + (grace > Age ? grace : Age);
        foreach (var removal in _view.Memory.Removed.Values.Where(removal => removal.Until > until))
            until = removal.Until;
        foreach (var (hash, files) in _listing.Slates)
        {
            if (isInUse(hash) || files.Exists(file => !IsOld(file, Age) || _view.Named.Contains(file.Key)))
                continue;
            _slates[hash] = _view.Memory.Slates.GetValueOrDefault(hash, until);
            if (_now < _slates[hash])
                NoteMore(_slates[hash]);
            else
                Slates.AddRange(files.Select(file => (hash, new Doomed(file.Key, file.Size, "slates that nothing names"))));
        }
    }

    private void Remember(string broadcast)
    {
        if (_view.Memory.Removed.TryGetValue(broadcast, out var removal))
            _removed[broadcast] = removal;
    }

    private bool IsOld(ObjectEntry entry, TimeSpan age) => _now - entry.LastModified > age;

    private void NoteMore(DateTimeOffset at)
    {
        if (More is null || at < More)
            More = at;
    }
}
