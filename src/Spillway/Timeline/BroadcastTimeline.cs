using Spillway.Playlists;

namespace Spillway.Timeline;

/// <summary>What a broadcast fixes at its start.</summary>
/// <param name="TargetDuration">Seconds; no segment may round above it.</param>
/// <param name="WindowSegments">At least so many segments are listed, once there are.</param>
/// <param name="WindowDuration">And at least this much time, until told otherwise.</param>
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
/// <para>The broadcast is one sequence of sections; a rendition's position is a section and a date. It only moves forward, and
/// what it lacks of a section that others have gone through is a gap. See docs/decisions/0002.</para>
/// </summary>
internal sealed partial class BroadcastTimeline
{
    /// <summary>A source that declares more than this of one segment as missing is not believed: its next time stamp will tell.</summary>
    private static readonly TimeSpan LongestMissing = TimeSpan.FromMinutes(1);

    private readonly BroadcastSettings _settings;
    private readonly Dictionary<string, RenditionTimeline> _renditions;

    private TimeSpan _now;

    /// <summary>The section matches are looked for from; those before it are of the distant past.</summary>
    private TimelineSection? _first;
    private TimelineSection? _last;

    public BroadcastTimeline(BroadcastSettings settings, IEnumerable<string> renditions)
    {
        (_settings, WindowDuration) = (settings, settings.WindowDuration);
        _renditions = renditions.ToDictionary(
            static name => name,
            name => new RenditionTimeline(name, settings.FirstNumber),
            StringComparer.Ordinal
        );
    }

    /// <summary>
    /// How much time is listed at least, in all renditions; may change at any time. Made longer, the playlists keep what they have
    /// until there is so much: what has left them never comes back (RFC 8216bis 6.2.2).
    /// </summary>
    public TimeSpan WindowDuration { get; set; }

    public int TargetDuration => _settings.TargetDuration;
    public bool IndependentSegments => _settings.IndependentSegments;
    public IReadOnlyCollection<RenditionTimeline> Renditions => _renditions.Values;

    /// <summary>The first number no rendition has used.</summary>
    public long NextNumber => _renditions.Values.Max(static rendition => rendition.NextNumber);

    /// <summary>The next Discontinuity Sequence Number no segment has.</summary>
    public long NextDiscontinuity => (_last?.Sequence + 1) ?? _settings.FirstDiscontinuity;

    /// <summary>When the last rendition's listed media ends.</summary>
    public DateTimeOffset? End => _renditions.Values.Max(static rendition => rendition.End);

    /// <summary>The first entry that a rendition may list.</summary>
    private TimelineEntry? Earliest =>
        _renditions.Values.SelectMany(static rendition => rendition.Entries.Take(1)).MinBy(static entry => entry.Date);

    private TimeSpan Target => TimeSpan.FromSeconds(_settings.TargetDuration);

    /// <summary>RFC 8216bis 4.4.3.1: EXTINF rounded to the nearest integer must not exceed the target duration.</summary>
    public bool Fits(TimeSpan duration) => Math.Floor(duration.TotalSeconds + 0.5) <= _settings.TargetDuration;

    /// <summary>
    /// Numbers a segment. Gaps that stand before it, for missing media, are added too.
    /// Null when its time has already been listed as missing: it comes too late for ever.
    /// </summary>
    public TimelineEntry? Add(MediaPiece piece, Func<long, string> name, TimeSpan now, DateTimeOffset wallTime)
    {
        _now = now;
        var rendition = _renditions[piece.Rendition];
        var place = Find(rendition, piece, now, wallTime);
        if (IsLate(rendition, place, piece))
        {
            rendition.NoteLate(now);
            rendition.Bring(piece, place.Line);
            return null;
        }
        GoTo(rendition, place, now);
        rendition.Bring(piece, place.Line);
        var section = place.Section;
        // After a discontinuity the date is the line's; else dates are the sum of EXTINFs, which take up the difference.
        var isFree = rendition.End is null || rendition.HasJustEntered;
        var end = rendition.End ?? place.Date;
        var date = isFree && place.Date > end - Timestamps.Tolerance ? place.Date : end;
        var entry = rendition.Add(
            number => new TimelineEntry
            {
                Number = number,
                Uri = name(number),
                Duration = Listed(isFree ? piece.Duration : piece.Duration + (place.Date - end)),
                Date = date,
                Discontinuity = rendition.HasJustEntered,
                DiscontinuitySequence = section.Sequence,
                InitializationSection = piece.InitializationSection,
                State = EntryState.Pending,
            },
            now
        );
        rendition.NoteMedia(now);
        if (section.ReachWithMedia(entry.End))
            _lastMediaAt = now;
        place.Line.Reach(
            section,
            (place.Line.DateOf(piece.Timestamp, piece.Modulus) ?? entry.Date) + piece.Duration,
            piece.Timestamp + piece.Duration,
            piece.Modulus
        );
        return entry;
    }

    /// <summary>
    /// Lists media the source itself failed to give as missing. At the start of another run nothing is listed: how the
    /// source's time goes on is not known before its first segment, and that brings a DISCONTINUITY.
    /// </summary>
    public void AddMissing(string name, int run, TimeSpan duration, TimeSpan now)
    {
        if (
            !_renditions.TryGetValue(name, out var rendition)
            || rendition.Section is not { } section
            || duration <= TimeSpan.Zero
            || duration > LongestMissing
        )
            return;
        if (rendition.Run != run)
        {
            var ahead = rendition.MissedAhead is { } known && known.Run == run ? known.Duration : TimeSpan.Zero;
            rendition.MissedAhead = (run, ahead + duration);
            return;
        }
        var from = rendition.ExpectedTimestamp;
        rendition.ExpectedTimestamp += duration;
        // Where it is behind, what comes next tells how long the gap is.
        if (rendition.IsFilled || section.IsFilled || section.Slate is not null)
            return;
        if (section.Next is { } next && rendition.End + duration / 2 > next.Begin)
        {
            var line = from is { } timestamp ? rendition.Line?.NextAt(timestamp, rendition.Modulus) : null;
            if (line?.Section != next)
                return;
            // The others are over a break already that this rendition has missed.
            AddGaps(rendition, section.End - Start(rendition), now);
            Enter(rendition, next, now);
            AddGaps(rendition, duration, now);
            return;
        }
        AddGaps(rendition, duration, now);
        section.ReachWithMedia(rendition.End!.Value);
        rendition.Line?.Reach(section, rendition.End.Value, rendition.ExpectedTimestamp, rendition.Modulus);
    }

    /// <param name="name">The rendition.</param>
    /// <param name="end">The number after the last in a playlist that the store has acknowledged; 0 for none.</param>
    public void NoteListed(string name, long end) => _renditions[name].NoteListed(end, _now);

    /// <summary>The first number of a rendition that may not be listed yet.</summary>
    public long ListableEnd(string name) => _renditions[name].ListableEnd;

    /// <summary>
    /// What was stored is gone with its bucket: what was listed of it is listed no more, so that the next playlists name only
    /// what the store has.
    /// </summary>
    public void ForgetListed()
    {
        foreach (var rendition in _renditions.Values)
            rendition.ForgetListed();
    }

    /// <summary>The live playlist of a rendition; null while nothing of it may be listed.</summary>
    /// <param name="name">The rendition's.</param>
    /// <param name="ended">With ENDLIST.</param>
    /// <param name="heldFrom">No segment from this number on leaves the window: its replay does not list it yet.</param>
    /// <param name="most">Segments beyond which the window is cut; what is held stays.</param>
    public MediaPlaylist? Playlist(string name, bool ended, long heldFrom = long.MaxValue, int most = int.MaxValue)
    {
        // Who reloads as RFC 8216bis 6.3.4 says has seen what has been there for so long.
        var shown = Target;
        var limits = new WindowLimits(_settings.WindowSegments, WindowDuration, shown, heldFrom, most);
        var window = _renditions[name].Window(limits, _now);
        return window.Count == 0 ? null : RenditionTimeline.ToPlaylist(window, _settings, ended);
    }

    /// <summary>What EXTINF says: whole microseconds, above nothing, and not above the target duration.</summary>
    private TimeSpan Listed(TimeSpan duration)
    {
        var listed = Timestamps.ToMicroseconds(duration);
        var most = Target + TimeSpan.FromSeconds(0.5) - TimeSpan.FromMicroseconds(1);
        var least = TimeSpan.FromMilliseconds(1);
        return listed > most ? most
            : listed < least ? least
            : listed;
    }
}
