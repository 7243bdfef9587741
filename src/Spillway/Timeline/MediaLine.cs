namespace Spillway.Timeline;

/// <summary>
/// Time stamps that go on without a break, and their dates: one mapping, the same for every rendition on it
/// (RFC 8216bis 6.2.4). It begins in one section and may run through later ones, which other renditions' breaks have opened.
/// </summary>
/// <param name="section">Where it begins.</param>
/// <param name="run">The source's run.</param>
/// <param name="broken">The line before it in the same run.</param>
internal sealed class MediaLine(TimelineSection section, int run, MediaLine? broken)
{
    private DateTimeOffset _date;
    private TimeSpan? _timestamp;
    private TimeSpan _nextFrom;

    public TimelineSection Section { get; } = section;
    public int Run { get; } = run;

    /// <summary>Index of the section its run begins in.</summary>
    public int RunSince { get; } = broken?.RunSince ?? section.Index;

    /// <summary>The same time stamps, after a break that all renditions take: with other dates.</summary>
    public MediaLine? Next { get; private set; }

    /// <summary>The date where the furthest media of any rendition ends.</summary>
    public DateTimeOffset End => _date;

    /// <summary>The section that media is in.</summary>
    public TimelineSection LastSection { get; private set; } = section;

    /// <summary>Since its furthest media the whole source has paused: what comes next goes behind the filler.</summary>
    public bool HasPaused
    {
        get
        {
            for (var at = LastSection; at is not null; at = at.Next)
            {
                if (at.IsFilled || at.Slate is not null)
                    return true;
            }
            return false;
        }
    }

    /// <summary>The date of a time stamp; null when there is nothing to go by.</summary>
    public DateTimeOffset? DateOf(TimeSpan? timestamp, TimeSpan? modulus) =>
        timestamp is { } t && _timestamp is { } anchor ? _date + Timestamps.Difference(t, anchor, modulus) : null;

    /// <summary>Notes media's end. What is kept is the furthest, so that wraps stay far away.</summary>
    public void Reach(TimelineSection at, DateTimeOffset date, TimeSpan? timestamp, TimeSpan? modulus)
    {
        if (at.Index > LastSection.Index)
            LastSection = at;
        if (timestamp is not { } t)
            return;
        if (_timestamp is not { } anchor || Timestamps.Difference(t, anchor, modulus) > TimeSpan.Zero)
            (_date, _timestamp) = (date, t);
    }

    /// <summary>Some rendition has brought what comes before this time stamp.</summary>
    public bool Reaches(TimeSpan timestamp, TimeSpan? modulus) =>
        _timestamp is { } anchor && Timestamps.Difference(timestamp, anchor, modulus) <= Timestamps.Tolerance;

    /// <summary>From that time stamp on media is on the other line. A line breaks once.</summary>
    public void Break(TimeSpan from, MediaLine next)
    {
        if (Next is null && next != this)
            (_nextFrom, Next) = (from, next);
    }

    /// <summary>The line after its break for what lies behind it; null for what lies before.</summary>
    public MediaLine? NextAt(TimeSpan timestamp, TimeSpan? modulus) =>
        Next is not null && Timestamps.Difference(timestamp, _nextFrom, modulus) >= -Timestamps.Tolerance ? Next : null;
}
