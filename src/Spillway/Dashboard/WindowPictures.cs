using Spillway.Playlists;
using Spillway.Streams;

namespace Spillway.Dashboard;

/// <summary>The time line of a window: what the store has acknowledged of it, with what became of each segment, and what waits.</summary>
internal static class WindowPictures
{
    /// <summary>Entries of a rendition that are shown: a window may list thousands.</summary>
    public const int Most = 60;

    public static IReadOnlyList<RenditionPicture> Of(Broadcast? broadcast, SegmentNotes notes) =>
        broadcast is null ? [] : [.. broadcast.Renditions.Select(rendition => Of(broadcast, rendition, notes))];

    private static RenditionPicture Of(Broadcast broadcast, BroadcastRendition rendition, SegmentNotes notes)
    {
        var known = notes.Of(broadcast.Id, rendition.Declared.Name).ToDictionary(static note => note.Number);
        var entries = new List<EntryPicture>();
        var next = long.MinValue;
        if (rendition.Listed is { } listed)
        {
            next = listed.MediaSequence + listed.Segments.Count;
            AddListed(entries, listed, known);
        }
        foreach (
            var waiting in known.Values.Where(note => note.Number >= next && !note.IsGap).OrderBy(static note => note.Number)
        )
            entries.Add(Waiting(waiting));
        return new RenditionPicture(
            rendition.Declared.Name,
            broadcast.Timeline.TargetDuration,
            rendition.Listed?.Ended == true,
            rendition.Stored,
            entries
        );
    }

    private static void AddListed(List<EntryPicture> entries, MediaPlaylist listed, Dictionary<long, SegmentNote> known)
    {
        var skipped = Math.Max(0, listed.Segments.Count - Most);
        DateTimeOffset? date = null;
        for (var i = 0; i < listed.Segments.Count; i++)
        {
            var segment = listed.Segments[i];
            date = segment.ProgramDateTime ?? date;
            if (i >= skipped)
                entries.Add(Listed(segment, listed.MediaSequence + i, date ?? default, known));
            date += segment.Duration;
        }
    }

    private static EntryPicture Listed(
        MediaSegment segment,
        long number,
        DateTimeOffset date,
        Dictionary<long, SegmentNote> known
    )
    {
        var note = segment.Gap ? null : known.GetValueOrDefault(number);
        return new EntryPicture(
            number,
            date,
            Seconds(segment.Duration),
            "listed",
            note?.ArrivedAt,
            note?.StoredAt,
            Milliseconds(note?.Upload),
            note?.Tries,
            note?.Bytes,
            segment.Gap,
            segment.Discontinuity,
            segment.Uri.Contains("/slate/", StringComparison.Ordinal)
        );
    }

    private static EntryPicture Waiting(SegmentNote note) =>
        new(
            note.Number,
            note.Date,
            Seconds(note.Duration),
            note.StoredAt is null ? "waiting" : "stored",
            note.ArrivedAt,
            note.StoredAt,
            Milliseconds(note.Upload),
            note.Tries,
            note.Bytes,
            Gap: false,
            note.Discontinuity,
            Slate: false
        );

    private static double Seconds(TimeSpan span) => Math.Round(span.TotalSeconds, 3);

    private static double? Milliseconds(TimeSpan? span) => span is { } known ? Math.Round(known.TotalMilliseconds, 1) : null;
}
