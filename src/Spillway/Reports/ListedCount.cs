using Spillway.Playlists;

namespace Spillway.Reports;

/// <summary>
/// Counts what the live playlist of one rendition has listed, each number once, from the versions that the store has acknowledged.
/// Not thread-safe.
/// </summary>
internal sealed class ListedCount(RenditionReport before)
{
    private MediaPlaylist? _last;
    private double _gapSeconds = before.GapSeconds;
    private double _slateSeconds = before.SlateSeconds;
    private double _seconds = before.Seconds;
    private RenditionReport _report = before;

    /// <summary>Date of the first segment that was counted, and of the end of the last.</summary>
    public DateTimeOffset? Begin { get; private set; }
    public DateTimeOffset? End { get; private set; }

    public RenditionReport Report =>
        _report with
        {
            GapSeconds = Math.Round(_gapSeconds, 3),
            SlateSeconds = Math.Round(_slateSeconds, 3),
            Seconds = Math.Round(_seconds, 3),
        };

    public void Describe(Variant variant) =>
        _report = _report with
        {
            Codecs = variant.Codecs,
            Resolution = variant.Resolution is { } size ? $"{size.Width}x{size.Height}" : null,
            FrameRate = variant.FrameRate,
            Bandwidth = variant.Bandwidth,
        };

    public void Add(MediaPlaylist listed)
    {
        if (ReferenceEquals(listed, _last))
            return;
        _last = listed;
        var number = listed.MediaSequence;
        if (_report.NextNumber is { } next && number > next)
            _report = _report with { Uncounted = _report.Uncounted + number - next };
        DateTimeOffset? date = null;
        foreach (var segment in listed.Segments)
        {
            // Where a playlist read from the store says no date, it goes on from the one before.
            date = segment.ProgramDateTime ?? date;
            if (number >= (_report.NextNumber ?? 0))
                Count(segment, number, date);
            date += segment.Duration;
            number++;
        }
    }

    private void Count(MediaSegment segment, long number, DateTimeOffset? date)
    {
        var isSlate = segment.Uri.Contains("/slate/", StringComparison.Ordinal);
        _report = _report with
        {
            NextNumber = number + 1,
            Segments = _report.Segments + (segment.Gap || isSlate ? 0 : 1),
            Gaps = _report.Gaps + (segment.Gap ? 1 : 0),
            SlateSegments = _report.SlateSegments + (isSlate && !segment.Gap ? 1 : 0),
            Discontinuities = _report.Discontinuities + (segment.Discontinuity ? 1 : 0),
        };
        _seconds += segment.Duration.TotalSeconds;
        if (segment.Gap)
            _gapSeconds += segment.Duration.TotalSeconds;
        else if (isSlate)
            _slateSeconds += segment.Duration.TotalSeconds;
        Begin ??= date;
        End = date + segment.Duration ?? End;
    }
}
