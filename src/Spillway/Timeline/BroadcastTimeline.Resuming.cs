using Spillway.Playlists;

namespace Spillway.Timeline;

/// <content>Going on where an earlier writer stopped, by what it has published and what the source still shows of that.</content>
internal sealed partial class BroadcastTimeline
{
    /// <summary>Dates are published in whole milliseconds, and EXTINF takes up what time stamps jump by less than the tolerance.</summary>
    private static readonly TimeSpan SameDate = TimeSpan.FromSeconds(0.25);

    /// <summary>Time stamps of another rendition's line that give a date this far from it have nothing to do with it.</summary>
    private static readonly TimeSpan Plausible = TimeSpan.FromMinutes(1);

    private TimeSpan _restsUntil;

    /// <summary>Since what date filler has been listed for want of media; null when media was listed last.</summary>
    public DateTimeOffset? PausedSince
    {
        get
        {
            DateTimeOffset? since = null;
            for (var at = _first; at is not null; at = at.Next)
            {
                since =
                    at.Slate is not null ? since ?? at.Begin
                    : at.IsFilled
                        ? since is { } known && at.MediaEnd == at.Begin ? known
                            : at.MediaEnd
                    : null;
            }
            return since;
        }
    }

    /// <summary>A broadcast as its playlists say. Whatever was listed stays as it is, and numbers go on behind it.</summary>
    /// <param name="settings">Its first number and discontinuity are those of the playlists.</param>
    /// <param name="published">By rendition, each with at least one entry and without <see cref="PublishedEntries.Contradiction"/>.</param>
    /// <param name="now">Monotonic.</param>
    /// <param name="silence">For how long nothing has been published.</param>
    /// <param name="rest">How long the source has time to come back before filler is listed; none is given where filler was listed last.</param>
    public static BroadcastTimeline Resume(
        BroadcastSettings settings,
        IReadOnlyDictionary<string, IReadOnlyList<TimelineEntry>> published,
        TimeSpan now,
        TimeSpan silence,
        TimeSpan rest
    )
    {
        var timeline = new BroadcastTimeline(settings, published.Keys);
        timeline.Build(published);
        foreach (var (name, entries) in published)
            timeline._renditions[name].Resume(entries, timeline.SectionOf, now, silence);
        var last = timeline._last!;
        timeline._now = now;
        timeline._lastMediaAt = now - silence;
        timeline._slateSince = now;
        timeline._restsUntil = last.IsClosed ? now : now + rest;
        return timeline;
    }

    /// <summary>The slate as the playlists list it: the longest repetition that all renditions have the beginning of; null for none.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<SlateSegment>>? SlateIn(
        IReadOnlyDictionary<string, IReadOnlyList<TimelineEntry>> published
    )
    {
        Dictionary<string, IReadOnlyList<SlateSegment>>? longest = null;
        var count = 0;
        var sections = published
            .Values.First()
            .Where(static e => e.IsSlate)
            .Select(static e => e.DiscontinuitySequence)
            .Distinct();
        foreach (var sequence in sections)
        {
            var repetition = published.ToDictionary(
                static pair => pair.Key,
                pair =>
                    pair.Value.SkipWhile(e => e.DiscontinuitySequence < sequence).TakeWhile(e => e.IsSlate && IsIn(e)).ToArray(),
                StringComparer.Ordinal
            );
            var shared = repetition.Values.Min(static entries => entries.Length);
            if (shared <= count || repetition.Values.Any(static entries => !entries[0].Discontinuity))
                continue;
            count = shared;
            longest = repetition.ToDictionary(
                static pair => pair.Key,
                IReadOnlyList<SlateSegment> (pair) =>
                    [.. pair.Value.Take(shared).Select(static e => new SlateSegment(e.Uri, e.Duration, e.InitializationSection))],
                StringComparer.Ordinal
            );

            bool IsIn(TimelineEntry entry) => entry.DiscontinuitySequence == sequence;
        }
        return longest;
    }

    /// <summary>
    /// The source shows again what was published: nothing is listed, but its time stamps tell the dates of what follows, in all
    /// renditions.
    /// </summary>
    public void Anchor(MediaPiece piece, TimelineEntry published)
    {
        var rendition = _renditions[piece.Rendition];
        if (SectionOf(published.DiscontinuitySequence) is not { } section)
            return;
        var line = LineAt(rendition, piece, section, published.Date);
        // What follows it in its section, in whatever rendition, has its dates on the same line.
        var ahead = section.MediaEnd > published.End ? section.MediaEnd - published.End : TimeSpan.Zero;
        line.Reach(section, published.End + ahead, piece.Timestamp + piece.Duration + ahead, piece.Modulus);
        rendition.Bring(piece, line);
    }

    /// <summary>Whether its time has been listed, as what was anchored says.</summary>
    public Recollection Judge(MediaPiece piece)
    {
        var rendition = _renditions[piece.Rendition];
        if (rendition.Line is not { } own)
            return LineOfRun(piece) is { } others ? Judge(rendition, others, piece) : Recollection.None;
        if (rendition.Run != piece.Run)
            return LineOfRun(piece) is null ? Recollection.None : Recollection.Doubtful;
        // Behind a break of its own time stamps nothing can be dated.
        return piece.Discontinuity || !(Jump(rendition, piece)?.Duration() <= Timestamps.Tolerance)
            ? Recollection.Doubtful
            : Judge(rendition, own, piece);
    }

    /// <summary>What was judged is done: passed over, or about to be added.</summary>
    public void Recall(MediaPiece piece, bool isListed)
    {
        var rendition = _renditions[piece.Rendition];
        if ((rendition.Line is not null && rendition.Run == piece.Run ? rendition.Line : LineOfRun(piece)) is not { } line)
            return;
        if (isListed)
            rendition.Bring(piece, line);
        // Media of the section it is in already, and none of it was seen again: a match is looked for only in later ones.
        else if (rendition.Line is null && rendition.LastMediaSection >= line.LastSection.Index)
            rendition.Adopt(piece, line, piece.Timestamp - (line.DateOf(piece.Timestamp, piece.Modulus) - rendition.End));
    }

    /// <summary>The source says that a segment is missing; true when its time has been listed, so that nothing is to be done.</summary>
    public bool RecallMissing(string name, int run, TimeSpan duration)
    {
        if (
            !_renditions.TryGetValue(name, out var rendition)
            || rendition.Line is not { } line
            || rendition.Run != run
            || duration > LongestMissing
            || line.DateOf(rendition.ExpectedTimestamp, rendition.Modulus) is not { } date
            || !(date + duration / 2 < rendition.End)
        )
            return false;
        rendition.ExpectedTimestamp += duration;
        return true;
    }

    private static Recollection Judge(RenditionTimeline rendition, MediaLine line, MediaPiece piece)
    {
        if (line.DateOf(piece.Timestamp, piece.Modulus) is not { } date)
            return Recollection.Doubtful;
        if (!(rendition.End - date > Timestamps.Tolerance))
            return Recollection.New;
        var middle = date + piece.Duration / 2;
        // Behind the furthest media of the line there is only filler, which stands for none; or another line.
        return middle < line.End && middle < rendition.End ? Recollection.Listed : Recollection.Doubtful;
    }

    /// <summary>The line that gives this time stamp this date, or a new one.</summary>
    private MediaLine LineAt(RenditionTimeline rendition, MediaPiece piece, TimelineSection section, DateTimeOffset date)
    {
        var own = rendition.Run == piece.Run ? rendition.Line : null;
        if (own is not null && (piece.Timestamp is null || Gives(own)))
            return own;
        for (var at = _first; at is not null && at.Index <= section.Index; at = at.Next)
        {
            if (at.Lines.Find(line => line.Run == piece.Run && Gives(line)) is not { } shared)
                continue;
            if (own is not null && piece.Timestamp is { } break_)
                own.Break(break_, shared);
            return shared;
        }
        var line = new MediaLine(section, piece.Run, own);
        section.Lines.Add(line);
        if (own is not null && piece.Timestamp is { } from)
            own.Break(from, line);
        return line;

        bool Gives(MediaLine line) => (line.DateOf(piece.Timestamp, piece.Modulus) - date)?.Duration() <= SameDate;
    }

    /// <summary>The latest line of the same run that can be this one's.</summary>
    private MediaLine? LineOfRun(MediaPiece piece)
    {
        MediaLine? latest = null;
        for (var at = _first; at is not null; at = at.Next)
        {
            latest =
                at.Lines.Find(line =>
                    line.Run == piece.Run && (line.DateOf(piece.Timestamp, piece.Modulus) - line.End)?.Duration() <= Plausible
                ) ?? latest;
        }
        return latest;
    }

    private TimelineSection? SectionOf(long sequence)
    {
        var section = _first;
        while (section is not null && section.Sequence != sequence)
            section = section.Next;
        return section;
    }

    private void Build(IReadOnlyDictionary<string, IReadOnlyList<TimelineEntry>> published)
    {
        var all = published.Values.SelectMany(static entries => entries).ToLookup(static entry => entry.DiscontinuitySequence);
        var (from, to) = (all.Min(static group => group.Key), all.Max(static group => group.Key));
        DateTimeOffset? end = null;
        // The first is not the broadcast's: index 0 stands for all that has left the playlists.
        for (var sequence = from; sequence <= to; sequence++)
        {
            // One that no playlist lists is passed through all the same, or numbers would not go on.
            var entries = all[sequence].ToArray();
            var begin = entries.Length == 0 ? end!.Value : entries.Min(static entry => entry.Date);
            var count = published.Values.Max(list => list.Count(e => e.DiscontinuitySequence == sequence && e.IsSlate));
            var section = new TimelineSection((int)(sequence - from) + 1, sequence, begin)
            {
                Slate = count > 0 ? Slate.Listed(count) : null,
                SlateCount = count,
            };
            foreach (var entry in entries.Where(static entry => entry is { IsSlate: false, State: EntryState.Stored }))
                section.ReachWithMedia(entry.End);
            foreach (var entry in entries)
                section.Reach(entry.End);
            // Gaps at the end of all renditions stand for nothing: what comes is listed behind them, and not lost.
            if (section.Slate is null && section.End - section.MediaEnd > Timestamps.Tolerance)
                section.ReachWithFiller(section.End);
            end = section.End;
            Append(section);
        }
    }
}

/// <summary>What the timeline knows of a segment that an earlier writer may have listed.</summary>
internal enum Recollection
{
    /// <summary>Nothing: no time stamps of its run have been given a date.</summary>
    None,

    /// <summary>Its time is listed, with it or without.</summary>
    Listed,

    /// <summary>It is new, or stands between what is listed.</summary>
    Doubtful,

    /// <summary>It follows on all that its rendition lists.</summary>
    New,
}
