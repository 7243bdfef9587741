namespace Spillway.Timeline;

/// <summary>The slate of a broadcast: as many segments in each rendition.</summary>
internal sealed class Slate
{
    private readonly IReadOnlyDictionary<string, IReadOnlyList<SlateSegment>> _byRendition;

    private Slate(IReadOnlyDictionary<string, IReadOnlyList<SlateSegment>> byRendition, int count) =>
        (_byRendition, Count) = (byRendition, count);

    /// <summary>Segments of one repetition.</summary>
    public int Count { get; }

    public SlateSegment this[string rendition, int index] => _byRendition[rendition][index];

    /// <summary>A repetition that an earlier writer listed so many segments of: nothing is added to it.</summary>
    public static Slate Listed(int count) => new(new Dictionary<string, IReadOnlyList<SlateSegment>>(), count);

    /// <returns>Null when it cannot be listed: a rendition has none or another number of segments, or one does not fit.</returns>
    public static Slate? Of(
        IReadOnlyDictionary<string, IReadOnlyList<SlateSegment>> byRendition,
        IEnumerable<string> renditions,
        Func<TimeSpan, bool> fits
    )
    {
        var count = 0;
        foreach (var rendition in renditions)
        {
            if (
                !byRendition.TryGetValue(rendition, out var segments)
                || segments.Count == 0
                || (count > 0 && segments.Count != count)
                || segments.Any(segment => segment.Duration <= TimeSpan.Zero || !fits(segment.Duration))
            )
                return null;
            count = segments.Count;
        }
        return count == 0 ? null : new Slate(byRendition, count);
    }
}
