using System.Threading.Channels;
using Spillway.Playlists;
using Spillway.Sources;
using Spillway.Storage;
using Spillway.Timeline;

namespace Spillway.Streams;

/// <summary>
/// A live stream from the moment its state was read from the bucket until it is stopped. One loop owns all of it; uploads
/// and PUTs run beside it and report back as answers. A run after one that failed is a new one: nothing leaks into it.
/// </summary>
internal sealed partial class StreamRun
{
    /// <summary>
    /// Segments numbered and not yet answered, over all renditions. Beyond it the source has to wait while the store keeps up: much
    /// has come at once. While the store is away or slow, waiting would only lose what the source drops meanwhile.
    /// </summary>
    private const int MaxInFlight = 32;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);

    private readonly StreamParts _parts;
    private readonly StreamHistory _history;
    private readonly CancellationToken _abort;
    private readonly MutableObject _multivariant;
    private readonly MutableObject _player;
    private readonly BroadcastStart _start;
    private readonly Channel<Action> _answers = Channel.CreateUnbounded<Action>(
        new UnboundedChannelOptions { SingleReader = true }
    );
    private readonly List<Broadcast> _ending = [];
    private readonly List<Task> _writers = [];
    private readonly Dictionary<string, int> _firstRuns = new(StringComparer.Ordinal);
    private readonly long _origin;

    private IReadOnlyList<SourceRendition> _declared = [];
    private Broadcast? _broadcast;
    private Broadcast? _newest;
    private Task _playerPublished = Task.CompletedTask;
    private long _nextNumber;
    private long _nextDiscontinuity;
    private DateTimeOffset? _lastEnd;
    private int _inFlight;
    private long _gaps;
    private long _pauseGaps;
    private Task _goingOnAir = Task.CompletedTask;
    private string? _sourceAway;
    private string? _sourceAdvice;
    private string _sourceTitle = "";
    private TimeSpan _sourceAwaySince;
    private LiveStreamStatus _status = new();

    /// <param name="parts">What it works with.</param>
    /// <param name="history">Where the stream stands.</param>
    /// <param name="abort">Ends every upload and PUT at once.</param>
    public StreamRun(StreamParts parts, StreamHistory history, CancellationToken abort)
    {
        (_parts, _history, _abort) = (parts, history, abort);
        (_nextNumber, _nextDiscontinuity) = history.Next(parts.Store.Now);
        _lastEnd = history.End;
        _start = new BroadcastStart(parts.Options);
        _seenBuckets = parts.Uploader.NewBuckets;
        _origin = parts.Time.GetTimestamp();
        _multivariant = Open(StreamKeys.Multivariant(Name), history.Multivariant);
        _player = Open(StreamKeys.Player(Name), history.Player);
        _writers.Add(parts.Place.Kept);
        _shelf = OpenShelf();
    }

    public LiveStreamStatus Status
    {
        get => Volatile.Read(ref _status);
        private set => Volatile.Write(ref _status, value);
    }

    /// <summary>The broadcast whose playlists the origin shows; null before the first.</summary>
    public Broadcast? OnAir { get; private set; }

    public AcknowledgedVersion? Multivariant => _multivariant.Acknowledged ?? _resumed;

    private string Name => _parts.Name;
    private ILogger Logger => _parts.Logger;
    private bool MayRead => _inFlight < MaxInFlight || _parts.Uploader.IsBehind;
    private TimeSpan Now => _parts.Time.GetElapsedTime(_origin);

    /// <summary>
    /// Until stopped. Stopping ends nothing on air: what is under way is finished, as far as that takes no longer than
    /// <see cref="StopPatience"/>.
    /// </summary>
    /// <exception cref="SupersededException">Another writer has taken the stream over.</exception>
    public async Task RunAsync(ChannelReader<SourceEvent> source, CancellationToken stopping)
    {
        ResumeAudience();
        RecallSwitches();
        if (!Resume())
        {
            await EndOldPlaylistsAsync().WaitAsync(stopping);
            PublishPlayer(_isHeld ? "ended" : "offline");
        }
        EndHeld();
        EndOldReplays();
        FinishOldReport();
        _writers.Add(SweepRegularlyAsync());
        await LoopAsync(source, stopping);
        await FinishAsync();
    }

    /// <summary>What it has published stays to be read; it says who has the stream now.</summary>
    public void Yield(string reason) => Status = Status with { Superseded = reason };

    /// <summary>Done when every PUT has ended, after <c>abort</c>.</summary>
    public Task EndedAsync() => Task.WhenAll(_writers);

    private async Task LoopAsync(ChannelReader<SourceEvent> source, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            while (_answers.Reader.TryRead(out var answer))
                answer();
            while (MayRead && source.TryRead(out var next))
                Sift(next);
            Advance();
            await ObserveWritersAsync();

            using var tick = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            var waits = new List<Task>
            {
                _answers.Reader.WaitToReadAsync(tick.Token).AsTask(),
                Task.Delay(Tick, _parts.Time, tick.Token),
            };
            if (MayRead)
                waits.Add(source.WaitToReadAsync(tick.Token).AsTask());
            await Task.WhenAny(waits);
            await tick.CancelAsync();
            await Task.WhenAll(waits).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Uploads that are under way are waited for and listed.</summary>
    private async Task FinishAsync()
    {
        using var patience = new CancellationTokenSource(StopPatience, _parts.Time);
        try
        {
            while (_inFlight > 0)
                (await _answers.Reader.ReadAsync(patience.Token))();
            Broadcast[] unfinished = _broadcast is null ? [.. _ending] : [.. _ending, _broadcast];
            foreach (var left in unfinished)
                left.PublishPlaylists(Now, stopping: true);
            foreach (var rendition in unfinished.SelectMany(static left => left.Renditions))
                await rendition.Published.WaitAsync(patience.Token);
            await _goingOnAir.WaitAsync(patience.Token);
            while (_answers.Reader.TryRead(out var answer))
                answer();
            await FinishReplaysAsync(unfinished, patience.Token);
            await _playerPublished.WaitAsync(patience.Token);
            NoteReports();
            await FlushReportsAsync().WaitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            StreamLog.StoppedEarly(Logger, Name, _inFlight);
        }
    }

    private async Task ObserveWritersAsync()
    {
        foreach (var writer in _writers)
        {
            if (writer.IsFaulted)
                await writer;
        }
        _writers.RemoveAll(static writer => writer.IsCompletedSuccessfully);
    }

    private void Handle(SourceEvent next)
    {
        switch (next)
        {
            case RenditionsFound found:
                _declared = found.Renditions;
                _start.Expect(_declared);
                _isDoubted = MayStillCome;
                if (!_slateByHand && !_isDoubted)
                    EndIfRenditionsChanged();
                break;
            case SegmentArrived segment when _resumption is null && WasPublished(segment):
                StreamLog.SeenBefore(Logger, Name, segment.Rendition, segment.Sequence);
                break;
            // The operator wants the slate: nothing of the source is shown meanwhile.
            case SegmentArrived or SegmentMissed when _slateByHand || _isHeld:
                break;
            case SegmentArrived segment when _broadcast is null:
                _start.Add(segment, Now);
                break;
            case SegmentArrived segment:
                Take(_broadcast, segment);
                break;
            case SegmentMissed missed:
                StreamLog.SegmentMissed(Logger, Name, missed.Rendition, missed.Sequence, missed.Reason);
                _gaps++;
                _broadcast?.Timeline.AddMissing(missed.Rendition, missed.Run, missed.DeclaredDuration, Now);
                break;
            case SourceAway away:
                (_sourceAway, _sourceAwaySince) = (away.Reason, _awayBefore ?? Now);
                StreamLog.SourceAway(Logger, Name, away.Reason, _parts.Options.Grace.TotalSeconds);
                break;
            case SourceBack:
                _sourceAway = null;
                StreamLog.SourceBack(Logger, Name);
                break;
            case SourceTitle title:
                if (_sourceTitle == title.Text)
                    break;
                _sourceTitle = title.Text;
                if (_parts.Options.Title.Length == 0)
                    PublishPlayer(Status.State);
                break;
            case SourceAdvice advice:
                _sourceAdvice = advice.Text;
                if (advice.Text is { } text)
                    StreamLog.Advice(Logger, Name, text);
                break;
        }
    }

    private void EndIfRenditionsChanged()
    {
        if (
            _broadcast is null
            || _broadcast
                .Renditions.Select(static r => r.Declared.Name)
                .ToHashSet()
                .SetEquals(_declared.Select(static r => r.Name))
        )
            return;
        NoteSwarmSplit($"the renditions are now {string.Join(", ", _declared.Select(static r => r.Name))}");
        StreamLog.RenditionsChanged(Logger, Name, string.Join(", ", _declared.Select(static r => r.Name)));
        EndBroadcast();
    }

    /// <summary>
    /// Before the restart, and still shown by the source: viewers have seen it. What a later run of the source brings is
    /// meant to be shown, also when an encoder makes the same bytes again.
    /// </summary>
    private bool WasPublished(SegmentArrived segment)
    {
        _firstRuns.TryAdd(segment.Rendition, segment.Run);
        return _history.Hashes.Count > 0
            && _firstRuns[segment.Rendition] == segment.Run
            && _history.Hashes.Contains(StreamKeys.Hash(segment.Data.Span));
    }

    /// <summary>What time alone brings: a broadcast's start, filler, its end.</summary>
    private void Advance()
    {
        AdvanceResumption();
        if (_broadcast is null && _start.IsReady(Now))
            StartBroadcast();
        if (_broadcast is not null)
        {
            // 1.5 target durations are the limit (RFC 8216bis 6.2.1); one PUT and the edge need their part of it.
            var target = TimeSpan.FromSeconds(_broadcast.Timeline.TargetDuration);
            var patience = 1.5 * target - TimeSpan.FromSeconds(0.9);
            var shortest = target + TimeSpan.FromSeconds(0.25);
            var pauseGaps = _broadcast.Timeline.PauseGaps;
            if (_broadcast.Timeline.Fill(Now, patience > shortest ? patience : shortest))
                StreamLog.Filled(Logger, Name);
            _pauseGaps += _broadcast.Timeline.PauseGaps - pauseGaps;
            TellOfSlate();
        }
        TendWindow();
        TellOfAudience();
        if (_sourceAway is not null && Now - _sourceAwaySince > _parts.Options.Grace)
        {
            if (_broadcast is not null)
            {
                StreamLog.Ended(Logger, Name, _broadcast.Id, _sourceAway);
                EndBroadcast();
            }
            // Also when the last broadcast has ended for another reason, and its successor never came.
            if (Status.State is "live" or "slate")
                PublishPlayer("ended");
        }
        TendHold();
        if (!_parts.Uploader.IsCatchingUp)
            _broadcast?.PublishPlaylists(Now);
        foreach (var old in _ending)
            old.PublishPlaylists(Now);
        TendReplays();
        foreach (var old in _ending.Where(static old => old.IsSettled))
        {
            foreach (var rendition in old.Renditions)
                rendition.Object.Complete();
        }
        // Until its last playlist is stored: a stop waits for that.
        _ending.RemoveAll(static old =>
            old.IsSettled && old.Renditions.All(static r => r.Published.IsCompleted) && old.Replay is null or { IsDone: true }
        );
        FollowTrackers();
        NoteStatus();
        NoteInUse();
        NoteReports();
    }
}
