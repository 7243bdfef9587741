using Spillway.Playlists;

namespace Spillway.Timeline;

/// <summary>The numbered entries of one rendition in one broadcast. Pure state: no clock, no I/O; owned by <see cref="BroadcastTimeline"/>.</summary>
internal sealed class RenditionTimeline(string name, long firstNumber)
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(10);

    private readonly List<TimelineEntry> _entries = [];
    private TimeSpan? _lateSince;
    private TimeSpan _lastLateAt;
    private int _settled;
    private long _unlistedFrom = long.MaxValue;
    private string? _inForce;
    private string? _ofTheShow;

    public string Name { get; } = name;

    /// <summary>The number the next entry gets.</summary>
    public long NextNumber { get; private set; } = firstNumber;

    /// <summary>Where it is; with <see cref="End"/> its position in the broadcast. Null before the first entry.</summary>
    public TimelineSection? Section { get; private set; }

    /// <summary>It is in <see cref="Section"/>, and nothing of it is there yet: the next entry has its DISCONTINUITY.</summary>
    public bool HasJustEntered { get; private set; }

    /// <summary>Date of the end of the last entry: the next begins there or later. Null before the first.</summary>
    public DateTimeOffset? End { get; private set; }

    /// <summary>When (monotonic) the last entry was added.</summary>
    public TimeSpan LastAddedAt { get; private set; }

    /// <summary>The last entries are filler: what they stand for, if for anything, comes too late.</summary>
    public bool IsFilled { get; set; }

    /// <summary>The line its last media was on.</summary>
    public MediaLine? Line { get; private set; }

    /// <summary>The source's run of the last media.</summary>
    public int? Run { get; private set; }

    /// <summary>The time stamp at which the next segment is expected.</summary>
    public TimeSpan? ExpectedTimestamp { get; set; }

    /// <summary>Where its time stamps wrap.</summary>
    public TimeSpan? Modulus { get; private set; }

    /// <summary>Index of the section of its last listed media; -1 for none.</summary>
    public int LastMediaSection { get; private set; } = -1;

    /// <summary>Its last media is fragmented MP4; null while it has brought none.</summary>
    public bool? HasInitializationSections { get; private set; }

    /// <summary>What the source has told to be missing at the start of a run that has brought nothing yet.</summary>
    public (int Run, TimeSpan Duration)? MissedAhead { get; set; }

    public IReadOnlyList<TimelineEntry> Entries => _entries;

    /// <summary>Entries that may be listed: all up to the first whose upload is not answered.</summary>
    public int ListableCount
    {
        get
        {
            // A window may have thousands, and what is settled stays so.
            var pending = _entries.FindIndex(_settled, static entry => entry.State == EntryState.Pending);
            return pending < 0 ? _entries.Count : pending;
        }
    }

    /// <summary>
    /// The store has acknowledged a playlist up to a number. What is behind it stays in the window, however long the store takes
    /// none: no player can have seen it.
    /// </summary>
    public void NoteListed(long end, TimeSpan now)
    {
        var first = NextNumber - _entries.Count;
        for (var number = Math.Max(first, _unlistedFrom); number < Math.Min(end, NextNumber); number++)
            _entries[(int)(number - first)].ListableSince = now;
        _unlistedFrom = end;
    }

    /// <summary>The number after the last that may be listed.</summary>
    public long ListableEnd => NextNumber - _entries.Count + ListableCount;

    /// <summary>Takes out what has been listed.</summary>
    public void ForgetListed()
    {
        _entries.RemoveRange(0, _settled);
        _settled = 0;
    }

    public bool HasPending => ListableCount < _entries.Count;

    public void Begin(TimelineSection section, DateTimeOffset date) => (Section, End) = (section, date);

    public void Enter(TimelineSection section) => (Section, HasJustEntered) = (section, true);

    /// <summary>Media has come, on that line; whether listed or too late, the next is expected behind it.</summary>
    public void Bring(MediaPiece piece, MediaLine line)
    {
        (Line, Run, Modulus) = (line, piece.Run, piece.Modulus);
        ExpectedTimestamp = piece.Timestamp + piece.Duration;
        HasInitializationSections = piece.InitializationSection is not null;
        MissedAhead = null;
    }

    /// <summary>It goes on on a line that another rendition has: from this time stamp on.</summary>
    public void Adopt(MediaPiece piece, MediaLine line, TimeSpan? expected)
    {
        (Line, Run, Modulus) = (line, piece.Run, piece.Modulus);
        ExpectedTimestamp = expected;
    }

    /// <summary>It is where an earlier writer has brought it, that long ago.</summary>
    public void Resume(
        IReadOnlyList<TimelineEntry> published,
        Func<long, TimelineSection?> sectionOf,
        TimeSpan now,
        TimeSpan silence
    )
    {
        _entries.AddRange(published);
        _settled = published.Count;
        foreach (var entry in published)
            entry.ListableSince = now - silence;
        var last = published[^1];
        (Section, End, NextNumber) = (sectionOf(last.DiscontinuitySequence), last.End, last.Number + 1);
        (LastAddedAt, LastMediaAt) = (now, now);
        IsFilled = last.IsSlate || last.State == EntryState.Gap;
        var media = published.LastOrDefault(static entry => entry is { IsSlate: false, State: EntryState.Stored });
        LastMediaSection = media is null ? 0 : sectionOf(media.DiscontinuitySequence)!.Index;
        HasInitializationSections =
            published.Any(static entry => entry.InitializationSection is not null) ? true
            : published.Any(static entry => entry.State == EntryState.Stored) ? false
            : null;
        _inForce = last.InitializationSection;
        // A gap at a DISCONTINUITY has the show's, too; one inside the slate has the slate's.
        var show = media ?? published.LastOrDefault(static entry => entry is { State: EntryState.Gap, Discontinuity: true });
        _ofTheShow = show?.InitializationSection ?? _inForce;
    }

    /// <summary>A segment came too late.</summary>
    public void NoteLate(TimeSpan now) => (_lateSince, _lastLateAt) = (LateFor(now) == TimeSpan.Zero ? now : _lateSince, now);

    /// <summary>For how long segments have come, and all of them too late. One burst of them is nothing.</summary>
    public TimeSpan LateFor(TimeSpan now) =>
        _lateSince is { } since && now - _lastLateAt < LongestSilence ? now - since : TimeSpan.Zero;

    /// <summary>When (monotonic) its last media was listed.</summary>
    public TimeSpan LastMediaAt { get; private set; }

    /// <summary>Its last entry is media: time goes on from there.</summary>
    public void NoteMedia(TimeSpan now) =>
        (IsFilled, _lateSince, LastMediaSection, LastMediaAt) = (false, null, Section!.Index, now);

    public TimelineEntry Add(Func<long, TimelineEntry> make, TimeSpan now)
    {
        var entry = make(NextNumber);
        NextNumber++;
        _entries.Add(entry);
        End = entry.End;
        LastAddedAt = now;
        HasJustEntered = false;
        return entry;
    }

    /// <summary>
    /// The window: the shortest tail of what may be listed with at least this many segments and this much time, and with all
    /// that players may not have seen yet when much came at once. Entries before it are forgotten. It never grows at its head
    /// again.
    /// </summary>
    public IReadOnlyList<TimelineEntry> Window(WindowLimits limits, TimeSpan now)
    {
        var listable = ListableCount;
        Settle(listable, now);
        var first = listable;
        var total = TimeSpan.Zero;
        while (first > 0 && Belongs(_entries[first - 1], listable - first))
            total += _entries[--first].Duration;
        _entries.RemoveRange(0, first);
        _settled -= first;
        return _entries.GetRange(0, listable - first);

        bool Belongs(TimelineEntry entry, int count) =>
            entry.Number >= limits.HeldFrom
            || entry.Number >= _unlistedFrom
            || (
                count < limits.Most
                && (count < limits.Segments || total < limits.Duration || now - entry.ListableSince < limits.Shown)
            );
    }

    /// <summary>
    /// An EXT-X-MAP stays in force over a gap, so that no tag of a listed number changes when the window moves on. The slate's
    /// does not go beyond its section: behind a DISCONTINUITY it is the show's again.
    /// </summary>
    private void Settle(int listable, TimeSpan now)
    {
        for (; _settled < listable; _settled++)
        {
            var entry = _entries[_settled];
            entry.ListableSince = now;
            if (entry.State == EntryState.Gap)
                entry.InitializationSection = entry.Discontinuity ? _ofTheShow : _inForce;
            else if (!entry.IsSlate)
                _ofTheShow = entry.InitializationSection;
            else
                _ofTheShow ??= entry.InitializationSection;
            _inForce = entry.InitializationSection;
        }
    }

    public static MediaPlaylist ToPlaylist(IReadOnlyList<TimelineEntry> window, BroadcastSettings settings, bool ended)
    {
        // DISCONTINUITY-SEQUENCE is the number before the first listed segment's own tag (RFC 8216bis 4.4.3.3).
        var first = window[0];
        return new MediaPlaylist
        {
            TargetDuration = settings.TargetDuration,
            MediaSequence = first.Number,
            DiscontinuitySequence = first.DiscontinuitySequence - (first.Discontinuity ? 1 : 0),
            IndependentSegments = settings.IndependentSegments,
            Ended = ended,
            Segments = [.. window.Select(static entry => entry.Listed ??= ToSegment(entry))],
        };
    }

    private static MediaSegment ToSegment(TimelineEntry entry) =>
        new()
        {
            Uri = entry.Uri,
            Duration = entry.Duration,
            Discontinuity = entry.Discontinuity,
            Gap = entry.State == EntryState.Gap,
            ProgramDateTime = entry.Date,
            Map = entry.InitializationSection is { } uri ? new InitializationSectionReference(uri, null) : null,
        };
}

/// <summary>What a live window holds.</summary>
/// <param name="Segments">At least so many.</param>
/// <param name="Duration">And at least this much time.</param>
/// <param name="Shown">Whatever has been there for less than that.</param>
/// <param name="HeldFrom">All numbers from this one on, whatever else is said.</param>
/// <param name="Most">Otherwise no more than so many.</param>
internal readonly record struct WindowLimits(int Segments, TimeSpan Duration, TimeSpan Shown, long HeldFrom, int Most);
