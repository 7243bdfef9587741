namespace Spillway.Timeline;

/// <content>What is listed where there is no media: gaps, and the slate.</content>
internal sealed partial class BroadcastTimeline
{
    /// <summary>How much longer a rendition is waited for whose gap would stand for media that may still come.</summary>
    private static readonly TimeSpan LastMoment = TimeSpan.FromSeconds(0.5);

    private Slate? _slate;
    private TimeSpan _lastMediaAt;
    private TimeSpan _slateSince;
    private TimeSpan _slateListed;

    /// <summary>
    /// Gaps that were listed because nothing came: the source paused, or one rendition of it did. Each stands for a time, not for a
    /// segment that is known to be lost.
    /// </summary>
    public long PauseGaps { get; private set; }

    /// <summary>What was listed last is the slate.</summary>
    public bool OnSlate => _last is { Slate: not null };

    /// <summary>
    /// What is listed while the source as a whole pauses; may change at any time, from the next repetition on. Without it, and
    /// for a rendition that stalls alone, there are gaps.
    /// </summary>
    /// <returns>False when it cannot be listed and gaps are: a rendition has none, or not as many segments as the others, or one is longer
    /// than the target duration allows.</returns>
    public bool SetSlate(IReadOnlyDictionary<string, IReadOnlyList<SlateSegment>> byRendition)
    {
        _slate = Slate.Of(byRendition, _renditions.Keys, Fits);
        return _slate is not null;
    }

    /// <summary>
    /// Lists the slate from now on, without waiting for a pause; <see cref="Fill"/> goes on with it. It ends with the next
    /// segment added: the caller keeps the source's back as long as the slate is to be shown.
    /// </summary>
    /// <returns>False when there is none to list.</returns>
    public bool BeginSlate(TimeSpan now)
    {
        if (_last is null || !IsSlateUsable)
            return false;
        if (_last.Slate is null)
            (_slateSince, _slateListed) = (now, TimeSpan.Zero);
        ListSlate(now);
        return true;
    }

    /// <summary>
    /// Lists something where nothing has come for so long that players would think the stream dead (RFC 8216bis 6.2.1:
    /// 1.5 target durations): a gap for what others have brought and this rendition has not; the slate or a gap that stands for
    /// nothing when all of them wait.
    /// </summary>
    public bool Fill(TimeSpan now, TimeSpan patience)
    {
        _now = now;
        if (now < _restsUntil)
            return false;
        if (_last is { Slate: not null, IsFilled: false } && IsSlateUsable)
            return ListSlate(now);
        var filled = false;
        foreach (var rendition in _renditions.Values)
        {
            if (rendition.Section is null || now - rendition.LastAddedAt < patience)
                continue;
            var isLevel = rendition.Section == _last && _last.End - rendition.End <= Timestamps.Tolerance;
            // One that started again alone may be ahead of the others: they went on when it had stopped.
            var isAlone = _renditions.Values.Any(other =>
                other.Line != rendition.Line && other.LastMediaAt > rendition.LastMediaAt + TimeSpan.FromSeconds(1)
            );
            if (isLevel && !isAlone && IsSlateUsable)
            {
                var since = _renditions.Values.Max(static other => other.LastAddedAt);
                (_slateSince, _slateListed) = (since > _lastMediaAt ? since : _lastMediaAt, TimeSpan.Zero);
                return ListSlate(now);
            }
            // Behind an upload that is not answered a gap could not be listed anyway.
            if (rendition.HasPending)
                continue;
            if (!isLevel)
                filled |= FillBehind(rendition, now, patience);
            else if (isAlone)
                filled |= FillAhead(rendition, now);
            else
                filled |= FillPause(rendition, now);
        }
        return filled;
    }

    /// <summary>
    /// The whole source pauses: what comes next follows the filler, in all renditions. It keeps up with time, or dates would
    /// jump far where it ends; but step by step, so that media does not leave the window for nothing.
    /// </summary>
    private bool FillPause(RenditionTimeline rendition, TimeSpan now)
    {
        var section = rendition.Section!;
        var isBehind = section.End - section.MediaEnd + 2 * Target < now - _lastMediaAt;
        for (var i = 0; i < (isBehind ? 2 : 1); i++)
        {
            AddPauseGap(rendition, Target, now);
            section.ReachWithFiller(rendition.End!.Value);
        }
        rendition.IsFilled = true;
        return true;
    }

    /// <summary>For what the others will bring.</summary>
    private bool FillAhead(RenditionTimeline rendition, TimeSpan now)
    {
        AddPauseGap(rendition, Target, now);
        rendition.IsFilled = true;
        rendition.Section!.Reach(rendition.End!.Value);
        return true;
    }

    /// <summary>
    /// For what others have brought: one gap at least, and as many as keep it from falling far behind. What follows a break is
    /// touched last: the others may have been a moment sooner.
    /// </summary>
    private bool FillBehind(RenditionTimeline rendition, TimeSpan now, TimeSpan patience)
    {
        var isLastMoment = now - rendition.LastAddedAt >= patience + LastMoment;
        if (!isLastMoment && now - _lastMediaAt < LastMoment)
            return false;
        rendition.IsFilled = true;
        if (rendition.Section!.End - rendition.End <= Timestamps.Tolerance)
        {
            var room = rendition.Section.Next!.Begin - Start(rendition);
            if (room > Timestamps.Tolerance && rendition.End <= rendition.Section.End)
            {
                AddPauseGap(rendition, room < Target ? room : Target, now);
                return true;
            }
            if (!isLastMoment)
                return false;
            Enter(rendition, rendition.Section.Next!, now);
        }
        do
        {
            if (rendition.Section!.End - rendition.End <= Timestamps.Tolerance)
                Enter(rendition, rendition.Section.Next!, now);
            var missing = rendition.Section.End - Start(rendition);
            AddPauseGap(rendition, missing < Target ? missing : Target, now);
        } while (Lack(rendition) > (rendition.Section.End - rendition.End > Timestamps.Tolerance ? Target : 1.5 * Target));
        return true;
    }

    /// <summary>How much others have listed behind a rendition's end.</summary>
    private static TimeSpan Lack(RenditionTimeline rendition)
    {
        var lack = rendition.Section!.End - Start(rendition);
        for (var section = rendition.Section.Next; section is not null; section = section.Next)
            lack += section.End - section.Begin;
        return lack;
    }

    /// <summary>Brings a rendition up to a place, with gaps for what it lacks on the way.</summary>
    private void GoTo(RenditionTimeline rendition, Place place, TimeSpan now)
    {
        if (rendition.Section is null)
            Begin(rendition, place);
        while (rendition.Section != place.Section && rendition.Section!.Next is { } next)
        {
            var end = rendition.Section.End < place.Date ? rendition.Section.End : place.Date;
            AddGaps(rendition, end - Start(rendition), now);
            Enter(rendition, next, now);
        }
        var from = Start(rendition);
        if (rendition.HasJustEntered && place.From > from)
            from = place.From;
        AddGaps(rendition, place.Date - from, now, from);
    }

    /// <summary>
    /// A rendition that comes late begins where the others' playlists do, if that is more than a target duration before
    /// (RFC 8216bis 6.2.4: content in one rendition only at the ends, and no more than that).
    /// </summary>
    private void Begin(RenditionTimeline rendition, Place place)
    {
        var earliest = Earliest;
        var section = _first;
        while (section is not null && section.Sequence != earliest?.DiscontinuitySequence)
            section = section.Next;
        if (section is not null && place.Date - earliest!.Date > Target)
            rendition.Begin(section, earliest.Date);
        else
            rendition.Begin(place.Section, place.Date);
    }

    /// <summary>Goes to the next section. None is left without an entry: it would have no DISCONTINUITY.</summary>
    private void Enter(RenditionTimeline rendition, TimelineSection next, TimeSpan now)
    {
        if (rendition.HasJustEntered)
            AddGap(rendition, rendition.Section!.End - Start(rendition), now);
        rendition.Enter(next);
    }

    private bool IsSlateUsable =>
        _slate is { } slate
        && _renditions.Values.All(rendition =>
            // The two could not be told apart in one playlist: an EXT-X-MAP holds until the next (RFC 8216bis 4.4.4.5).
            rendition.HasInitializationSections
                is not { } has
            || has == (slate[rendition.Name, 0].InitializationSection is not null)
        );

    /// <summary>As much as time has passed, and something in any case where it is just beginning.</summary>
    private bool ListSlate(TimeSpan now)
    {
        // After a machine's sleep there is nobody left to whom an hour of slate would say anything.
        if (now - _slateSince - _slateListed > WindowDuration)
            _slateSince = now - _slateListed - WindowDuration;
        var listed = false;
        while (_slateListed <= now - _slateSince)
        {
            ListSlateSegment(now);
            listed = true;
        }
        return listed;
    }

    /// <summary>The next segment of the slate in all renditions; each repetition is a section.</summary>
    private void ListSlateSegment(TimeSpan now)
    {
        if (_last!.Slate is not { } slate || _last.IsFilled || _last.SlateCount == slate.Count)
        {
            slate = _slate!;
            var begin = _renditions.Values.Aggregate(_last.End, static (latest, rendition) => Later(latest, rendition.End));
            Append(new TimelineSection(_last.Index + 1, NextDiscontinuity, begin) { Slate = slate });
        }
        var section = _last;
        var index = section.SlateCount++;
        foreach (var rendition in _renditions.Values.Where(static rendition => rendition.Section is not null))
        {
            while (rendition.Section != section)
            {
                AddGaps(rendition, rendition.Section!.End - Start(rendition), now);
                Enter(rendition, rendition.Section.Next!, now);
            }
            var segment = slate[rendition.Name, index];
            rendition.Add(
                number => new TimelineEntry
                {
                    Number = number,
                    Uri = segment.Uri,
                    Duration = Listed(segment.Duration),
                    Date = Start(rendition),
                    Discontinuity = rendition.HasJustEntered,
                    DiscontinuitySequence = section.Sequence,
                    InitializationSection = segment.InitializationSection,
                    IsSlate = true,
                    State = EntryState.Stored,
                },
                now
            );
            rendition.IsFilled = true;
            section.Reach(rendition.End!.Value);
        }
        _slateListed += slate[_renditions.Keys.First(), index].Duration;
    }

    /// <summary>Where its next entry begins.</summary>
    private static DateTimeOffset Start(RenditionTimeline rendition) =>
        rendition.HasJustEntered ? Later(rendition.Section!.Begin, rendition.End) : rendition.End!.Value;

    /// <summary>As many gaps as the target duration asks for.</summary>
    private void AddGaps(RenditionTimeline rendition, TimeSpan duration, TimeSpan now, DateTimeOffset? from = null)
    {
        if (duration <= Timestamps.Tolerance)
            return;
        var count = (int)Math.Ceiling(duration / Target);
        for (var i = 0; i < count; i++)
            AddGap(rendition, duration / count, now, i == 0 ? from : null);
    }

    private void AddPauseGap(RenditionTimeline rendition, TimeSpan duration, TimeSpan now)
    {
        AddGap(rendition, duration, now);
        PauseGaps++;
    }

    private void AddGap(RenditionTimeline rendition, TimeSpan duration, TimeSpan now, DateTimeOffset? from = null)
    {
        var section = rendition.Section!;
        rendition.Add(
            number => new TimelineEntry
            {
                Number = number,
                Uri = TimelineEntry.GapUri(number),
                Duration = Listed(duration),
                Date = from is { } date && rendition.HasJustEntered ? date : Start(rendition),
                Discontinuity = rendition.HasJustEntered,
                DiscontinuitySequence = section.Sequence,
                State = EntryState.Gap,
            },
            now
        );
    }
}
