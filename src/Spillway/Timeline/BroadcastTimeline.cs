using Spillway.Playlists;

namespace Spillway.Timeline;

/// <summary>What a broadcast fixes at its start.</summary>
/// <param name="TargetDuration">Seconds; no segment may round above it.</param>
/// <param name="WindowSegments">At least so many segments are listed, once there are.</param>
/// <param name="WindowDuration">And at least this much time.</param>
/// <param name="FirstNumber">The media sequence number of each rendition's first segment.</param>
/// <param name="FirstDiscontinuity">The Discontinuity Sequence Number of the first segments.</param>
/// <param name="IndependentSegments">Every segment starts with a keyframe, as far as could be seen.</param>
internal sealed record BroadcastSettings(
    int TargetDuration,
    int WindowSegments,
    TimeSpan WindowDuration,
    long FirstNumber,
    long FirstDiscontinuity,
    bool IndependentSegments = true
);

/// <summary>
/// One timeline for all renditions of a broadcast: gives each segment its number, its date and its discontinuity, and
/// says what may be listed. Pure: times come in, nothing goes out. Not thread-safe: the stream's pipeline owns it.
/// <para><c>now</c> is monotonic (any origin); <c>wallTime</c> is the store's.</para>
/// </summary>
internal sealed class BroadcastTimeline
{
    /// <summary>A jump of time stamps below this is the encoder's rounding, and is taken up by EXTINF.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(100);

    /// <summary>How much longer a rendition is waited for whose gap would stand for media that may still come.</summary>
    private static readonly TimeSpan LastMoment = TimeSpan.FromSeconds(0.5);

    private readonly BroadcastSettings _settings;
    private readonly List<TimelineSection> _sections = [];
    private readonly Dictionary<string, RenditionTimeline> _renditions;

    public BroadcastTimeline(BroadcastSettings settings, IEnumerable<string> renditions)
    {
        _settings = settings;
        _renditions = renditions.ToDictionary(
            static name => name,
            name => new RenditionTimeline(name, settings.FirstNumber),
            StringComparer.Ordinal
        );
    }

    public int TargetDuration => _settings.TargetDuration;
    public bool IndependentSegments => _settings.IndependentSegments;
    public IReadOnlyCollection<RenditionTimeline> Renditions => _renditions.Values;

    /// <summary>The first number no rendition has used.</summary>
    public long NextNumber => _renditions.Values.Max(static rendition => rendition.NextNumber);

    /// <summary>The next Discontinuity Sequence Number no segment has.</summary>
    public long NextDiscontinuity => _settings.FirstDiscontinuity + _sections.Count;

    /// <summary>When the last rendition's listed media ends.</summary>
    public DateTimeOffset? End => _renditions.Values.Max(static rendition => rendition.End);

    /// <summary>RFC 8216bis 4.4.3.1: EXTINF rounded to the nearest integer must not exceed the target duration.</summary>
    public bool Fits(TimeSpan duration) => Math.Floor(duration.TotalSeconds + 0.5) <= _settings.TargetDuration;

    /// <summary>
    /// Numbers a segment. Gaps that stand before it, for missing media, are added too.
    /// Null when its time has already been listed as missing: it comes too late for ever.
    /// </summary>
    public TimelineEntry? Add(MediaPiece piece, Func<long, string> name, TimeSpan now, DateTimeOffset wallTime)
    {
        var rendition = _renditions[piece.Rendition];
        var (section, discontinuity) = Place(rendition, piece, wallTime);
        var date = rendition.End ?? section.DateOf(piece.Timestamp, piece.Modulus) ?? section.AnchorDate;
        if (discontinuity)
        {
            var mapped = section.DateOf(piece.Timestamp, piece.Modulus) ?? section.AnchorDate;
            date = mapped > date - Tolerance ? mapped : date;
        }
        var duration = piece.Duration;
        if (!discontinuity && rendition.End is { } end && section.DateOf(piece.Timestamp, piece.Modulus) is { } start)
        {
            var deviation = start - end;
            if (rendition.Filling)
            {
                if (deviation < -Tolerance)
                    return null;
                AddGaps(rendition, section, deviation, now);
                deviation = start - rendition.End.Value;
                date = rendition.End.Value;
            }
            if (deviation.Duration() <= Tolerance && duration + deviation > TimeSpan.Zero && Fits(duration + deviation))
                duration += deviation;
        }
        rendition.Filling = false;
        rendition.Section = section;
        rendition.Run = piece.Run;
        section.LastMediaAt = now;
        var entry = rendition.Add(
            number => new TimelineEntry
            {
                Number = number,
                Uri = name(number),
                Duration = Timestamps.ToMicroseconds(duration),
                Date = date,
                Discontinuity = discontinuity,
                DiscontinuitySequence = section.Sequence,
                InitializationSection = piece.InitializationSection,
                State = EntryState.Pending,
            },
            now
        );
        if (piece.Timestamp is { } timestamp)
        {
            rendition.ExpectedTimestamp = timestamp + piece.Duration;
            section.MoveAnchor(entry.End, timestamp + piece.Duration, piece.Modulus);
        }
        else
        {
            rendition.ExpectedTimestamp = null;
        }
        return entry;
    }

    /// <summary>
    /// Lists media the source itself failed to give as missing. At the start of another run nothing is listed: how the
    /// source's time goes on is not known before its first segment, and that brings a DISCONTINUITY.
    /// </summary>
    public void AddMissing(string name, int run, TimeSpan duration, TimeSpan now)
    {
        if (!_renditions.TryGetValue(name, out var rendition) || rendition.Section is null || rendition.Run != run)
            return;
        if (!rendition.Filling)
            AddGaps(rendition, rendition.Section, duration, now);
        if (rendition.ExpectedTimestamp is { } expected)
            rendition.ExpectedTimestamp = expected + duration;
    }

    /// <summary>
    /// Lists a gap where nothing has come for so long that players would think the stream dead (RFC 8216bis 6.2.1:
    /// 1.5 target durations). Where other renditions went on it stands for this one's missing media.
    /// </summary>
    public bool Fill(TimeSpan now, TimeSpan patience)
    {
        var filled = false;
        foreach (var rendition in _renditions.Values)
        {
            // Behind an upload that is not answered a gap could not be listed anyway.
            if (rendition.Section is null || rendition.HasPending || now - rendition.LastAddedAt < patience)
                continue;
            if (!rendition.Filling)
                (rendition.Filling, rendition.FillingSince) = (true, now);
            filled |= Fill(rendition, now, patience);
        }
        return filled;
    }

    private bool Fill(RenditionTimeline rendition, TimeSpan now, TimeSpan patience)
    {
        var target = TimeSpan.FromSeconds(_settings.TargetDuration);
        var section = rendition.Section!;
        var index = _sections.IndexOf(section);
        if (index + 1 == _sections.Count)
        {
            var ahead = _renditions.Values.Where(other => other.Section == section && !other.Filling).Max(static o => o.End);
            var missing = ahead - rendition.End;
            AddGap(
                rendition,
                section,
                missing > Tolerance && missing < target ? missing.Value : target,
                discontinuity: false,
                now
            );
            return true;
        }
        // The others have restarted already. Up to their restart there may be room; beyond it this one's media is missing.
        var next = _sections[index + 1];
        var room = next.FirstDate - rendition.End!.Value;
        if (room > Tolerance)
        {
            AddGap(rendition, section, room < target ? room : target, discontinuity: false, now);
            return true;
        }
        if (now - rendition.LastAddedAt < patience + LastMoment)
            return false;
        var there = _renditions.Values.Where(other => other.Section == next).Max(static other => other.End) - rendition.End;
        AddGap(rendition, next, there > Tolerance && there < target ? there.Value : target, discontinuity: true, now);
        (rendition.Run, rendition.ExpectedTimestamp, rendition.FillingSince) = (null, next.FirstTimestamp, TimeSpan.MinValue);
        return true;
    }

    /// <summary>The live playlist of a rendition; null while nothing of it may be listed.</summary>
    public MediaPlaylist? Playlist(string name, bool ended)
    {
        var window = _renditions[name].Window(_settings.WindowSegments, _settings.WindowDuration);
        return window.Count == 0 ? null : RenditionTimeline.ToPlaylist(window, _settings, ended);
    }

    private (TimelineSection Section, bool Discontinuity) Place(
        RenditionTimeline rendition,
        MediaPiece piece,
        DateTimeOffset wallTime
    )
    {
        if (rendition.Section is not { } current)
            return (_sections.Count > 0 ? Nearest(0, piece, wallTime) : OpenSection(false, piece, wallTime), false);

        var restarted = piece.Discontinuity || (rendition.Run is { } run && run != piece.Run) || !Continues(rendition, piece);
        var index = _sections.IndexOf(current);
        var later = index + 1 < _sections.Count;
        // Gaps led it here while its own run was not known: the others may be further by now.
        if (rendition.Run is null && Nearest(index, piece, wallTime) is var nearest)
            return nearest == current ? (current, false) : (Enter(rendition, index, piece, wallTime), true);
        if (!restarted && later && !EntersNext(rendition, piece, _sections[index + 1]))
            return (current, false);
        // While it is filled for nothing of this rendition came: what came was of others, and they went on without a break.
        var othersWentOn =
            current.LastMediaAt > rendition.FillingSince || current.IsPast(piece.Timestamp, piece.Modulus, Tolerance);
        if (!restarted && !later && (!rendition.Filling || othersWentOn))
            return (current, false);
        return (later ? Enter(rendition, index, piece, wallTime) : OpenSection(!restarted, piece, wallTime), true);
    }

    /// <summary>The others are past a pause on the same line of media time; does this segment lie after it too?</summary>
    private bool EntersNext(RenditionTimeline rendition, MediaPiece piece, TimelineSection next) =>
        next.SameMediaTime
        && (
            piece.Timestamp is { } timestamp && next.FirstTimestamp is { } first
                ? Timestamps.Difference(timestamp, first, piece.Modulus) > -TimeSpan.FromSeconds(_settings.TargetDuration) / 2
                : rendition.Filling
        );

    /// <summary>Goes to the section others have opened; each one passed over costs a gap that carries its DISCONTINUITY.</summary>
    private TimelineSection Enter(RenditionTimeline rendition, int index, MediaPiece piece, DateTimeOffset wallTime)
    {
        var target = Nearest(index + 1, piece, wallTime);
        for (var i = index + 1; _sections[i] != target; i++)
            AddGap(
                rendition,
                _sections[i],
                TimeSpan.FromSeconds(Math.Min(1, _settings.TargetDuration)),
                discontinuity: true,
                rendition.LastAddedAt
            );
        return target;
    }

    /// <summary>The section whose mapping puts the segment nearest to now; a new one when none comes near.</summary>
    private TimelineSection Nearest(int from, MediaPiece piece, DateTimeOffset wallTime)
    {
        TimelineSection? best = null;
        var bestDistance = TimeSpan.MaxValue;
        for (var i = _sections.Count - 1; i >= from; i--)
        {
            var date = _sections[i].DateOf(piece.Timestamp, piece.Modulus);
            var distance = date is { } d ? (d - wallTime).Duration() : TimeSpan.Zero;
            if (distance < bestDistance)
                (best, bestDistance) = (_sections[i], distance);
        }
        return best is not null && bestDistance < TimeSpan.FromSeconds(60) ? best : OpenSection(false, piece, wallTime);
    }

    private TimelineSection OpenSection(bool sameMediaTime, MediaPiece piece, DateTimeOffset wallTime)
    {
        var date = End is { } end && end > wallTime ? end : wallTime;
        var section = TimelineSection.Open(NextDiscontinuity, sameMediaTime, date, piece.Timestamp);
        _sections.Add(section);
        return section;
    }

    private static bool Continues(RenditionTimeline rendition, MediaPiece piece) =>
        piece.Timestamp is not { } timestamp
        || rendition.ExpectedTimestamp is not { } expected
        || (
            rendition.Filling
                // While filling, time goes on at the source: whatever lies ahead is the same line.
                ? Timestamps.Difference(timestamp, expected, piece.Modulus) >= -Tolerance
                    && Timestamps.Difference(timestamp, expected, piece.Modulus) < TimeSpan.FromMinutes(10)
                : Timestamps.Difference(timestamp, expected, piece.Modulus).Duration() <= Tolerance
        );

    private void AddGaps(RenditionTimeline rendition, TimelineSection section, TimeSpan duration, TimeSpan now)
    {
        if (duration <= Tolerance)
            return;
        var count = (int)Math.Ceiling(duration / TimeSpan.FromSeconds(_settings.TargetDuration));
        for (var i = 0; i < count; i++)
            AddGap(rendition, section, duration / count, discontinuity: false, now);
    }

    private static void AddGap(
        RenditionTimeline rendition,
        TimelineSection section,
        TimeSpan duration,
        bool discontinuity,
        TimeSpan now
    )
    {
        rendition.Section = section;
        rendition.Add(
            number => new TimelineEntry
            {
                Number = number,
                Uri = TimelineEntry.GapUri(number),
                Duration = Timestamps.ToMicroseconds(duration),
                Date = rendition.End ?? section.AnchorDate,
                Discontinuity = discontinuity,
                DiscontinuitySequence = section.Sequence,
                State = EntryState.Gap,
            },
            now
        );
    }
}
