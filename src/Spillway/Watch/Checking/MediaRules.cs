using Spillway.Media;

namespace Spillway.Watch.Checking;

/// <summary>
/// Rules of the media of one playlist's segments (D2 to D10), judged in the order of their numbers whatever order they
/// were loaded in. Nothing is judged across a segment whose media is not known.
/// </summary>
/// <param name="url">The playlist's.</param>
/// <param name="first">The first number it listed.</param>
/// <param name="report">Takes what is found.</param>
internal sealed class MediaRules(string url, long first, Action<Finding> report)
{
    /// <summary>Segments waited for by others; a number that never comes is given up after so many.</summary>
    private const int Patience = 50;

    /// <summary>Of a discontinuity number, and of these: enough for a median.</summary>
    private const int MostOffsets = 500;

    private readonly SortedDictionary<long, Known> _waiting = [];
    private readonly Dictionary<long, List<double>> _offsets = [];
    private long _next = first;
    private Run _run;
    private double _gaps;

    /// <summary>Seconds of media time minus seconds of date, of each discontinuity number's segments: the mapping of C5.</summary>
    public IReadOnlyDictionary<long, List<double>> Offsets => _offsets;

    /// <param name="segment">As listed.</param>
    /// <param name="media">What is in it; null for a GAP or when it could not be loaded.</param>
    /// <param name="body">Its bytes, if they are at hand.</param>
    public void Add(ListedSegment segment, MediaReport? media, byte[]? body = null)
    {
        if (segment.Number < _next)
            return;
        var counters = media?.Container == MediaContainer.MpegTs && body is not null ? ContinuityCounters.Read(body) : null;
        _waiting[segment.Number] = new(segment, media, counters);
        while (_waiting.Count > 0 && (_waiting.First().Key == _next || _waiting.Count > Patience))
        {
            var (number, known) = _waiting.First();
            if (number != _next)
                (_run, _gaps) = (default, 0);
            _waiting.Remove(number);
            _next = number + 1;
            Next(known);
        }
    }

    private void Next(Known known)
    {
        var (segment, media, counters) = known;
        if (media is null)
        {
            // A GAP that stands for missing media keeps the place of its time; a load that failed leaves it unknown.
            if (segment.Gap && !segment.Discontinuity && _run.Last is not null)
                _gaps += (double)segment.Seconds;
            else
                (_run, _gaps) = (default, 0);
            return;
        }

        Alone(segment, media);
        if (counters?.Break is { } broken)
            Error("D5", segment, broken);
        if (segment.Discontinuity)
            (_run, _gaps) = (default, 0);
        if (_run.Last is { } last)
            Pair(last, known);
        if (_run.Last is null || _gaps > 0)
            _run = new(known, 0, 0, 0);
        else
        {
            var step = Step(_run.Last, known) ?? (double)_run.Last.Segment.Seconds;
            _run = new(known, _run.Count + 1, _run.Listed + (double)_run.Last.Segment.Seconds, _run.Measured + step);
            Drift(segment, media);
        }

        _gaps = 0;
        if (segment.Date is { } date && media.FirstTimestamp is { } time)
        {
            if (!_offsets.TryGetValue(segment.DiscontinuityNumber, out var offsets))
                _offsets[segment.DiscontinuityNumber] = offsets = [];
            offsets.Add((time - date.TimeOfDay).TotalSeconds);
            if (offsets.Count > MostOffsets)
                offsets.RemoveAt(0);
            if (_offsets.Count > MostOffsets)
                _offsets.Remove(_offsets.Keys.Min());
        }
    }

    private void Alone(ListedSegment segment, MediaReport media)
    {
        var rule = media.Container == MediaContainer.FragmentedMp4 ? "D8" : "D7";
        if (media.Container == MediaContainer.Unknown || !media.IsWhole)
            Error(rule, segment, $"is not whole media: {media.Problem}");
        if (media.Container == MediaContainer.FragmentedMp4 && segment.MapUri is null)
            Error("D8", segment, "is fragmented MP4 without EXT-X-MAP");
        if (media.StartsWithKeyframe == false)
            Error("D9", segment, "does not begin with a keyframe");
    }

    private void Pair(Known last, Known next)
    {
        var frame = 1 / (last.Media!.Leading?.FrameRate ?? 25);
        var step = Step(last, next);
        var listed = (double)last.Segment.Seconds;
        if (_gaps > 0)
        {
            var missing = step - last.Media.Duration?.TotalSeconds - _gaps;
            if (Math.Abs(missing ?? 0) > 0.25)
                Error("D10", next.Segment, $"comes after {_gaps} s of GAP, {missing:F3} s more than that are missing");
            return;
        }

        if (next.Counters is { } counters && last.Counters?.BreakBefore(counters) is { } broken)
            Error("D5", next.Segment, $"{broken}, without EXT-X-DISCONTINUITY");
        if (step - listed is { } off)
        {
            if (Math.Abs(off) > Math.Max(0.1, 1.5 * frame))
                Error("D2", last.Segment, $"EXTINF is {listed} s; the media lasts {step:F3} s");
            else if (Math.Abs(off) > Math.Max(0.02, frame) + 0.001)
                Warning("D2", last.Segment, $"EXTINF is {listed} s; the media lasts {step:F3} s");
        }

        if (last.Media.Container != next.Media!.Container || !Tracks(last.Media).SequenceEqual(Tracks(next.Media)))
            Error(
                "D6",
                next.Segment,
                $"changes from {string.Join(" ", Tracks(last.Media))} to {string.Join(" ", Tracks(next.Media))}"
            );
        foreach (var track in last.Media.Tracks.Where(track => track.Kind is not TrackKind.Other))
        {
            var follower = next.Media.Tracks.FirstOrDefault(other => other.Kind == track.Kind && other.Id == track.Id);
            var jump = Seconds(track.FirstTimestamp + track.Duration, follower?.FirstTimestamp, last.Media.TimestampModulus);
            if (Math.Abs(jump ?? 0) > 0.25)
                Error(
                    "D4",
                    next.Segment,
                    $"its {track.Kind} begins {jump:F3} s after the end of the one before, without EXT-X-DISCONTINUITY"
                );
            else if (track.Kind is TrackKind.Video && Math.Abs(jump ?? 0) > 3 * frame)
                Warning("D4", next.Segment, $"its {track.Kind} begins {jump:F3} s after the end of the one before");
        }
    }

    private void Drift(ListedSegment segment, MediaReport media)
    {
        var drift = Math.Abs(_run.Listed - _run.Measured);
        var message = $"the sum of {_run.Count} EXTINFs before it is {drift:F3} s off the media";
        if (drift > Math.Max(0.25, 0.02 * _run.Count))
            Error("D3", segment, message);
        else if (drift > 1 / (media.Leading?.FrameRate ?? 25) + 0.001)
            Warning("D3", segment, message);
    }

    private static IEnumerable<string> Tracks(MediaReport media) =>
        media
            .Tracks.Where(track => track.Kind is not TrackKind.Other)
            .Select(track =>
                $"{track.Kind}/{track.Id}/{track.Codec}/{track.Width}x{track.Height}/{track.SampleRate}/{track.Channels}"
            );

    /// <summary>From the first time stamp of one segment to that of the next, seconds.</summary>
    private static double? Step(Known last, Known next) =>
        Seconds(last.Media!.FirstTimestamp, next.Media!.FirstTimestamp, last.Media.TimestampModulus);

    private static double? Seconds(TimeSpan? from, TimeSpan? to, TimeSpan? modulus)
    {
        if ((to - from)?.TotalSeconds is not { } step || modulus?.TotalSeconds is not { } wrap)
            return (to - from)?.TotalSeconds;
        step %= wrap;
        return step > wrap / 2 ? step - wrap
            : step < -wrap / 2 ? step + wrap
            : step;
    }

    private void Error(string rule, ListedSegment segment, string message) =>
        report(new(rule, Severity.Error, url, $"number {segment.Number} {message}"));

    private void Warning(string rule, ListedSegment segment, string message) =>
        report(new(rule, Severity.Warning, url, $"number {segment.Number} {message}"));

    private sealed record Known(ListedSegment Segment, MediaReport? Media, ContinuityCounters? Counters);

    /// <summary>Segments since the last break: how many, what their EXTINFs and their time stamps add up to.</summary>
    private readonly record struct Run(Known? Last, int Count, double Listed, double Measured);
}
