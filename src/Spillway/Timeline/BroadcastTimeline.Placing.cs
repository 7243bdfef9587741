namespace Spillway.Timeline;

/// <content>Where a segment belongs.</content>
internal sealed partial class BroadcastTimeline
{
    /// <summary>What a rendition without others beside it may skip while it is behind.</summary>
    private static readonly TimeSpan LongestSkip = TimeSpan.FromSeconds(30);

    /// <summary>A jump forward up to this is the same line of time after a pause.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    /// <summary>What seems to come later than this belongs elsewhere: two renditions may count the source's runs differently.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Between filler and what follows it: where another rendition comes later than this one, it has something to list that
    /// takes nothing from it.
    /// </summary>
    private static readonly TimeSpan Room = TimeSpan.FromSeconds(0.5);

    /// <summary>Sections in which a match is looked for.</summary>
    private const int MostSections = 256;

    /// <param name="Section">The section.</param>
    /// <param name="Line">What gives its date.</param>
    /// <param name="Date">Of its start.</param>
    /// <param name="From">From when on the section's time is missing, when the rendition enters it with this segment.</param>
    private readonly record struct Place(TimelineSection Section, MediaLine Line, DateTimeOffset Date, DateTimeOffset From);

    /// <summary>Its time has been listed without it.</summary>
    private bool IsLate(RenditionTimeline rendition, Place place, MediaPiece piece)
    {
        var (section, line, date, _) = place;
        if (rendition.End - date > Timestamps.Tolerance || section.Slate is not null)
            return true;
        // Its line has ended at a pause, and goes on behind it with other dates.
        if (section.Index > line.LastSection.Index && line.HasPaused)
            return true;
        // What a rendition that comes late still has of before the others' playlists would only be removed again.
        if (rendition.Section is null && Earliest is { } earliest && earliest.Date - date > Target)
            return true;
        // A line begins with its section: what is of before has no place in either.
        var isEntering = rendition.Section != section && line.Section == section && section.Index > 0;
        if (isEntering && section.Begin - date > Timestamps.Tolerance)
            return true;
        // And what reaches over a pause has none behind it: the others have cut elsewhere and gone on.
        return section.Next is { } next
            && (section.IsFilled || next.Slate is not null)
            && date + piece.Duration - next.Begin > Timestamps.Tolerance;
    }

    private Place Find(RenditionTimeline rendition, MediaPiece piece, TimeSpan now, DateTimeOffset wallTime)
    {
        if (_last is null)
            return Open(rendition, piece, now, wallTime, broken: null);
        if (rendition.Line is { } own && GoesOn(rendition, own, piece, now))
        {
            var line = Follow(rendition, own, piece);
            return line.DateOf(piece.Timestamp, piece.Modulus) is { } date
                ? GoOn(rendition, line, piece, date, now, wallTime)
                : Blindly(rendition, line, piece, now, wallTime);
        }
        if (Match(rendition, piece, now) is var (found, at))
            return On(rendition, found, piece, at, now, wallTime);
        if (!_last.IsClosed && rendition.LastMediaSection < _last.Index)
        {
            // At the start renditions may count their runs differently.
            var isStart = rendition.Section is null && _last.Index == 0 && _last.MediaEnd - _last.Begin <= 3 * Target;
            // What an earlier writer listed has no line until the source has shown some of it again.
            if (isStart || (_last.Lines is [var first, ..] && piece.Run <= first.Run))
                return Join(_last, rendition, piece);
        }
        var jump = Jump(rendition, piece);
        var isSameTime = rendition.Run == piece.Run && jump >= -Timestamps.Tolerance && jump < LongestPause;
        return Open(rendition, piece, now, wallTime, isSameTime ? Follow(rendition, rendition.Line!, piece) : null);
    }

    /// <summary>Its time stamps follow on those of the rendition's last media, or what lies between has passed without it.</summary>
    private bool GoesOn(RenditionTimeline rendition, MediaLine line, MediaPiece piece, TimeSpan now)
    {
        if (piece.Discontinuity || rendition.Run != piece.Run || IsLost(rendition, line, now))
            return false;
        if (Jump(rendition, piece) is not { } jump || jump.Duration() <= Timestamps.Tolerance)
            return true;
        if (jump < TimeSpan.Zero || jump > LongestPause)
            return false;
        line = Follow(rendition, line, piece);
        return line.HasPaused
            || line.Reaches(piece.Timestamp!.Value, piece.Modulus)
            || (rendition.IsFilled && line.DateOf(piece.Timestamp, piece.Modulus) < _last!.End + LongestSkip);
    }

    private Place GoOn(
        RenditionTimeline rendition,
        MediaLine line,
        MediaPiece piece,
        DateTimeOffset date,
        TimeSpan now,
        DateTimeOffset wallTime
    )
    {
        // What follows on its last media is never late, however the two have been rounded.
        var isNext =
            line == rendition.Line && !rendition.IsFilled && !(Jump(rendition, piece)?.Duration() > Timestamps.Tolerance);
        if (isNext && rendition.End - date > Timestamps.Tolerance)
            date = rendition.End!.Value;
        var place = On(rendition, line, piece, date, now, wallTime);
        if (place.Line != line)
            return place;
        var from = line.Section == place.Section ? line.DateOf(rendition.ExpectedTimestamp, piece.Modulus) : rendition.End;
        return place with { From = Later(place.Section.Begin, from) };
    }

    /// <summary>The section that has the date; behind the pause there was meanwhile, if nobody has brought this before.</summary>
    private Place On(
        RenditionTimeline rendition,
        MediaLine line,
        MediaPiece piece,
        DateTimeOffset date,
        TimeSpan now,
        DateTimeOffset wallTime
    )
    {
        var isNew = date + piece.Duration > line.End + Timestamps.Tolerance;
        if (isNew && line is { HasPaused: true, Next: null } && !HasStartedAgain(rendition, piece))
        {
            if (_last!.IsClosed)
                return Open(rendition, piece, now, wallTime, line);
            if (rendition.LastMediaSection < _last.Index)
            {
                var joined = Join(_last, rendition, piece, line);
                line.Break(piece.Timestamp!.Value, joined.Line);
                return joined;
            }
        }
        var section = line.Section;
        while (section.Next is { } next && next.Begin < date + piece.Duration / 2)
            section = next;
        return new Place(section, line, date, section.Begin);
    }

    /// <summary>The source has, since this rendition brought something: what it still brings is of before.</summary>
    private bool HasStartedAgain(RenditionTimeline rendition, MediaPiece piece)
    {
        for (var section = _first; section is not null; section = section.Next)
        {
            if (section.Lines.Exists(line => line.Run > piece.Run && line.RunSince > rendition.LastMediaSection))
                return true;
        }
        return false;
    }

    /// <summary>Without time stamps it is believed to follow on what was listed last.</summary>
    private Place Blindly(RenditionTimeline rendition, MediaLine line, MediaPiece piece, TimeSpan now, DateTimeOffset wallTime)
    {
        if (rendition.Section is { Slate: null, IsFilled: false } section && rendition.End is { } end)
        {
            if (section.Next is null)
                return new Place(section, line, end, end);
            if (!rendition.IsFilled && end + piece.Duration / 2 < section.Next.Begin)
                return new Place(section, line, end, end);
        }
        return _last!.IsClosed ? Open(rendition, piece, now, wallTime, broken: null) : Join(_last, rendition, piece);
    }

    /// <summary>Over the breaks that other renditions have met already, unless only they did.</summary>
    private static MediaLine Follow(RenditionTimeline rendition, MediaLine line, MediaPiece piece)
    {
        if (piece.Timestamp is not { } timestamp)
            return line;
        var behind = rendition.IsFilled ? LongestDelay : Timestamps.Tolerance;
        while (
            line.NextAt(timestamp, piece.Modulus) is { } next && !(rendition.End - next.DateOf(timestamp, piece.Modulus) > behind)
        )
            line = next;
        return line;
    }

    /// <summary>
    /// All that came for long was too late, and it is not that the others are ahead on the same line: it was taken for
    /// something it is not, such as another run that happens to have the same number.
    /// </summary>
    private bool IsLost(RenditionTimeline rendition, MediaLine line, TimeSpan now) =>
        rendition.LateFor(now) > LongestSkip && !_last!.IsClosed && line.End < _last.MediaEnd - Target;

    /// <summary>The same run of the source in another rendition, in a section where this one has brought nothing yet.</summary>
    private (MediaLine Line, DateTimeOffset Date)? Match(RenditionTimeline rendition, MediaPiece piece, TimeSpan now)
    {
        for (var section = _first; section is not null; section = section.Next)
        {
            if (section.Index <= rendition.LastMediaSection)
                continue;
            foreach (var line in section.Lines.Where(line => line.Run == piece.Run))
            {
                var furthest = Follow(rendition, line, piece);
                if (IsLost(rendition, furthest, now) || furthest.DateOf(piece.Timestamp, piece.Modulus) is not { } date)
                    continue;
                // Only what has been filled can be late.
                var most = furthest.LastSection.IsClosed ? Target : LongestDelay;
                if (
                    !(rendition.End - date > (rendition.IsFilled ? LongestDelay : Timestamps.Tolerance))
                    && date >= line.Section.Begin - Target
                    && date <= furthest.End + most
                )
                    return (furthest, date);
            }
        }
        return null;
    }

    /// <summary>Into the section that others have opened, on the line of one of them if that gives a date near to theirs.</summary>
    private Place Join(TimelineSection section, RenditionTimeline rendition, MediaPiece piece, MediaLine? broken = null)
    {
        foreach (var line in section.Lines)
        {
            if (
                line.DateOf(piece.Timestamp, piece.Modulus) is { } shared
                && (shared - section.MediaEnd).Duration() < (line.Run == piece.Run ? LongestSkip : 2 * Target)
                && ((line.Run == piece.Run && rendition.IsFilled) || !(rendition.End - shared > Timestamps.Tolerance))
            )
                return new Place(section, line, shared, section.Begin);
        }
        var own = new MediaLine(section, piece.Run, broken);
        section.Lines.Add(own);
        var date = Later(Later(section.Begin, rendition.End), section.MediaEnd - piece.Duration);
        own.Reach(section, date, piece.Timestamp, piece.Modulus);
        return new Place(section, own, date, section.Begin);
    }

    /// <summary>A new section, with a line of its own.</summary>
    /// <param name="broken">The line whose time stamps go on in it; null when the source has started again.</param>
    private Place Open(RenditionTimeline rendition, MediaPiece piece, TimeSpan now, DateTimeOffset wallTime, MediaLine? broken)
    {
        // What of the section's beginning this segment is not.
        var ahead = rendition.MissedAhead is { } missed && missed.Run == piece.Run ? missed.Duration : TimeSpan.Zero;
        var begin = Later(wallTime - ahead, rendition.End);
        if (_last is { } last)
        {
            var others = _renditions.Values.Where(other => other != rendition && other.LastMediaSection >= 0).ToList();
            var least = others.Aggregate(last.End, static (latest, other) => Later(latest, other.End));
            if (others.Count > 0 && last.IsClosed)
            {
                least += Room;
            }
            else if (others.Count > 0 && broken is null)
            {
                // One of them may still bring a segment of before the restart. And if they never restart, they go on where
                // they are: from there to here no more than the time that has passed.
                least += Target;
                var most = least + (now - _lastMediaAt);
                begin = begin < most ? begin : Later(most, rendition.End);
            }
            begin = Later(begin, least);
            // Other renditions may cut elsewhere: what they have of this time, before this segment, needs room too.
            foreach (var other in broken is null || !last.IsClosed ? [] : others)
            {
                var lead = piece.Timestamp - other.ExpectedTimestamp is null
                    ? TimeSpan.Zero
                    : Timestamps.Difference(piece.Timestamp!.Value, other.ExpectedTimestamp!.Value, piece.Modulus);
                if (other.Line == broken && lead > ahead && lead <= Target)
                    ahead = lead;
            }
        }
        var section = new TimelineSection(_last?.Index + 1 ?? 0, NextDiscontinuity, begin);
        Append(section);
        var line = new MediaLine(section, piece.Run, broken);
        section.Lines.Add(line);
        line.Reach(section, begin + ahead, piece.Timestamp, piece.Modulus);
        if (piece.Timestamp is { } timestamp)
            broken?.Break(timestamp - ahead, line);
        var from = broken is null ? begin : begin + ahead;
        return new Place(section, line, begin + ahead, from);
    }

    private void Append(TimelineSection section)
    {
        if (_last is not null)
            _last.Next = section;
        _last = section;
        _first ??= section;
        while (section.Index - _first.Index > MostSections)
            _first = _first.Next!;
    }

    private static TimeSpan? Jump(RenditionTimeline rendition, MediaPiece piece) =>
        piece.Timestamp is { } timestamp && rendition.ExpectedTimestamp is { } expected
            ? Timestamps.Difference(timestamp, expected, piece.Modulus)
            : null;

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset? other) => other > one ? other.Value : one;
}
