using Spillway.Sources;

namespace Spillway.Streams;

/// <summary>What a stream's source has brought, as measured in the media: the pipeline tells it, any thread reads.</summary>
internal sealed class SourceFigures(TimeProvider time)
{
    /// <summary>Segments of each rendition that the figures are of.</summary>
    private const int Kept = 30;

    /// <summary>A source that has gone on for so long without a jump has shown its pace; before, drift says nothing.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    /// <summary>Times between two segments, of whichever rendition, that a source's pace is told by.</summary>
    private const int KeptGaps = 30;

    /// <summary>For the clock's own steps, and those of whoever looks.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(0.25);

    private readonly Lock _gate = new();
    private readonly Queue<TimeSpan> _gaps = new();
    private long? _arrivedAt;
    private readonly Dictionary<string, Recent> _renditions = new(StringComparer.Ordinal);
    private string[] _names = [];
    private long _restarts;
    private long _interruptions;
    private long _missed;
    private bool _isAway;
    private DateTimeOffset? _awaySince;
    private DateTimeOffset? _lastSegmentAt;

    public void Note(SourceEvent next)
    {
        lock (_gate)
        {
            switch (next)
            {
                case RenditionsFound found:
                    _names = [.. found.Renditions.Select(static rendition => rendition.Name)];
                    foreach (var gone in _renditions.Keys.Except(_names, StringComparer.Ordinal).ToArray())
                        _renditions.Remove(gone);
                    break;
                case SegmentArrived segment:
                    Add(segment);
                    break;
                case SegmentMissed:
                    _missed++;
                    break;
                case SourceAway when !_isAway:
                    (_isAway, _awaySince) = (true, time.GetUtcNow());
                    // Before the first segment nobody has missed it.
                    if (_lastSegmentAt is not null)
                        _interruptions++;
                    break;
                case SourceBack:
                    (_isAway, _awaySince) = (false, null);
                    break;
            }
            // How long it was away says nothing of its pace.
            if (next is SourceAway)
                _arrivedAt = null;
        }
    }

    /// <summary>
    /// Nothing has come for longer than it ever took lately, by a quarter, and for half a segment more than a segment takes: well before
    /// the source counts as away, and yet not for its usual unevenness.
    /// </summary>
    public bool IsLate
    {
        get
        {
            lock (_gate)
            {
                if (_isAway || _arrivedAt is not { } last || _renditions.Count == 0)
                    return false;
                var (pace, segment) = (
                    _gaps.Count == 0 ? TimeSpan.Zero : _gaps.Max(),
                    _renditions.Values.Max(static recent => recent.Longest)
                );
                var patience = 1.25 * pace > 1.5 * segment ? 1.25 * pace : 1.5 * segment;
                return time.GetElapsedTime(last) > patience + Margin;
            }
        }
    }

    public SourceReport Report()
    {
        lock (_gate)
        {
            SourceRenditionReport[] renditions =
            [
                .. _names
                    .Where(_renditions.ContainsKey)
                    .Select(name => _renditions[name].Report(name))
                    .OrderByDescending(static rendition => rendition.BitRate),
            ];
            return new SourceReport(_awaySince, _lastSegmentAt, _restarts, _interruptions, _missed, renditions);
        }
    }

    private void Add(SegmentArrived segment)
    {
        _lastSegmentAt = time.GetUtcNow();
        var now = time.GetTimestamp();
        if (_arrivedAt is { } last)
            _gaps.Enqueue(time.GetElapsedTime(last, now));
        if (_gaps.Count > KeptGaps)
            _gaps.Dequeue();
        _arrivedAt = now;
        (_isAway, _awaySince) = (false, null);
        if (!_renditions.TryGetValue(segment.Rendition, out var recent))
            _renditions[segment.Rendition] = recent = new Recent();
        // All renditions start again together: the one that has started most often speaks for all.
        if (recent.Run is { } run && run != segment.Run)
            _restarts = Math.Max(_restarts, ++recent.Restarts);
        recent.Add(segment, now, time);
    }

    private sealed class Recent
    {
        private readonly Queue<(int Bytes, TimeSpan Duration, bool? StartsWithKeyframe)> _segments = new();
        private SegmentArrived? _last;
        private long _begunAt;
        private TimeSpan _media;
        private double? _drift;

        public TimeSpan Longest => _segments.Max(static segment => segment.Duration);
        public int? Run => _last?.Run;
        public long Restarts { get; set; }

        public void Add(SegmentArrived segment, long now, TimeProvider time)
        {
            var duration = RenditionFormat.DurationOf(segment);
            _segments.Enqueue((segment.Data.Length, duration, segment.Media.StartsWithKeyframe));
            if (_segments.Count > Kept)
                _segments.Dequeue();
            // What lies there at the start, or comes after a jump, comes faster than it was made: drift is measured from there on.
            if (_last is null || _last.Run != segment.Run || segment.Sequence != _last.Sequence + 1 || segment.Discontinuity)
                (_begunAt, _media, _drift) = (now, TimeSpan.Zero, null);
            else
            {
                _media += duration;
                var wall = time.GetElapsedTime(_begunAt, now);
                if (_drift is null && wall < Settled)
                    (_begunAt, _media) = wall < _media / 2 ? (now, TimeSpan.Zero) : (_begunAt, _media);
                if (wall >= Settled)
                    _drift = (_media - wall).TotalSeconds;
            }
            _last = segment;
        }

        public SourceRenditionReport Report(string name)
        {
            var seconds = _segments.Sum(static segment => segment.Duration.TotalSeconds);
            var tracks = _last!.Media.Tracks;
            var picture = tracks.FirstOrDefault(static track => track.Width is not null);
            return new SourceRenditionReport(
                name,
                _last.Media.Codecs,
                picture is { Width: { } width, Height: { } height } ? $"{width}x{height}" : null,
                picture?.FrameRate,
                seconds > 0 ? Math.Round(_segments.Sum(static segment => (double)segment.Bytes) * 8 / seconds) : null,
                seconds > 0 ? Math.Round(seconds / _segments.Count, 3) : null,
                _segments.All(static segment => segment.StartsWithKeyframe == true)
                    ? Math.Round(_segments.Max(static segment => segment.Duration.TotalSeconds), 3)
                    : null,
                _drift is { } drift ? Math.Round(drift, 3) : null
            );
        }
    }
}

/// <param name="AwaySince">By this machine's clock; null: it is not.</param>
/// <param name="LastSegmentAt">By this machine's clock; null: none yet.</param>
/// <param name="Restarts">Since the start.</param>
/// <param name="Interruptions">Since the start.</param>
/// <param name="Missed">Since the start.</param>
/// <param name="Renditions">The one with most bits first; empty: nothing has come yet.</param>
internal sealed record SourceReport(
    DateTimeOffset? AwaySince,
    DateTimeOffset? LastSegmentAt,
    long Restarts,
    long Interruptions,
    long Missed,
    IReadOnlyList<SourceRenditionReport> Renditions
);

/// <summary>Of the last segments, as measured; null: not known.</summary>
/// <param name="Codecs">As RFC 6381 writes them.</param>
/// <param name="Resolution">Such as <c>1280x720</c>.</param>
/// <param name="FrameRate">Frames per second.</param>
/// <param name="BitRate">Bits per second, of all tracks.</param>
/// <param name="SegmentDuration">Seconds, mean.</param>
/// <param name="KeyframeInterval">Seconds, at most: the longest segment, where all begin with a keyframe.</param>
/// <param name="Drift">Seconds by which the media have gone ahead of the wall's clock since the source began or jumped.</param>
internal sealed record SourceRenditionReport(
    string Name,
    string? Codecs,
    string? Resolution,
    double? FrameRate,
    double? BitRate,
    double? SegmentDuration,
    double? KeyframeInterval,
    double? Drift
);
