namespace Spillway.Watch.Checking;

/// <summary>One snapshot as <see cref="StrictReader"/> read it.</summary>
internal sealed class PlaylistText
{
    public required string Url { get; init; }
    public bool IsMultivariant { get; set; }
    public int Version { get; set; } = 1;

    /// <summary>Seconds; 0 if missing or wrong.</summary>
    public long TargetDuration { get; set; }
    public long? MediaSequence { get; set; }
    public long? DiscontinuitySequence { get; set; }

    /// <summary>EVENT, VOD or null.</summary>
    public string? Type { get; set; }
    public bool Ended { get; set; }
    public bool HasPreloadHint { get; set; }
    public List<ListedSegment> Segments { get; } = [];
    public List<ListedVariant> Variants { get; } = [];

    /// <summary>EXT-X-MEDIA.</summary>
    public List<Dictionary<string, string>> Renditions { get; } = [];
    public List<Dictionary<string, string>> DateRanges { get; } = [];
    public Dictionary<string, string>? ServerControl { get; set; }

    /// <summary>The lines of all header tags but the two sequence numbers, in ordinal order.</summary>
    public SortedSet<string> Header { get; } = new(StringComparer.Ordinal);

    public decimal Duration => Segments.Sum(segment => segment.Seconds);
    public long First => MediaSequence ?? 0;
    public long Last => First + Segments.Count - 1;
    public DateTimeOffset? Start => Segments.Count > 0 ? Segments[0].Date : null;
    public DateTimeOffset? Edge => Segments.Count > 0 ? Segments[^1].End : null;
}

/// <summary>A listed segment with what is in force at it.</summary>
internal sealed record ListedSegment
{
    public long Number { get; init; }
    public required string Uri { get; init; }
    public string? Range { get; init; }

    /// <summary>EXTINF, exactly as written.</summary>
    public decimal Seconds { get; init; }
    public bool Discontinuity { get; init; }
    public bool Gap { get; init; }
    public string? Map { get; init; }
    public string? MapUri { get; init; }
    public string? Key { get; init; }

    /// <summary>EXT-X-PROGRAM-DATE-TIME at this segment.</summary>
    public DateTimeOffset? WrittenDate { get; init; }

    /// <summary>Written, or worked out from the nearest one that is.</summary>
    public DateTimeOffset? Date { get; init; }

    /// <summary>Discontinuity Sequence Number.</summary>
    public long DiscontinuityNumber { get; init; }

    public DateTimeOffset? End => Shift(Date, Length);

    /// <summary>Null: unknown, or not in the calendar.</summary>
    public static DateTimeOffset? Shift(DateTimeOffset? date, TimeSpan by) =>
        date is { } from
        && from.UtcTicks + by.Ticks is var ticks
        && ticks > DateTimeOffset.MinValue.UtcTicks + TimeSpan.TicksPerDay
        && ticks < DateTimeOffset.MaxValue.UtcTicks - TimeSpan.TicksPerDay
            ? from + by
            : null;

    public TimeSpan Length => TimeSpan.FromTicks((long)(Seconds * TimeSpan.TicksPerSecond));

    /// <summary>What must not change while the segment is listed, without its place and dates.</summary>
    public string Facts =>
        $"{Uri} range {Range} EXTINF {Seconds.ToString(System.Globalization.CultureInfo.InvariantCulture)} "
        + $"discontinuity {Discontinuity} gap {Gap} map {Map} key {Key}";
    public string Resource => $"{Uri} {Range}";
}

/// <summary>EXT-X-STREAM-INF and its URI.</summary>
internal sealed record ListedVariant(string Uri, Dictionary<string, string> Attributes);
