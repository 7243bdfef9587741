namespace Spillway.Timeline;

/// <summary>
/// What lies between two discontinuities, in all renditions: a stretch of dates with one Discontinuity Sequence Number. The
/// sections follow one another and do not overlap; every rendition goes through all of them, in order, so that equal dates
/// have equal numbers in all renditions whatever a single one does (RFC 8216bis 6.2.4).
/// </summary>
/// <param name="index">How many came before it in the broadcast.</param>
/// <param name="sequence">The Discontinuity Sequence Number of its segments.</param>
/// <param name="begin">Its first date.</param>
internal sealed class TimelineSection(int index, long sequence, DateTimeOffset begin)
{
    public int Index { get; } = index;
    public long Sequence { get; } = sequence;
    public DateTimeOffset Begin { get; } = begin;

    /// <summary>The one after it; null for the last.</summary>
    public TimelineSection? Next { get; set; }

    /// <summary>The lines of media time that begin in it, the one that opened it first; none in the slate.</summary>
    public List<MediaLine> Lines { get; } = [];

    /// <summary>Where the furthest media of any rendition ends.</summary>
    public DateTimeOffset MediaEnd { get; private set; } = begin;

    /// <summary>The same, filler included: as far as every rendition has to go before it goes on to the next section.</summary>
    public DateTimeOffset End { get; private set; } = begin;

    /// <summary>It ends with filler that stands for no media, because the whole source paused: new media goes behind it.</summary>
    public bool IsFilled { get; private set; }

    /// <summary>Set for one repetition of the slate.</summary>
    public Slate? Slate { get; init; }

    /// <summary>Segments of <see cref="Slate"/> that are listed.</summary>
    public int SlateCount { get; set; }

    /// <summary>No media can follow what it holds already.</summary>
    public bool IsClosed => IsFilled || Slate is not null || Next is not null;

    /// <returns>Whether it is new: no rendition had brought media up to there.</returns>
    public bool ReachWithMedia(DateTimeOffset date)
    {
        Reach(date);
        if (date <= MediaEnd)
            return false;
        MediaEnd = date;
        return true;
    }

    public void ReachWithFiller(DateTimeOffset date)
    {
        IsFilled = true;
        Reach(date);
    }

    public void Reach(DateTimeOffset date)
    {
        // One rendition's last segment may stick out into the next section; the others do not follow it there.
        if (Next is { } next && date > next.Begin)
            date = next.Begin;
        if (date > End)
            End = date;
    }
}
