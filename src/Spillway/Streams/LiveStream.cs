using System.Threading.Channels;
using Spillway.Audience;
using Spillway.Configuration;
using Spillway.Playlists;
using Spillway.Replays;
using Spillway.Reports;
using Spillway.Retention;
using Spillway.Slate;
using Spillway.Sources;
using Spillway.Storage;
using Spillway.Timeline;

namespace Spillway.Streams;

/// <summary>
/// One live stream's pipeline: takes segments from its source, numbers, stores, lists and publishes them. Nothing else
/// writes the stream's objects. What it knows from one run to the next it reads from the bucket. While another instance writes the
/// stream, it stands by: it follows its source, keeps what comes in memory, and stores nothing.
/// </summary>
internal sealed class LiveStream : IDisposable
{
    private readonly StreamParts _parts;

    /// <summary>Null with <c>Storage:SingleWriter</c>: nobody else ever writes.</summary>
    private readonly Lease? _lease;
    private StreamRun? _run;
    private SourceTape? _tape;
    private LiveStreamStatus _idle = new();

    /// <param name="instance">This instance's id; null: one for this time only.</param>
    public LiveStream(
        string name,
        StreamOptions options,
        IObjectStore store,
        bool conditional,
        PlayerSettings playerSettings,
        TimeProvider time,
        ILogger<LiveStream> logger,
        SlateMaker? slates = null,
        string? instance = null,
        StreamSweeps? sweeps = null,
        StreamReports? reports = null,
        Spool? spool = null
    )
    {
        // Without one, as in tests, what waits does so in memory.
        spool ??= new Spool(ByteSize.OfMegabytes(64), default, null, time, logger);
        var uploader = new SegmentUploader(name, store, spool, time, logger);
        _parts = new StreamParts(
            name,
            options,
            store,
            conditional,
            playerSettings,
            uploader,
            slates,
            time,
            logger,
            sweeps,
            reports
        );
        _lease = conditional ? new Lease(store, name, instance ?? Lease.NewId(), time, logger) : null;
        Standby = new StandbyPlaylist(store, name, time);
    }

    public string Name => _parts.Name;

    public StreamOptions Options => _parts.Options;

    public SegmentUploader Uploads => _parts.Uploader;

    /// <summary>How long its publications took.</summary>
    public PublishingFigures Publishing => _parts.Publishing;

    /// <summary>What became of its last segments.</summary>
    public SegmentNotes Notes => _parts.Notes;

    /// <summary>On air, and its source has brought nothing for longer than is usual, though it does not count as away yet.</summary>
    public bool IsSourceLate => Status is { State: "live", SourceAway: null } && _parts.Source.IsLate;

    /// <summary>What its source has brought.</summary>
    public SourceReport Source => _parts.Source.Report();

    /// <summary>Null: nothing of it is ever deleted.</summary>
    public StreamSweeps? Sweeps => _parts.Sweeps;

    /// <summary>Null: nobody is to report on the playback.</summary>
    public StreamAudience? Audience => _parts.Player.Audience?.Find(Name);

    /// <summary>Null: no reports are made.</summary>
    public StreamReports? Reports => _parts.Reports;

    public LiveStreamStatus Status => Volatile.Read(ref _run)?.Status ?? Idle;

    /// <summary>Who writes, and why; null with <c>Storage:SingleWriter</c>.</summary>
    public LeaseReport? Writer => _lease?.Report;

    /// <summary>Another instance writes, as far as this one knows.</summary>
    public bool StandsBy => _lease is not null && Volatile.Read(ref _run) is null;

    /// <summary>What a waiting instance shows of the stream.</summary>
    public StandbyPlaylist Standby { get; }

    /// <summary>What players were last told; null: nothing yet.</summary>
    public PlayerDocument? Told => Volatile.Read(ref _run)?.Told;

    /// <summary>The list of replays; null: none is kept, or nothing runs.</summary>
    public IReadOnlyList<ReplayEntry>? ReplayList => Volatile.Read(ref _run)?.ReplayList;

    /// <summary>The broadcast whose playlists the origin shows; null before the first.</summary>
    public Broadcast? OnAir => Volatile.Read(ref _run)?.OnAir;

    /// <summary>Its multivariant playlist as the store has acknowledged it; null before the first.</summary>
    public AcknowledgedVersion? Multivariant => Volatile.Read(ref _run)?.Multivariant;

    /// <summary>The origin's copies of it.</summary>
    public OriginSlot Copies { get; } = new();

    /// <summary>Why this instance can change nothing of the stream, and where to go; null when it can.</summary>
    public string? Refusal =>
        !StandsBy ? null
        : Writer!.Writer is { } writer && writer != Writer.Instance
            ? $"This instance ({Writer.Instance}) stands by: instance {writer} writes {Name}. Ask that one; its /health says so."
        : $"This instance ({Writer.Instance}) is not the writer of {Name} at this moment: {Writer.Why}.";

    private LiveStreamStatus Idle =>
        Volatile.Read(ref _idle) with
        {
            State = Writer is { Writer: { } writer } lease && writer != lease.Instance ? LiveStreamStatus.Standby : "offline",
            SourceAway = Volatile.Read(ref _tape)?.Away,
            StoreFault = _lease?.Fault is { } fault ? $"{fault.Message} {fault.Remedy}" : Volatile.Read(ref _idle).StoreFault,
        };

    /// <summary>Puts the slate on air by hand, or takes it off.</summary>
    public Task<SlateAnswer> SetSlateAsync(bool on) =>
        Volatile.Read(ref _run)?.SetSlateAsync(on)
        ?? Task.FromResult(new SlateAnswer(Status, false, Refusal ?? $"Nothing is on air on {Name}."));

    /// <summary>Ends the broadcast; what the source still brings is left out until it was away, or is let in. Null: nothing runs.</summary>
    public Task<SwitchAnswer>? EndAsync() => Volatile.Read(ref _run)?.EndAsync();

    /// <summary>Takes what the source brings again, after <see cref="EndAsync"/>.</summary>
    public Task<SwitchAnswer>? LetInAsync() => Volatile.Read(ref _run)?.LetInAsync();

    /// <summary>Lets viewers share, or not. Null: nothing runs.</summary>
    public Task<SwitchAnswer>? SetPeersAsync(bool on) => Volatile.Read(ref _run)?.SetPeersAsync(on);

    /// <summary>The kept replays; null while none are kept, or nothing runs.</summary>
    public Task<ReplayAnswer>? ReplaysAsync() => Volatile.Read(ref _run)?.ReplaysAsync();

    /// <summary>Takes a replay off the list. Done when the store has acknowledged it.</summary>
    public Task<ReplayAnswer>? DeleteReplayAsync(string broadcast) => Volatile.Read(ref _run)?.DeleteReplayAsync(broadcast);

    /// <summary>
    /// Runs until stopped: waits for the lease, writes, and waits again once it has a successor. With <c>Storage:SingleWriter</c> it ends
    /// when another writer is found.
    /// </summary>
    public async Task RunAsync(ChannelReader<SourceEvent> source, CancellationToken stopping)
    {
        Volatile.Write(ref _run, null);
        if (_lease is null)
        {
            await RunAloneAsync(source, stopping);
            return;
        }
        var tape = new SourceTape(source, _parts.Time);
        Volatile.Write(ref _tape, tape);
        while (!stopping.IsCancellationRequested)
        {
            var place = await KeepingAsync(tape, token => _lease.TakeAsync(() => tape.Sight, token), stopping);
            await WriteAsync(tape, place, stopping);
        }
    }

    public void Dispose() => _parts.Uploader.Dispose();

    /// <summary>As the writer, until stopped, superseded, or overtaken by what an earlier writer had under way.</summary>
    private async Task WriteAsync(SourceTape tape, LeasedPlace place, CancellationToken stopping)
    {
        using var abort = new CancellationTokenSource();
        place.Keep(abort.Token);
        StreamRun? current = null;
        try
        {
            var history = await KeepingAsync(tape, token => RecoverAsync(place, token), stopping);
            tape.Rewind(history.Hashes);
            current = new StreamRun(_parts with { Place = place }, history, abort.Token);
            Volatile.Write(ref _run, current);
            await current.RunAsync(tape, stopping);
        }
        catch (SupersededException exception)
        {
            _lease!.Yield(exception);
        }
        catch (OvertakenException exception)
        {
            StreamLog.Overtaken(_parts.Logger, Name, exception.Message);
        }
        finally
        {
            await abort.CancelAsync();
            if (current is not null)
                await current.EndedAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await place.Kept.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested)
                await place.ReleaseAsync();
            else
                Volatile.Write(ref _run, null);
            _lease!.Leave();
        }
    }

    private async Task RunAloneAsync(ChannelReader<SourceEvent> source, CancellationToken stopping)
    {
        var read = _parts.Store.Reader(_parts.Time);
        var history = await ReadAsync(read, stopping);
        using var abort = new CancellationTokenSource();
        var current = new StreamRun(_parts with { Place = new SoleWriter(history.Epoch, read) }, history, abort.Token);
        Volatile.Write(ref _run, current);
        try
        {
            await current.RunAsync(source, stopping);
        }
        catch (SupersededException exception)
        {
            StreamLog.Superseded(_parts.Logger, Name, exception.Message);
            current.Yield(exception.Message);
        }
        finally
        {
            await abort.CancelAsync();
            await current.EndedAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Does something else while the source is followed and what it brings is kept.</summary>
    private static async Task<T> KeepingAsync<T>(
        SourceTape tape,
        Func<CancellationToken, Task<T>> work,
        CancellationToken stopping
    )
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var keeping = tape.KeepAsync(over.Token);
        try
        {
            return await work(over.Token);
        }
        finally
        {
            await over.CancelAsync();
            await keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>
    /// Reads from the bucket where the stream stands, and fences it: multivariant playlist, player.json and media playlists in this order,
    /// then what else every writer writes. Nothing is decided before all of it is fenced.
    /// </summary>
    private async Task<StreamHistory> RecoverAsync(LeasedPlace place, CancellationToken stopping)
    {
        var history = await ReadAsync(
            async (key, token) =>
            {
                // A successor is noticed also while the store cannot be read.
                if (place.Kept.IsFaulted)
                    await place.Kept;
                return await place.ReadAsync(key, token);
            },
            stopping
        );
        return history with { Epoch = place.Epoch };
    }

    /// <summary>A store that is away is waited for.</summary>
    private async Task<StreamHistory> ReadAsync(ReadObject read, CancellationToken stopping)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var history = await StreamHistory.ReadAsync(read, _parts.Name, stopping);
                var keepsReplays = _parts.Options.Replay.IsOn;
                var replays = await ReplayHistory.ReadAsync(read, _parts.Name, history, keepsReplays, stopping);
                if (_lease is not null)
                    await read(StreamKeys.Sweep(Name), stopping);
                Volatile.Write(ref _idle, new LiveStreamStatus());
                return history with { Replays = replays };
            }
            catch (ObjectStoreException exception)
            {
                StreamLog.StoreAway(_parts.Logger, _parts.Name, exception.Fault.Message, exception.Fault.Remedy);
                Volatile.Write(ref _idle, new LiveStreamStatus { StoreFault = exception.Message });
                await Task.Delay(TimeSpan.FromSeconds(Math.Min(10, 1 << Math.Min(attempt, 4))), _parts.Time, stopping);
            }
        }
    }
}
