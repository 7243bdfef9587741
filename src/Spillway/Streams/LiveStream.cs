using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Spillway.Playlists;
using Spillway.Sources;
using Spillway.Storage;
using Spillway.Timeline;

namespace Spillway.Streams;

/// <summary>
/// One live stream's pipeline: takes segments from its source, numbers, stores, lists and publishes them. One loop owns
/// all its state; uploads run beside it and report back. Nothing else writes the stream's objects.
/// </summary>
internal sealed partial class LiveStream : IDisposable
{
    /// <summary>Segments numbered and not yet answered, over all renditions; beyond it the source has to wait.</summary>
    private const int MaxInFlight = 32;
    private const int ParallelUploads = 6;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);

    private readonly StreamOptions options;
    private readonly IObjectStore store;
    private readonly bool conditional;
    private readonly PlayerSettings playerSettings;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly SegmentUploader uploader;
    private readonly List<Broadcast> ending = [];
    private readonly List<Task> writers = [];
    private readonly Dictionary<string, int> firstRuns = new(StringComparer.Ordinal);
    private readonly long origin;

    private Channel<Action> answers;
    private BroadcastStart start;
    private IReadOnlyList<SourceRendition> declared;
    private Broadcast? broadcast;
    private Broadcast? newest;
    private MutableObject multivariant = null!;
    private MutableObject player = null!;
    private Task playerPublished = Task.CompletedTask;
    private StreamHistory history = null!;
    private long nextNumber;
    private long nextDiscontinuity;
    private DateTimeOffset? lastEnd;
    private int inFlight;
    private long gaps;
    private string? sourceAway;
    private TimeSpan sourceAwaySince;
    private LiveStreamStatus status = new();

    public LiveStream(
        string name,
        StreamOptions options,
        IObjectStore store,
        bool conditional,
        PlayerSettings playerSettings,
        TimeProvider time,
        ILogger<LiveStream> logger
    )
    {
        Name = name;
        this.options = options;
        this.store = store;
        this.conditional = conditional;
        this.playerSettings = playerSettings;
        this.time = time;
        this.logger = logger;
        uploader = new SegmentUploader(store, ParallelUploads, time, logger);
        Forget();
        origin = time.GetTimestamp();
    }

    public string Name { get; }

    public StreamOptions Options => options;

    public LiveStreamStatus Status => Volatile.Read(ref status);

    public SegmentUploader Uploads => uploader;

    /// <summary>The broadcast whose playlists the origin shows; null before the first.</summary>
    public Broadcast? OnAir { get; private set; }

    /// <summary>Its player document as the store has acknowledged it.</summary>
    public AcknowledgedVersion? Player => player?.Acknowledged;

    /// <summary>The stamp of the multivariant playlist that the store has acknowledged; null before the first.</summary>
    public AcknowledgedVersion? Multivariant => multivariant?.Acknowledged;

    private TimeSpan Now => time.GetElapsedTime(origin);

    /// <summary>
    /// Runs until stopped, or until another writer takes the stream over. Stopping ends nothing on air: what is under way
    /// is finished, as far as that takes no longer than <see cref="StopPatience"/>.
    /// </summary>
    public async Task RunAsync(ChannelReader<SourceEvent> source, CancellationToken stopping)
    {
        using var abort = new CancellationTokenSource();
        Forget();
        try
        {
            history = await RecoverAsync(stopping);
            (nextNumber, nextDiscontinuity, lastEnd) = (history.NextNumber, history.NextDiscontinuity, history.End);
            multivariant = Open(StreamKeys.Multivariant(Name), history.Multivariant, abort.Token);
            player = Open(StreamKeys.Player(Name), history.Player, abort.Token);
            await EndOldPlaylistsAsync(abort.Token).WaitAsync(stopping);
            PublishPlayer("offline");
            await LoopAsync(source, stopping, abort.Token);
            await FinishAsync();
        }
        catch (SupersededException exception)
        {
            Log.Superseded(logger, Name, exception.Message);
            Volatile.Write(ref status, Status with { Superseded = exception.Message });
        }
        finally
        {
            await abort.CancelAsync();
            await Task.WhenAll(writers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => uploader.Dispose();

    /// <summary>A run after one that failed goes on as a new process does, from the bucket; nothing of the last one may leak into it.</summary>
    [MemberNotNull(nameof(answers), nameof(start), nameof(declared))]
    private void Forget()
    {
        answers = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
        start = new BroadcastStart(options);
        declared = [];
        ending.Clear();
        writers.Clear();
        firstRuns.Clear();
        (broadcast, newest, OnAir, sourceAway, inFlight) = (null, null, null, null, 0);
    }

    private async Task LoopAsync(ChannelReader<SourceEvent> source, CancellationToken stopping, CancellationToken abort)
    {
        while (!stopping.IsCancellationRequested)
        {
            while (answers.Reader.TryRead(out var answer))
                answer();
            while (inFlight < MaxInFlight && source.TryRead(out var next))
                Handle(next, abort);
            Advance(abort);
            await ObserveWritersAsync();

            using var tick = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            var waits = new List<Task>
            {
                answers.Reader.WaitToReadAsync(tick.Token).AsTask(),
                Task.Delay(Tick, time, tick.Token),
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
        using var patience = new CancellationTokenSource(StopPatience, time);
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
            Log.StoppedEarly(logger, Name, inFlight);
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

    private void Handle(SourceEvent next, CancellationToken cancellationToken)
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
                    Log.RenditionsChanged(logger, Name, string.Join(", ", declared.Select(static r => r.Name)));
                    EndBroadcast();
                }
                break;
            case SegmentArrived segment when WasPublished(segment):
                Log.SeenBefore(logger, Name, segment.Rendition, segment.Sequence);
                break;
            case SegmentArrived segment when broadcast is null:
                start.Add(segment, Now);
                break;
            case SegmentArrived segment:
                Take(broadcast, segment, cancellationToken);
                break;
            case SegmentMissed missed:
                Log.SegmentMissed(logger, Name, missed.Rendition, missed.Sequence, missed.Reason);
                gaps++;
                broadcast?.Timeline.AddMissing(missed.Rendition, missed.Run, missed.DeclaredDuration, Now);
                break;
            case SourceAway away:
                (sourceAway, sourceAwaySince) = (away.Reason, Now);
                Log.SourceAway(logger, Name, away.Reason, options.Grace.TotalSeconds);
                break;
            case SourceBack:
                sourceAway = null;
                Log.SourceBack(logger, Name);
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
    private void Advance(CancellationToken cancellationToken)
    {
        if (broadcast is null && start.IsReady(Now))
            StartBroadcast(cancellationToken);
        if (broadcast is not null)
        {
            // 1.5 target durations are the limit (RFC 8216bis 6.2.1); one PUT and the edge need their part of it.
            var target = TimeSpan.FromSeconds(broadcast.Timeline.TargetDuration);
            var patience = 1.5 * target - TimeSpan.FromSeconds(0.9);
            var shortest = target + TimeSpan.FromSeconds(0.25);
            if (broadcast.Timeline.Fill(Now, patience > shortest ? patience : shortest))
                Log.Filled(logger, Name);
        }
        if (sourceAway is not null && Now - sourceAwaySince > options.Grace)
        {
            if (broadcast is not null)
            {
                Log.Ended(logger, Name, broadcast.Id, sourceAway);
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
        // Until its last playlist is stored: a stop waits for that.
        ending.RemoveAll(static old => old.IsSettled && old.Renditions.All(static r => r.Published.IsCompleted));
        NoteStatus();
    }

    private void StartBroadcast(CancellationToken cancellationToken)
    {
        var plan = start.Take();
        var backlog = plan
            .Segments.GroupBy(static s => s.Rendition)
            .Max(static group => group.Sum(s => RenditionFormat.DurationOf(s).Ticks));
        var begin = store.Now - TimeSpan.FromTicks(backlog);
        if (lastEnd is { } end && end > begin)
            begin = end;
        var id = StreamKeys.NewBroadcast(store.Now);
        var timeline = new BroadcastTimeline(
            new BroadcastSettings(
                plan.TargetDuration,
                options.Window > 0 ? options.Window : 6,
                TimeSpan.FromSeconds(Math.Max(options.Window > 0 ? 0 : 24, 3 * plan.TargetDuration)),
                nextNumber,
                nextDiscontinuity,
                plan.IndependentSegments
            ),
            plan.Renditions.Select(static r => r.Name)
        );
        var started = new Broadcast(
            id,
            timeline,
            plan.Renditions.Select(rendition =>
            {
                var folder = StreamKeys.MediaFolder(Name, id, rendition.Name);
                var format = RenditionFormat.Of([.. plan.Segments.Where(s => s.Rendition == rendition.Name)], rendition);
                return new BroadcastRendition(
                    rendition,
                    format,
                    folder,
                    Open($"{folder}/{StreamKeys.PlaylistName}", null, cancellationToken)
                );
            })
        )
        {
            SegmentDuration = plan.SegmentDuration,
        };
        broadcast = started;
        Volatile.Write(ref newest, started);
        Log.Started(
            logger,
            Name,
            id,
            string.Join(", ", plan.Renditions.Select(static r => r.Name)),
            plan.TargetDuration,
            nextNumber
        );
        foreach (var segment in plan.Segments)
            Take(started, segment, cancellationToken, begin);
        writers.Add(PutOnAirAsync(started, cancellationToken));
    }

    /// <summary>All media playlists first, then the multivariant that names them, then the word to the players.</summary>
    private async Task PutOnAirAsync(Broadcast started, CancellationToken cancellationToken)
    {
        while (started.Renditions.Any(static r => r.Listed is null))
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellationToken);
        // Its successor has begun while its first uploads hung: nobody is sent to what has ended.
        if (Volatile.Read(ref newest) != started)
            return;
        var playlist = started.ToMultivariant(r => $"{started.Id}/{r.Declared.Name}/{StreamKeys.PlaylistName}");
        await multivariant
            .PublishAsync(stamp => PlaylistWriter.Write(playlist with { Stamp = stamp }), StreamKeys.MultivariantHeaders)
            .WaitAsync(cancellationToken);
        answers.Writer.TryWrite(() =>
        {
            OnAir = started;
            started.OnAir = true;
            if (started == broadcast)
                PublishPlayer("live");
            Log.OnAir(logger, Name, started.Id);
        });
    }

    /// <summary>Numbers a segment and sends it off.</summary>
    private void Take(Broadcast on, SegmentArrived segment, CancellationToken cancellationToken, DateTimeOffset? wallTime = null)
    {
        if (on.Find(segment.Rendition) is not { } rendition)
            return;
        var duration = RenditionFormat.DurationOf(segment);
        if (!on.Timeline.Fits(duration) || !rendition.Format.Carries(segment, rendition.Declared))
        {
            Log.CannotCarry(logger, Name, on.Id, segment.Rendition, duration.TotalSeconds, on.Timeline.TargetDuration);
            EndBroadcast();
            start.Add(segment, Now);
            return;
        }
        if (segment.Media.Problem is { } problem)
            Log.Unreadable(logger, Name, segment.Rendition, segment.Sequence, problem);
        var hash = StreamKeys.Hash(segment.Data.Span);
        var section = segment.InitializationSection is { } init ? $"init-{StreamKeys.Hash(init.Span)}.mp4" : null;
        var entry = on.Timeline.Add(
            new MediaPiece
            {
                Rendition = segment.Rendition,
                Run = segment.Run,
                Discontinuity = segment.Discontinuity,
                Duration = duration,
                Timestamp = segment.Media.FirstTimestamp,
                Modulus = segment.Media.TimestampModulus,
                InitializationSection = section,
            },
            number => $"{number}-{hash}{(section is null ? ".ts" : ".m4s")}",
            Now,
            wallTime ?? store.Now
        );
        if (entry is null)
        {
            gaps++;
            Log.TooLate(logger, Name, segment.Rendition, segment.Sequence);
            return;
        }
        inFlight++;
        _ = StoreAsync(on, rendition, entry, segment, cancellationToken);
    }

    private async Task StoreAsync(
        Broadcast on,
        BroadcastRendition rendition,
        TimelineEntry entry,
        SegmentArrived segment,
        CancellationToken cancellationToken
    )
    {
        // Of this run: it may be over when the answer comes.
        var answered = answers.Writer;
        // After its window a segment that is not stored would be listed only to be removed.
        var matters = TimeSpan.FromSeconds(Math.Max(24, 3 * on.Timeline.TargetDuration));
        var result = default(UploadResult);
        try
        {
            if (segment.InitializationSection is not { } init || await StoreSectionAsync())
            {
                result = await uploader.UploadAsync(
                    $"{rendition.Folder}/{entry.Uri}",
                    segment.Data,
                    segment.InitializationSection is null ? StreamKeys.SegmentHeaders : StreamKeys.FragmentHeaders,
                    entry.Duration,
                    matters,
                    cancellationToken
                );
            }

            Task<bool> StoreSectionAsync()
            {
                var name = entry.InitializationSection!;
                return rendition.StoreSectionAsync(
                    name,
                    async () =>
                        (
                            await uploader.UploadAsync(
                                $"{rendition.Folder}/{name}",
                                init,
                                StreamKeys.InitializationSectionHeaders,
                                entry.Duration,
                                matters,
                                cancellationToken
                            )
                        ).Stored
                );
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception exception)
        {
            // A bug, and nobody awaits this task: the loop is to fail with it, for its supervisor to see.
            var failure = ExceptionDispatchInfo.Capture(exception);
            answered.TryWrite(failure.Throw);
            return;
        }
        answered.TryWrite(() => NoteAnswer(on, rendition, entry, segment.Data.Length, result));
    }

    private void NoteAnswer(Broadcast on, BroadcastRendition rendition, TimelineEntry entry, int bytes, UploadResult result)
    {
        inFlight--;
        if (!result.Stored)
        {
            gaps++;
            entry.BecomeGap();
            return;
        }
        entry.State = EntryState.Stored;
        rendition.Stored++;
        Log.Stored(
            logger,
            Name,
            rendition.Declared.Name,
            entry.Number,
            entry.Duration.TotalSeconds,
            bytes,
            (long)result.Elapsed.TotalMilliseconds,
            playerSettings.EdgeUrl($"{rendition.Folder}/{entry.Uri}"),
            rendition.Listed?.Segments.Count ?? 0
        );
    }

    private void EndBroadcast()
    {
        if (broadcast is not { } ended)
            return;
        broadcast = null;
        ended.Ending = true;
        ending.Add(ended);
        (nextNumber, nextDiscontinuity, lastEnd) = (
            ended.Timeline.NextNumber,
            ended.Timeline.NextDiscontinuity,
            ended.Timeline.End
        );
        start.Expect(declared);
    }

    private void PublishPlayer(string state)
    {
        var document = playerSettings.Document(Name, options, state, broadcast ?? OnAir);
        playerPublished = player.PublishAsync(
            stamp => (document with { Epoch = stamp.Epoch, Revision = stamp.Revision }).ToJson(),
            StreamKeys.PlayerHeaders
        );
        Volatile.Write(ref status, Status with { State = state, Broadcast = document.Broadcast });
    }

    private void NoteStatus()
    {
        var shown = broadcast ?? OnAir;
        Volatile.Write(
            ref status,
            Status with
            {
                SourceAway = sourceAway,
                Gaps = gaps,
                StoreFault = (
                    uploader.Fault
                    ?? multivariant.Fault
                    ?? player.Fault
                    ?? shown?.Renditions.Select(static r => r.Object.Fault).FirstOrDefault(static f => f is not null)
                )
                    is { } fault
                    ? $"{fault.Message} {fault.Remedy}"
                    : null,
                Renditions =
                [
                    .. (shown?.Renditions ?? []).Select(static r => new RenditionStatus(
                        r.Declared.Name,
                        r.Stored,
                        r.Listed?.Segments.Count(static segment => !segment.Gap) ?? 0,
                        r.Listed is { Segments.Count: > 0 } listed ? listed.MediaSequence + listed.Segments.Count - 1 : null
                    )),
                ],
            }
        );
    }

    private MutableObject Open(string key, StoredObject? present, CancellationToken cancellationToken)
    {
        var mutable = new MutableObject(store, key, history.Epoch, conditional, time, logger);
        mutable.Seen(present);
        writers.Add(mutable.RunAsync(cancellationToken));
        return mutable;
    }
}
