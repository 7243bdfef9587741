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
            // What is settled stays listable: only what has come since is looked at.
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
    public IReadOnlyList<TimelineEntry> Window(int segments, TimeSpan duration, TimeSpan now, TimeSpan shown)
    {
        var listable = ListableCount;
        Settle(listable, now);
        var first = listable;
        var total = TimeSpan.Zero;
        while (first > 0 && (listable - first < segments || total < duration || IsNew(_entries[first - 1])))
            total += _entries[--first].Duration;
        _entries.RemoveRange(0, first);
        _settled -= first;
        return _entries.GetRange(0, listable - first);

        bool IsNew(TimelineEntry entry) => entry.Number >= _unlistedFrom || now - entry.ListableSince < shown;
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
            Segments = [.. window.Select(ToSegment)],
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
