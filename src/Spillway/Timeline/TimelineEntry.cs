namespace Spillway.Timeline;

internal enum EntryState
{
    /// <summary>Numbered; its upload has not been answered.</summary>
    Pending,

    /// <summary>The store has acknowledged all its bytes.</summary>
    Stored,

    /// <summary>Listed as EXT-X-GAP; for good.</summary>
    Gap,
}

/// <summary>One number of a rendition: what the playlist says of it never changes once it is listed.</summary>
internal sealed class TimelineEntry
{
    public required long Number { get; init; }

    /// <summary>
    /// Relative to the media playlist: <c>{number}-{hash}.ts</c>, <c>.m4s</c>, <c>{number}-gap</c>, or the slate's own.
    /// </summary>
    public required string Uri { get; set; }

    /// <summary>EXTINF, whole microseconds.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>PROGRAM-DATE-TIME of its start.</summary>
    public required DateTimeOffset Date { get; init; }

    /// <summary>EXT-X-DISCONTINUITY stands before it.</summary>
    public required bool Discontinuity { get; init; }

    /// <summary>Its Discontinuity Sequence Number (RFC 8216bis 4.4.3.3).</summary>
    public required long DiscontinuitySequence { get; init; }

    /// <summary>URI of the initialization section in force, relative like <see cref="Uri"/>; null for MPEG-TS.</summary>
    public string? InitializationSection { get; set; }

    /// <summary>A segment of the slate: what is in force around it is not the show's.</summary>
    public bool IsSlate { get; init; }

    public required EntryState State { get; set; }

    /// <summary>Since when (monotonic) it may be listed; null while it may not.</summary>
    public TimeSpan? ListableSince { get; set; }

    /// <summary>What the playlist says of it; made when it is first listed.</summary>
    public Playlists.MediaSegment? Listed { get; set; }

    public DateTimeOffset End => Date + Duration;

    /// <summary>What could not be stored in time is a gap for ever: peers know a segment by its number.</summary>
    public void BecomeGap()
    {
        State = EntryState.Gap;
        Uri = GapUri(Number);
    }

    public static string GapUri(long number) => $"{number}-gap";
}
