using System.Security.Cryptography;
using Spillway.Playlists;

namespace Spillway.Storage;

/// <summary>
/// A live stream's <c>lease.json</c> as one instance sees it, from its start to its end: it waits for it, takes it, and knows why.
/// </summary>
internal sealed partial class Lease
{
    private readonly IObjectStore _store;
    private readonly string _stream;
    private readonly string _key;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _origin;
    private readonly LeaseWatch _watch = new();

    /// <summary>Epochs that this process has tried to take: a lease with its id and another epoch is a twin's.</summary>
    private readonly HashSet<long> _tried = [];
    private string _instance;
    private long _highest;
    private TimeSpan? _yielded;
    private TimeSpan _lastPut = -MutableObject.Spacing;
    private bool _saidWho;
    private LeaseReport _report;

    /// <param name="store">Where it is.</param>
    /// <param name="stream">Whose it is.</param>
    /// <param name="instance">This instance's id, the same after a restart.</param>
    public Lease(IObjectStore store, string stream, string instance, TimeProvider time, ILogger logger)
    {
        (_store, _stream, _key, _instance, _time, _logger) = (store, stream, StreamKeys.Lease(stream), instance, time, logger);
        _origin = time.GetTimestamp();
        _report = new LeaseReport { Instance = instance, Why = "this instance has just started" };
    }

    /// <summary>Who writes, and why.</summary>
    public LeaseReport Report
    {
        get => Volatile.Read(ref _report);
        private set => Volatile.Write(ref _report, value);
    }

    /// <summary>Why the lease cannot be read; null when it can.</summary>
    public StoreFault? Fault { get; private set; }

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    /// <summary>Waits until this instance may write, and takes the lease.</summary>
    /// <param name="source">Of this instance.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    public async Task<LeasedPlace> TakeAsync(Func<SourceSight> source, CancellationToken cancellationToken)
    {
        _saidWho = false;
        for (var failures = 0; ; )
        {
            if (await LookAndTakeAsync(source, cancellationToken) is { } place)
                return place;
            if (Fault is { } fault && failures++ % 10 == 0)
                Log.NotRead(_logger, _stream, fault.Message, fault.Remedy);
            failures = Fault is null ? 0 : failures;
            await Task.Delay(Fault is null ? _watch.NextLook(Now) : TimeSpan.FromSeconds(1), _time, cancellationToken);
        }
    }

    /// <summary>
    /// Takes the lease if nobody has it, or as soon as it has expired; null when it is renewed meanwhile. For one who has no source.
    /// </summary>
    /// <exception cref="ObjectStoreException">The store refused or did not answer.</exception>
    public async Task<LeasedPlace?> TakeIfAbandonedAsync(CancellationToken cancellationToken)
    {
        for (TimeSpan? since = null; ; since = _watch.Since)
        {
            var place = await LookAndTakeAsync(
                static () => new SourceSight(IsAway: true, LiveFor: null, TimeSpan.MaxValue),
                cancellationToken
            );
            if (place is not null)
                return place;
            if (Fault is { } fault)
                throw new ObjectStoreException(fault);
            if (since is { } first && first != _watch.Since)
                return null;
            await Task.Delay(_watch.NextLook(Now), _time, cancellationToken);
        }
    }

    /// <returns>Null: it may not be taken yet, or <see cref="Fault"/> says what is wrong.</returns>
    private async Task<LeasedPlace?> LookAndTakeAsync(Func<SourceSight> source, CancellationToken cancellationToken)
    {
        Fault = await LookAsync(cancellationToken);
        if (Fault is not null)
        {
            _watch.Miss(Now);
            return null;
        }
        if (_watch.MayTake(IsOwn, source(), _yielded, Now) is { } why)
            return await TryTakeAsync(why, source, cancellationToken);
        NoteWaiting();
        return null;
    }

    /// <summary>The place is lost: a higher epoch was found.</summary>
    public void Yield(SupersededException exception)
    {
        _highest = Math.Max(_highest, exception.Epoch);
        _yielded = Now;
        _watch.Reset();
        Report = Report with { Writes = false, Writer = null, Why = "another instance has taken over", Unrenewed = null };
        Log.Yields(_logger, _stream, _instance, exception.Message);
    }

    /// <summary>The place is given up, by this instance's own choice: what it wrote last is not what it has seen last.</summary>
    public void Leave()
    {
        _watch.Reset();
        _lastPut = Now;
        Report = Report with { Writes = false, Why = "this instance reads the bucket anew" };
    }

    private bool IsOwn(LeaseDocument document)
    {
        if (document.Writer != _instance)
            return false;
        // Before this process took any lease, it is that of the process before it, whose data folder it has.
        if (_tried.Count == 0 || _tried.Contains(document.Epoch))
            return true;
        var twin = _instance;
        _instance = NewId();
        Log.Twin(_logger, _stream, twin, _instance);
        return false;
    }

    public static string NewId() => RandomNumberGenerator.GetHexString(8, lowercase: true);

    private async Task<StoreFault?> LookAsync(CancellationToken cancellationToken)
    {
        var began = Now;
        var lease = await _store.GetWithinAsync(LeaseTimes.LookAttempt, _time, _key, cancellationToken);
        if (lease.Status is GetStatus.Refused or GetStatus.Unknown)
            return lease.Fault;
        string? playlistETag = null;
        if (lease.Object is { } found && LeaseDocument.Read(found.Body.Span)?.Playlist is { } key)
        {
            var playlist = await _store.GetWithinAsync(LeaseTimes.LookAttempt, _time, key, cancellationToken);
            if (playlist.Status is GetStatus.Refused or GetStatus.Unknown)
                return playlist.Fault;
            playlistETag = playlist.Object?.ETag;
        }
        _watch.See(lease.Object, playlistETag, began, Now);
        return null;
    }

    private async Task<LeasedPlace?> TryTakeAsync(string why, Func<SourceSight> source, CancellationToken cancellationToken)
    {
        var looked = Now;
        if (await FindEpochAsync(cancellationToken) is not { } found)
            return null;
        if (_lastPut + MutableObject.Spacing - Now is { Ticks: > 0 } left)
            await Task.Delay(left, _time, cancellationToken);
        // Frozen since the look: what it saw is old, and the lease's ETag alone does not tell, as playlists renew it too.
        if (Now - looked > LeaseTimes.LookAttempt)
            return null;
        var before = _watch.Document;
        var document = new LeaseDocument
        {
            Epoch = Math.Max(Math.Max(before?.Epoch ?? 0, found), _highest) + 1,
            Revision = 1,
            Writer = _instance,
            Duration = LeaseTimes.OnAir.TotalSeconds,
            Source = source().IsAway ? LeaseDocument.Away : LeaseDocument.Live,
        };
        _tried.Add(document.Epoch);
        var began = _time.GetTimestamp();
        var condition = _watch.ETag is { } etag ? PutCondition.Matches(etag) : PutCondition.Missing;
        var body = document.ToJson();
        var result = await _store.PutWithinAsync(
            LeaseTimes.Attempt(LeaseTimes.OnAir),
            _time,
            _key,
            body,
            StreamKeys.PrivateHeaders,
            condition,
            cancellationToken
        );
        _lastPut = Now;
        if (result.Status is PutStatus.Refused)
            Fault = result.Fault;
        if (result.Status is PutStatus.PreconditionFailed or PutStatus.Unknown)
        {
            var look = await _store.GetWithinAsync(LeaseTimes.LookAttempt, _time, _key, cancellationToken);
            if (look.Object is { } there && StreamKeys.Hash(there.Body.Span) == StreamKeys.Hash(body))
                result = new PutResult(PutStatus.Stored, there.ETag, null);
        }
        if (result.Status != PutStatus.Stored)
            return null;
        NoteTaken(document, before, why);
        return new LeasedPlace(_store, _key, new TakenLease(document, result.ETag!, began), source, _time, _logger);
    }

    /// <summary>
    /// The highest epoch in the objects that every writer writes first: the lease may be younger than they are, after a time with
    /// <c>Storage:SingleWriter</c>, or when somebody has deleted it. Null when they cannot be read.
    /// </summary>
    private async Task<long?> FindEpochAsync(CancellationToken cancellationToken)
    {
        var highest = 0L;
        foreach (var key in (string[])[StreamKeys.Multivariant(_stream), StreamKeys.Player(_stream)])
        {
            var result = await _store.GetWithinAsync(LeaseTimes.LookAttempt, _time, key, cancellationToken);
            if (result.Status is GetStatus.Refused or GetStatus.Unknown)
            {
                Fault = result.Fault;
                return null;
            }
            if (result.Object is { } found)
                highest = Math.Max(highest, StampReader.Read(found.Body.Span)?.Epoch ?? 0);
        }
        return highest;
    }

    private void NoteTaken(LeaseDocument document, LeaseDocument? before, string why)
    {
        var isTakeOver = before is not null && before.Writer != _instance;
        Report = new LeaseReport
        {
            Instance = _instance,
            Writer = _instance,
            Writes = true,
            Epoch = document.Epoch,
            TakeOvers = Report.TakeOvers + (isTakeOver ? 1 : 0),
            Since = _store.Now,
            Why = why,
        };
        Log.Taken(_logger, _stream, _instance, document.Epoch, why);
    }

    private void NoteWaiting()
    {
        var since = Now - _watch.Since;
        Report = Report with
        {
            Instance = _instance,
            Writes = false,
            Writer = _watch.Writer,
            Epoch = _watch.Document?.Epoch ?? 0,
            Since = null,
            Unrenewed = since,
            Why = $"instance {_watch.Writer} writes, and renews its lease",
        };
        if (_saidWho)
            return;
        _saidWho = true;
        Log.Waits(_logger, _stream, _instance, _watch.Writer, _watch.Document?.Epoch ?? 0);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Stream}: instance {Instance} is the writer now, epoch {Epoch}, because {Why}")]
        public static partial void Taken(ILogger logger, string stream, string instance, long epoch, string why);

        [LoggerMessage(
            2,
            LogLevel.Information,
            "{Stream}: instance {Instance} stands by; instance {Writer} writes, epoch {Epoch}"
        )]
        public static partial void Waits(ILogger logger, string stream, string instance, string writer, long epoch);

        [LoggerMessage(3, LogLevel.Warning, "{Stream}: instance {Instance} yields and stands by. {Reason}")]
        public static partial void Yields(ILogger logger, string stream, string instance, string reason);

        [LoggerMessage(4, LogLevel.Warning, "{Stream}: the lease cannot be read, trying again: {Cause} {Remedy}")]
        public static partial void NotRead(ILogger logger, string stream, string cause, string remedy);

        [LoggerMessage(
            5,
            LogLevel.Warning,
            "{Stream}: another process writes with this instance's id {Twin}, from a copy of its data folder; this one calls itself {Instance} until its next start. Remove instance.json from one of the folders."
        )]
        public static partial void Twin(ILogger logger, string stream, string twin, string instance);
    }
}

/// <summary>Who writes a live stream, for <c>/health</c>.</summary>
internal sealed record LeaseReport
{
    /// <summary>This instance's id.</summary>
    public required string Instance { get; init; }

    /// <summary>This instance is the writer.</summary>
    public bool Writes { get; init; }

    /// <summary>The writer's id; null while it is not known.</summary>
    public string? Writer { get; init; }
    public long Epoch { get; init; }

    /// <summary>How often this instance has taken over from another.</summary>
    public int TakeOvers { get; init; }

    /// <summary>Since when this instance writes, by the store's clock.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Of a waiting instance: since the writer's last renewal was seen.</summary>
    public TimeSpan? Unrenewed { get; init; }

    /// <summary>In words.</summary>
    public required string Why { get; init; }
}
