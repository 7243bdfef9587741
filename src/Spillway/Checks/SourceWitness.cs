using System.Threading.Channels;
using Spillway.Sources;
using Spillway.Sources.Hls;

namespace Spillway.Checks;

/// <summary>Follows a source until it has been seen to move, by the very code of the server, and remembers what came.</summary>
internal sealed class SourceWitness(TimeProvider time) : ILogger<HlsSource>
{
    /// <summary>Of each rendition the newest segment that is listed: what comes after it is new.</summary>
    private static readonly StartWindow Newest = new(1, 1, TimeSpan.Zero);

    /// <summary>For the other renditions, once one has moved.</summary>
    private static readonly TimeSpan Stragglers = TimeSpan.FromSeconds(3);

    private const int MostWords = 5;
    private const int Enough = 2;

    private readonly Lock _gate = new();
    private readonly List<string> _warnings = [];
    private readonly List<string> _missed = [];
    private readonly SortedDictionary<string, List<SegmentArrived>> _segments = new(StringComparer.Ordinal);
    private IReadOnlyList<SourceRendition> _renditions = [];

    /// <summary>Something came that was not there at first.</summary>
    public bool IsLive => _segments.Values.Any(static segments => segments.Count >= Enough);

    /// <summary>It shows the clip that Owncast plays while nobody streams.</summary>
    public bool IsOffline => Away?.Contains("Owncast", StringComparison.Ordinal) == true;

    /// <summary>Why nothing comes; null: something does, or nobody knows.</summary>
    public string? Away { get; private set; }

    public TimeSpan Waited { get; private set; }

    public IEnumerable<(string Rendition, IReadOnlyList<SegmentArrived> Segments)> Segments =>
        _segments.Select(static pair => (pair.Key, (IReadOnlyList<SegmentArrived>)pair.Value));

    /// <summary>Why segments could not be had, each reason once.</summary>
    public IReadOnlyList<string> Missed => _missed;

    /// <summary>What the server would have logged.</summary>
    public IReadOnlyList<string> Warnings
    {
        get
        {
            lock (_gate)
                return [.. _warnings];
        }
    }

    /// <param name="patience">For two segments to come; more where the source says that they are long.</param>
    public async Task FollowAsync(string source, Uri? owncast, TimeSpan patience, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var events = Channel.CreateBounded<SourceEvent>(64);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(patience);
        var running = new HlsSource(source, time, this, Newest, owncast).RunAsync(events.Writer, stop.Token);
        try
        {
            while (!IsDone())
            {
                var wasLive = IsLive;
                Add(await events.Reader.ReadAsync(late.Token));
                if (IsLive && !wasLive)
                    late.CancelAfter(Stragglers);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // What has come must do.
        }
        finally
        {
            Waited = time.GetElapsedTime(start);
            await stop.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    void ILogger.Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (logLevel < LogLevel.Warning)
            return;
        var words = formatter(state, exception);
        // These are told as events, too.
        if (
            words.StartsWith("The source is away", StringComparison.Ordinal)
            || words.StartsWith("Rendition ", StringComparison.Ordinal)
        )
            return;
        lock (_gate)
        {
            if (_warnings.Count < MostWords && !_warnings.Contains(words))
                _warnings.Add(words);
        }
    }

    private bool IsDone() =>
        Away is not null
        || (
            _renditions.Count > 0
            && _renditions.All(rendition => _segments.TryGetValue(rendition.Name, out var came) && came.Count >= Enough)
        );

    private void Add(SourceEvent what)
    {
        switch (what)
        {
            case RenditionsFound found:
                _renditions = found.Renditions;
                break;
            case SegmentArrived segment:
                if (!_segments.TryGetValue(segment.Rendition, out var came))
                    _segments.Add(segment.Rendition, came = []);
                came.Add(segment);
                break;
            case SegmentMissed missed when _missed.Count < MostWords && !_missed.Contains(missed.Reason):
                _missed.Add(missed.Reason);
                break;
            case SourceAway away:
                Away = away.Reason;
                break;
        }
    }
}
