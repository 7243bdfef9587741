namespace Spillway.Timeline;

/// <summary>
/// What lies between two discontinuities, in all renditions: one line of media time with one mapping to dates
/// (RFC 8216bis 6.2.4).
/// </summary>
internal sealed class TimelineSection
{
    /// <summary>The Discontinuity Sequence Number of its segments.</summary>
    public required long Sequence { get; init; }

    /// <summary>
    /// It only follows filler: the source's time stamps went on, so another rendition enters it by its time stamps
    /// and not by a break of its own.
    /// </summary>
    public required bool SameMediaTime { get; init; }

    /// <summary>A date and the time stamp of the same moment: the end of the furthest media, so that wraps stay far away.</summary>
    public DateTimeOffset AnchorDate { get; private set; }

    public TimeSpan? AnchorTimestamp { get; private set; }

    /// <summary>When (monotonic) a rendition last brought media of it.</summary>
    public TimeSpan LastMediaAt { get; set; }

    /// <summary>The date of its first segment.</summary>
    public DateTimeOffset FirstDate { get; private init; }

    /// <summary>The time stamp of its first segment.</summary>
    public TimeSpan? FirstTimestamp { get; private init; }

    public static TimelineSection Open(long sequence, bool sameMediaTime, DateTimeOffset date, TimeSpan? timestamp) =>
        new()
        {
            Sequence = sequence,
            SameMediaTime = sameMediaTime,
            AnchorDate = date,
            AnchorTimestamp = timestamp,
            FirstDate = date,
            FirstTimestamp = timestamp,
        };

    public void MoveAnchor(DateTimeOffset date, TimeSpan timestamp, TimeSpan? modulus)
    {
        if (AnchorTimestamp is not { } anchor || Timestamps.Difference(timestamp, anchor, modulus) > TimeSpan.Zero)
            (AnchorDate, AnchorTimestamp) = (date, timestamp);
    }

    /// <summary>Some rendition has brought media of a later time.</summary>
    public bool IsPast(TimeSpan? timestamp, TimeSpan? modulus, TimeSpan tolerance) =>
        timestamp is { } t && AnchorTimestamp is { } anchor && Timestamps.Difference(t, anchor, modulus) < -tolerance;

    /// <summary>The date of a time stamp; null when there is nothing to go by.</summary>
    public DateTimeOffset? DateOf(TimeSpan? timestamp, TimeSpan? modulus) =>
        timestamp is { } t && AnchorTimestamp is { } anchor ? AnchorDate + Timestamps.Difference(t, anchor, modulus) : null;
}
