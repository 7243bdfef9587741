using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Spillway.Playlists;
using Spillway.Sources;
using Spillway.Storage;

namespace Spillway.Streams;

/// <summary>
/// A source's events with a memory: an instance that waits follows its source as a writer does and keeps the last of them, and a run
/// begins with those that are kept. So a take-over is to the run a source that repeats itself. A run's own events are kept too, for the
/// next run of the same instance. One reader at a time.
/// </summary>
internal sealed class SourceTape(ChannelReader<SourceEvent> live, TimeProvider time) : ChannelReader<SourceEvent>
{
    /// <summary>Longer than a take-over takes, with the usual window before it.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromSeconds(60);

    /// <summary>Bytes of media; beyond it the oldest go first.</summary>
    public const long MostBytes = 64 << 20;

    /// <summary>A source that has brought nothing for so long since it was first asked counts as away.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Queue<(long At, SourceEvent Event)> _events = new();
    private readonly long _start = time.GetTimestamp();
    private readonly Lock _gate = new();
    private Queue<SourceEvent> _again = new();
    private State _before = new();
    private State _now = new();
    private long? _liveSince;
    private long _lastSegment;
    private long _bytes;

    /// <summary>What is told of the source as of now; any thread.</summary>
    public SourceSight Sight
    {
        get
        {
            lock (_gate)
            {
                var isAway = _now.Away is not null || (_liveSince is null && time.GetElapsedTime(_start) > Patience);
                return new SourceSight(
                    isAway,
                    _liveSince is { } since ? time.GetElapsedTime(since) : null,
                    time.GetElapsedTime(_lastSegment)
                );
            }
        }
    }

    /// <summary>Why the source is away; null when it is not.</summary>
    public string? Away
    {
        get
        {
            lock (_gate)
                return _now.Away?.Reason;
        }
    }

    /// <summary>Reads on and keeps, until cancelled or the source ends.</summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        while (await live.WaitToReadAsync(cancellationToken))
        {
            while (live.TryRead(out var next))
                Keep(next);
        }
    }

    /// <summary>
    /// The next reader begins with what is kept. What came before the first that is listed is left out: it was listed before, or given up.
    /// </summary>
    /// <param name="listed">Hashes of the segments that are listed now.</param>
    public void Rewind(IReadOnlySet<string> listed)
    {
        lock (_gate)
        {
            var old = OlderThan(listed);
            _again = new Queue<SourceEvent>([
                .. _before.Events,
                .. _events.Select(static kept => kept.Event).Where(e => !old.Contains(e)),
            ]);
        }
    }

    public override bool TryRead([MaybeNullWhen(false)] out SourceEvent item)
    {
        lock (_gate)
        {
            if (_again.TryDequeue(out item))
                return true;
        }
        if (!live.TryRead(out item))
            return false;
        Keep(item);
        return true;
    }

    public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_again.Count > 0)
                return new ValueTask<bool>(true);
        }
        return live.WaitToReadAsync(cancellationToken);
    }

    private void Keep(SourceEvent next)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            _now = _now.With(next);
            if (next is SegmentArrived)
            {
                _lastSegment = now;
                _liveSince ??= now;
            }
            if (next is SourceAway)
                _liveSince = null;
            _events.Enqueue((now, next));
            _bytes += BytesOf(next);
            while (_events.TryPeek(out var oldest) && (_bytes > MostBytes || time.GetElapsedTime(oldest.At) > Kept))
            {
                _events.Dequeue();
                _bytes -= BytesOf(oldest.Event);
                _before = _before.With(oldest.Event);
            }
        }
    }

    /// <summary>For each rendition that has something listed, what comes before it.</summary>
    private HashSet<SourceEvent> OlderThan(IReadOnlySet<string> listed)
    {
        var old = new HashSet<SourceEvent>(ReferenceEqualityComparer.Instance);
        if (listed.Count == 0)
            return old;
        foreach (
            var rendition in _events.GroupBy(static kept => RenditionOf(kept.Event)).Where(static group => group.Key is not null)
        )
        {
            var events = rendition.Select(static kept => kept.Event).ToList();
            var first = events.FindIndex(e => e is SegmentArrived segment && listed.Contains(StreamKeys.Hash(segment.Data.Span)));
            old.UnionWith(events.Take(Math.Max(0, first)));
        }
        return old;
    }

    private static string? RenditionOf(SourceEvent kept) =>
        kept switch
        {
            SegmentArrived segment => segment.Rendition,
            SegmentMissed missed => missed.Rendition,
            _ => null,
        };

    private static long BytesOf(SourceEvent kept) =>
        kept is SegmentArrived segment ? segment.Data.Length + (segment.InitializationSection?.Length ?? 0) : 0;

    /// <summary>What holds from one event to the next of its kind.</summary>
    private sealed record State(
        RenditionsFound? Found = null,
        SourceTitle? Title = null,
        SourceAdvice? Advice = null,
        SourceAway? Away = null
    )
    {
        public IEnumerable<SourceEvent> Events => ((SourceEvent?[])[Found, Title, Advice, Away]).OfType<SourceEvent>();

        public State With(SourceEvent next) =>
            next switch
            {
                RenditionsFound found => this with { Found = found },
                SourceTitle title => this with { Title = title },
                SourceAdvice advice => this with { Advice = advice },
                SourceAway away => this with { Away = away },
                SourceBack or SegmentArrived => this with { Away = null },
                _ => this,
            };
    }
}
