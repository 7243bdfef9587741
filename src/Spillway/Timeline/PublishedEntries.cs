using Spillway.Playlists;

namespace Spillway.Timeline;

/// <summary>A live media playlist of ours, read back into what it was written from.</summary>
internal static class PublishedEntries
{
    /// <summary>How the slate's segments are named: they lie beside the broadcasts, not in one.</summary>
    private const string SlatePrefix = "../../slate/";

    /// <summary>Renditions that cut elsewhere may overlap a little where a section begins.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(1);

    /// <param name="playlist">Checked before: every segment has a date.</param>
    public static IReadOnlyList<TimelineEntry> Of(MediaPlaylist playlist)
    {
        var entries = new List<TimelineEntry>(playlist.Segments.Count);
        var sequence = playlist.DiscontinuitySequence ?? 0;
        for (var i = 0; i < playlist.Segments.Count; i++)
        {
            var segment = playlist.Segments[i];
            if (segment.Discontinuity)
                sequence++;
            entries.Add(
                new TimelineEntry
                {
                    Number = playlist.MediaSequence + i,
                    Uri = segment.Uri,
                    Duration = segment.Duration,
                    Date = segment.ProgramDateTime!.Value,
                    Discontinuity = segment.Discontinuity,
                    DiscontinuitySequence = sequence,
                    InitializationSection = segment.Map?.Uri,
                    IsSlate = IsSlate(segment),
                    State = segment.Gap ? EntryState.Gap : EntryState.Stored,
                }
            );
        }
        return entries;
    }

    public static bool IsSlate(MediaSegment segment) => segment.Uri.StartsWith(SlatePrefix, StringComparison.Ordinal);

    /// <summary>
    /// What contradicts itself in the playlists of one broadcast: no timeline could have written them. Null for nothing.
    /// </summary>
    public static string? Contradiction(IReadOnlyDictionary<string, IReadOnlyList<TimelineEntry>> byRendition)
    {
        foreach (var (name, entries) in byRendition)
        {
            for (var i = 1; i < entries.Count; i++)
            {
                if (entries[i].Date < entries[i - 1].Date)
                    return $"the dates of {name} go back at number {entries[i].Number}";
            }
        }
        var sections = byRendition
            .Values.SelectMany(static entries => entries)
            .GroupBy(static entry => entry.DiscontinuitySequence)
            .OrderBy(static group => group.Key)
            .Select(static group => (group.Key, Begin: group.Min(static e => e.Date), Last: group.Max(static e => e.Date)))
            .ToArray();
        for (var i = 1; i < sections.Length; i++)
        {
            if (sections[i].Begin + Overlap < sections[i - 1].Last)
                return $"discontinuity {sections[i].Key} begins before the one before it ends";
        }
        return null;
    }
}
