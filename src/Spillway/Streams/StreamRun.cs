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
    /// <summary>Segments numbered and not yet answered, over all renditions; beyond it the source has to wait.</summary>
    private const int MaxInFlight = 32;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);

    private readonly StreamParts parts;
    private readonly StreamHistory history;
    private readonly CancellationToken abort;
    private readonly MutableObject multivariant;
    private readonly MutableObject player;
    private readonly BroadcastStart start;
    private readonly Channel<Action> answers = Channel.CreateUnbounded<Action>(
        new UnboundedChannelOptions { SingleReader = true }
    );
    private readonly List<Broadcast> ending = [];
    private readonly List<Task> writers = [];
    private readonly Dictionary<string, int> firstRuns = new(StringComparer.Ordinal);
    private readonly long origin;

    private IReadOnlyList<SourceRendition> declared = [];
    private Broadcast? broadcast;
    private Broadcast? newest;
    private Task playerPublished = Task.CompletedTask;
    private long nextNumber;
    private long nextDiscontinuity;
    private DateTimeOffset? lastEnd;
    private int inFlight;
    private long gaps;
    private string? sourceAway;
    private TimeSpan sourceAwaySince;
    private LiveStreamStatus status = new();

    /// <param name="parts">What it works with.</param>
    /// <param name="history">Where the stream stands.</param>
    /// <param name="abort">Ends every upload and PUT at once.</param>
    public StreamRun(StreamParts parts, StreamHistory history, CancellationToken abort)
    {
        (this.parts, this.history, this.abort) = (parts, history, abort);
        (nextNumber, nextDiscontinuity, lastEnd) = (history.NextNumber, history.NextDiscontinuity, history.End);
        start = new BroadcastStart(parts.Options);
        origin = parts.Time.GetTimestamp();
        multivariant = Open(StreamKeys.Multivariant(Name), history.Multivariant);
        player = Open(StreamKeys.Player(Name), history.Player);
    }

    public LiveStreamStatus Status
    {
        get => Volatile.Read(ref status);
        private set => Volatile.Write(ref status, value);
    }

    /// <summary>The broadcast whose playlists the origin shows; null before the first.</summary>
    public Broadcast? OnAir { get; private set; }

    public AcknowledgedVersion? Multivariant => multivariant.Acknowledged;

    private string Name => parts.Name;
    private ILogger Logger => parts.Logger;
    private TimeSpan Now => parts.Time.GetElapsedTime(origin);

    /// <summary>
    /// Until stopped. Stopping ends nothing on air: what is under way is finished, as far as that takes no longer than
    /// <see cref="StopPatience"/>.
    /// </summary>
    /// <exception cref="SupersededException">Another writer has taken the stream over.</exception>
    public async Task RunAsync(ChannelReader<SourceEvent> source, CancellationToken stopping)
    {
        await EndOldPlaylistsAsync().WaitAsync(stopping);
        PublishPlayer("offline");
        await LoopAsync(source, stopping);
        await FinishAsync();
    }

    /// <summary>What it has published stays to be read; it says who has the stream now.</summary>
    public void Yield(string reason) => Status = Status with { Superseded = reason };

    /// <summary>Done when every PUT has ended, after <c>abort</c>.</summary>
    public Task EndedAsync() => Task.WhenAll(writers);

    private async Task LoopAsync(ChannelReader<SourceEvent> source, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            while (answers.Reader.TryRead(out var answer))
                answer();
            while (inFlight < MaxInFlight && source.TryRead(out var next))
                Handle(next);
            Advance();
            await ObserveWritersAsync();

            using var tick = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            var waits = new List<Task>
            {
                answers.Reader.WaitToReadAsync(tick.Token).AsTask(),
                Task.Delay(Tick, parts.Time, tick.Token),
            };
            if (inFlight < MaxInFlight)
                waits.Add(source.WaitToReadAsync(tick.Token).AsTask());
            await Task.WhenAny(waits);
            await tick.CancelAsync();
            await Task.WhenAll(waits).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Uploads that are under way are waited for and listed.</summary>
    private async Task FinishAsync()
    {
        using var patience = new CancellationTokenSource(StopPatience, parts.Time);
        try
        {
            while (inFlight > 0)
                (await answers.Reader.ReadAsync(patience.Token))();
            Broadcast[] unfinished = broadcast is null ? [.. ending] : [.. ending, broadcast];
            foreach (var left in unfinished)
                left.PublishPlaylists();
            foreach (var rendition in unfinished.SelectMany(static left => left.Renditions))
                await rendition.Published.WaitAsync(patience.Token);
            await playerPublished.WaitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            StreamLog.StoppedEarly(Logger, Name, inFlight);
        }
    }

    private async Task ObserveWritersAsync()
    {
        foreach (var writer in writers)
        {
            if (writer.IsFaulted)
                await writer;
        }
        writers.RemoveAll(static writer => writer.IsCompletedSuccessfully);
    }

    private void Handle(SourceEvent next)
    {
        switch (next)
        {
            case RenditionsFound found:
                declared = found.Renditions;
                start.Expect(declared);
                if (
                    broadcast is not null
                    && !broadcast
                        .Renditions.Select(static r => r.Declared.Name)
                        .ToHashSet()
                        .SetEquals(declared.Select(static r => r.Name))
                )
                {
                    StreamLog.RenditionsChanged(Logger, Name, string.Join(", ", declared.Select(static r => r.Name)));
                    EndBroadcast();
                }
                break;
            case SegmentArrived segment when WasPublished(segment):
                StreamLog.SeenBefore(Logger, Name, segment.Rendition, segment.Sequence);
                break;
            case SegmentArrived segment when broadcast is null:
                start.Add(segment, Now);
                break;
            case SegmentArrived segment:
                Take(broadcast, segment);
                break;
            case SegmentMissed missed:
                StreamLog.SegmentMissed(Logger, Name, missed.Rendition, missed.Sequence, missed.Reason);
                gaps++;
                broadcast?.Timeline.AddMissing(missed.Rendition, missed.Run, missed.DeclaredDuration, Now);
                break;
            case SourceAway away:
                (sourceAway, sourceAwaySince) = (away.Reason, Now);
                StreamLog.SourceAway(Logger, Name, away.Reason, parts.Options.Grace.TotalSeconds);
                break;
            case SourceBack:
                sourceAway = null;
                StreamLog.SourceBack(Logger, Name);
                break;
        }
    }

    /// <summary>
    /// Before the restart, and still shown by the source: viewers have seen it. What a later run of the source brings is
    /// meant to be shown, also when an encoder makes the same bytes again.
    /// </summary>
    private bool WasPublished(SegmentArrived segment)
    {
        firstRuns.TryAdd(segment.Rendition, segment.Run);
        return firstRuns[segment.Rendition] == segment.Run && history.Hashes.Contains(StreamKeys.Hash(segment.Data.Span));
    }

    /// <summary>What time alone brings: a broadcast's start, filler, its end.</summary>
    private void Advance()
    {
        if (broadcast is null && start.IsReady(Now))
            StartBroadcast();
        if (broadcast is not null)
        {
            // 1.5 target durations are the limit (RFC 8216bis 6.2.1); one PUT and the edge need their part of it.
            var target = TimeSpan.FromSeconds(broadcast.Timeline.TargetDuration);
            var patience = 1.5 * target - TimeSpan.FromSeconds(0.9);
            var shortest = target + TimeSpan.FromSeconds(0.25);
            if (broadcast.Timeline.Fill(Now, patience > shortest ? patience : shortest))
                StreamLog.Filled(Logger, Name);
        }
        if (sourceAway is not null && Now - sourceAwaySince > parts.Options.Grace)
        {
            if (broadcast is not null)
            {
                StreamLog.Ended(Logger, Name, broadcast.Id, sourceAway);
                EndBroadcast();
            }
            // Also when the last broadcast has ended for another reason, and its successor never came.
            if (Status.State == "live")
                PublishPlayer("ended");
        }
        broadcast?.PublishPlaylists();
        foreach (var old in ending)
            old.PublishPlaylists();
        foreach (var old in ending.Where(static old => old.IsSettled))
        {
            foreach (var rendition in old.Renditions)
                rendition.Object.Complete();
        }
        ending.RemoveAll(static old => old.IsSettled);
        NoteStatus();
    }
}
