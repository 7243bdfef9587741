using Spillway.Playlists;

namespace Spillway.Timeline;

/// <summary>The numbered entries of one rendition in one broadcast. Pure state: no clock, no I/O; owned by <see cref="BroadcastTimeline"/>.</summary>
internal sealed class RenditionTimeline(string name, long firstNumber)
{
    private readonly List<TimelineEntry> _entries = [];
    private int _settled;
    private string? _sectionInForce;

    public string Name { get; } = name;

    /// <summary>The number the next entry gets.</summary>
    public long NextNumber { get; private set; } = firstNumber;

    public TimelineSection? Section { get; set; }

    /// <summary>The source's run of the last segment; null when gaps have led into the section and its next run is to be taken as it is.</summary>
    public int? Run { get; set; }

    /// <summary>The time stamp at which the next segment is expected.</summary>
    public TimeSpan? ExpectedTimestamp { get; set; }

    /// <summary>Date of the end of the last entry; null before the first.</summary>
    public DateTimeOffset? End { get; private set; }

    /// <summary>When (monotonic) the last entry was added.</summary>
    public TimeSpan LastAddedAt { get; private set; }

    /// <summary>The last entries stand for no media: they fill a pause.</summary>
    public bool Filling { get; set; }

    /// <summary>When (monotonic) the filling began.</summary>
    public TimeSpan FillingSince { get; set; }

    public IReadOnlyList<TimelineEntry> Entries => _entries;

    /// <summary>Entries that may be listed: all up to the first whose upload is not answered.</summary>
    public int ListableCount
    {
        get
        {
            var pending = _entries.FindIndex(static entry => entry.State == EntryState.Pending);
            return pending < 0 ? _entries.Count : pending;
        }
    }

    public bool HasPending => ListableCount < _entries.Count;

    public TimelineEntry Add(Func<long, TimelineEntry> make, TimeSpan now)
    {
        var entry = make(NextNumber);
        NextNumber++;
        _entries.Add(entry);
        End = entry.End;
        LastAddedAt = now;
        return entry;
    }

    /// <summary>
    /// The window: the shortest tail of what may be listed with at least this many segments and this much time.
    /// Entries before it are forgotten. It never grows at its head again.
    /// </summary>
    public IReadOnlyList<TimelineEntry> Window(int segments, TimeSpan duration)
    {
        var listable = ListableCount;
        Settle(listable);
        var first = listable;
        var total = TimeSpan.Zero;
        while (first > 0 && (listable - first < segments || total < duration))
            total += _entries[--first].Duration;
        _entries.RemoveRange(0, first);
        _settled -= first;
        return _entries.GetRange(0, listable - first);
    }

    /// <summary>EXT-X-MAP stays in force over a gap, so that no tag of a listed number changes when the window moves on.</summary>
    private void Settle(int listable)
    {
        for (; _settled < listable; _settled++)
        {
            var entry = _entries[_settled];
            if (entry.State == EntryState.Gap)
                entry.InitializationSection = _sectionInForce;
            else
                _sectionInForce = entry.InitializationSection;
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
