using Spillway.Playlists;
using Spillway.Sources;
using Spillway.Timeline;

namespace Spillway.Streams;

/// <summary>
/// Stands between a source and the timeline of a broadcast that an earlier writer began. What the source still shows of what
/// is listed already is left out, by its hash, and tells the timeline at what date the source's time stamps are: what follows
/// goes on without a break. Where nothing can be told yet it waits a moment, since another rendition, or the next segment, may
/// tell. Pure: no clock, no I/O.
/// </summary>
/// <param name="timeline">As read back from the playlists.</param>
/// <param name="canMatch">False for a source whose segments are made anew by each process: none can be the same.</param>
/// <param name="segment">Typical segment duration.</param>
/// <param name="targetDuration">Seconds.</param>
internal sealed class Resumption(BroadcastTimeline timeline, bool canMatch, TimeSpan segment, int targetDuration)
{
    private static readonly TimeSpan ShortestQuiet = TimeSpan.FromSeconds(0.6);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(10);
    private const int MostHeld = 100;

    private readonly Dictionary<string, Shown> _renditions = timeline.Renditions.ToDictionary(
        static rendition => rendition.Name,
        static rendition => new Shown([.. rendition.Entries]),
        StringComparer.Ordinal
    );

    /// <summary>In the order of arrival, over all renditions.</summary>
    private readonly List<SourceEvent> _held = [];
    private TimeSpan _heldSince;
    private TimeSpan _lastHeld;

    /// <summary>A source that shows its window brings it in one go: a pause this long means that no more of it comes.</summary>
    private TimeSpan Quiet => 0.75 * segment > ShortestQuiet ? 0.75 * segment : ShortestQuiet;

    /// <summary>Players have to go on, whatever comes.</summary>
    private TimeSpan LongestWait =>
        TimeSpan.FromSeconds(3 * targetDuration) is var three && three > ShortestWait ? three : ShortestWait;

    /// <summary>Segments left out because they were listed before.</summary>
    public int Recalled { get; private set; }

    /// <summary>A segment or a missing one comes; what is to be shown now comes out, in order.</summary>
    public IReadOnlyList<SourceEvent> Sift(SourceEvent next, TimeSpan now) =>
        next switch
        {
            SegmentArrived arrived => Sift(arrived, now),
            SegmentMissed missed => Sift(missed, now),
            _ => [next],
        };

    /// <summary>What has been waited for long enough.</summary>
    public IReadOnlyList<SourceEvent> Advance(TimeSpan now) =>
        _held.Count > 0 && (now - _lastHeld > Quiet || now - _heldSince > LongestWait || _held.Count > MostHeld) ? Release() : [];

    /// <summary>What is held back, as far as nothing says that it was listed.</summary>
    public IReadOnlyList<SourceEvent> Release()
    {
        var released = new List<SourceEvent>();
        foreach (var held in _held)
        {
            var shown = _renditions[NameOf(held)];
            if (held is not SegmentArrived arrived || shown.IsOver)
                released.Add(held);
            else if (Decide(arrived, PieceOf(arrived), shown, isWaitedFor: false) == true)
                released.Add(held);
        }
        _held.Clear();
        return released;
    }

    private IReadOnlyList<SourceEvent> Sift(SegmentArrived arrived, TimeSpan now)
    {
        if (!canMatch || !_renditions.TryGetValue(arrived.Rendition, out var shown) || shown.IsOver)
            return [arrived];
        var piece = PieceOf(arrived);
        if (shown.Find(StreamKeys.Hash(arrived.Data.Span)) is { } listed)
        {
            // What the source showed before it is older still.
            Recalled += 1 + _held.RemoveAll(held => held is SegmentArrived && NameOf(held) == arrived.Rendition);
            _held.RemoveAll(held => NameOf(held) == arrived.Rendition);
            timeline.Anchor(piece, listed);
            return Settle();
        }
        if (
            _held.Exists(held => NameOf(held) == arrived.Rendition)
            || Decide(arrived, piece, shown, isWaitedFor: true) is not { } isNew
        )
            return Hold(arrived, now);
        return isNew ? [arrived] : [];
    }

    private IReadOnlyList<SourceEvent> Sift(SegmentMissed missed, TimeSpan now)
    {
        if (!canMatch || !_renditions.TryGetValue(missed.Rendition, out var shown) || shown.IsOver)
            return [missed];
        if (_held.Exists(held => NameOf(held) == missed.Rendition))
            return Hold(missed, now);
        if (!shown.IsAnchored)
            return [];
        return timeline.RecallMissing(missed.Rendition, missed.Run, missed.DeclaredDuration) ? [] : [missed];
    }

    private IReadOnlyList<SourceEvent> Hold(SourceEvent next, TimeSpan now)
    {
        if (_held.Count == 0)
            _heldSince = now;
        _lastHeld = now;
        _held.Add(next);
        return [];
    }

    /// <summary>One rendition's match says what is held of the others.</summary>
    private List<SourceEvent> Settle()
    {
        var released = new List<SourceEvent>();
        var undecided = new HashSet<string>(StringComparer.Ordinal);
        foreach (var held in _held.ToArray())
        {
            var name = NameOf(held);
            if (undecided.Contains(name))
                continue;
            var isNew =
                held is SegmentArrived arrived && !_renditions[name].IsOver
                    ? Decide(arrived, PieceOf(arrived), _renditions[name], isWaitedFor: true)
                    : true;
            if (isNew is null)
            {
                undecided.Add(name);
                continue;
            }
            if (isNew == true)
                released.Add(held);
            _held.Remove(held);
        }
        return released;
    }

    /// <returns>Whether it is to be shown; null when what comes next can tell, and may be waited for.</returns>
    private bool? Decide(SegmentArrived arrived, MediaPiece piece, Shown shown, bool isWaitedFor)
    {
        var known = timeline.Judge(piece);
        // Between what is listed the source shows what could not be stored in its time: it is too late for ever.
        if (isWaitedFor && (known == Recollection.None || (known == Recollection.Doubtful && shown.HasMore)))
            return null;
        var isListed = known == Recollection.Listed;
        timeline.Recall(piece, isListed);
        shown.IsAnchored = true;
        shown.IsOver = !isListed;
        if (isListed)
            Recalled++;
        return !isListed;
    }

    private static string NameOf(SourceEvent held) =>
        held is SegmentArrived arrived ? arrived.Rendition : ((SegmentMissed)held).Rendition;

    private static MediaPiece PieceOf(SegmentArrived arrived) =>
        new()
        {
            Rendition = arrived.Rendition,
            Run = arrived.Run,
            Discontinuity = arrived.Discontinuity,
            Duration = RenditionFormat.DurationOf(arrived),
            Timestamp = arrived.Media.FirstTimestamp,
            Modulus = arrived.Media.TimestampModulus,
            InitializationSection = arrived.InitializationSection is null ? null : "",
        };

    /// <summary>What one rendition's playlist listed, and how far the source has shown it again.</summary>
    private sealed class Shown(TimelineEntry[] listed)
    {
        private readonly string?[] _hashes = [.. listed.Select(static entry => StreamKeys.HashIn(entry.Uri))];
        private readonly int _last = Array.FindLastIndex(
            listed,
            static entry => entry is { IsSlate: false, State: EntryState.Stored }
        );
        private int _next;

        /// <summary>Media is listed that the source has not shown again.</summary>
        public bool HasMore => _next <= _last;

        /// <summary>Something of it has been shown again.</summary>
        public bool IsAnchored { get; set; }

        /// <summary>Something new has come: whatever bytes come now are meant to be shown, also when they are the same again.</summary>
        public bool IsOver { get; set; }

        /// <summary>The last entry with this hash behind those that were shown again; null for none.</summary>
        public TimelineEntry? Find(string hash)
        {
            var index = Array.LastIndexOf(_hashes, hash);
            if (index < _next)
                return null;
            _next = index + 1;
            IsAnchored = true;
            return listed[index];
        }
    }
}
