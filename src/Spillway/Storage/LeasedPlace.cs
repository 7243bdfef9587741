using Spillway.Playlists;

namespace Spillway.Storage;

/// <summary>
/// The place of the writer that holds the lease: renews it, says when to stop because it could not be renewed, and notices a successor.
/// </summary>
internal sealed partial class LeasedPlace : WriterPlace
{
    private static readonly TimeSpan ReleasePatience = TimeSpan.FromSeconds(2.5);

    private readonly IObjectStore _store;
    private readonly string _key;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Func<SourceSight> _source;
    private readonly Fence _fence;
    private readonly Lock _gate = new();

    /// <summary>Hashes of the bodies sent since the last acknowledged one, and its own.</summary>
    private readonly HashSet<string> _sent = new(StringComparer.Ordinal);

    /// <summary>All times here are since then.</summary>
    private readonly long _origin;

    private LeaseDocument _acknowledged;
    private string? _etag;

    /// <summary>Start of the last renewal.</summary>
    private TimeSpan _renewed;

    /// <summary>A version that may or may not be in the store: whoever sees it counts by it.</summary>
    private Unanswered? _unanswered;
    private TimeSpan _lastPut;
    private long _revision;
    private int _failures;
    private TimeSpan _onAir = LeaseTimes.OnAir;

    /// <summary>What the lease is to say.</summary>
    private (string? Playlist, bool SourceAway) _news;
    private TaskCompletionSource _changed = Signal();
    private SupersededException? _lost;
    private StoreFault? _fault;
    private Task _kept = Task.CompletedTask;

    /// <param name="store">Where the lease is.</param>
    /// <param name="key">Its key.</param>
    /// <param name="taken">The PUT by which it was taken.</param>
    /// <param name="source">Of this instance.</param>
    public LeasedPlace(
        IObjectStore store,
        string key,
        TakenLease taken,
        Func<SourceSight> source,
        TimeProvider time,
        ILogger logger
    )
    {
        (_store, _key, _source, _time, _logger, _origin) = (store, key, source, time, logger, taken.Began);
        (_acknowledged, _etag, _revision, _lastPut) = (taken.Document, taken.ETag, taken.Document.Revision, Now);
        _news = (taken.Document.Playlist, taken.Document.Source == LeaseDocument.Away);
        _sent.Add(StreamKeys.Hash(taken.Document.ToJson()));
        _fence = new Fence(store, Epoch, WaitUntilMayWriteAsync, time, logger);
    }

    public override long Epoch => _acknowledged.Epoch;

    public override bool MayWrite
    {
        get
        {
            lock (_gate)
                return _lost is null && Now < Until;
        }
    }

    public override Task Kept => Volatile.Read(ref _kept);

    public override StoreFault? Fault => Volatile.Read(ref _fault);

    /// <summary>Since the start of the last renewal.</summary>
    public TimeSpan Unrenewed
    {
        get
        {
            lock (_gate)
                return Now - _renewed;
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    /// <summary>When to stop. The gate is held.</summary>
    private TimeSpan Until
    {
        get
        {
            var until = _renewed + Duration(_acknowledged) * LeaseTimes.WritersShare;
            return _unanswered is { } put ? Min(until, put.Began + put.Duration * LeaseTimes.WritersShare) : until;
        }
    }

    /// <summary>The store has all that there is to tell. The gate is held.</summary>
    private bool IsTold =>
        _acknowledged.Playlist == _news.Playlist && (_acknowledged.Source == LeaseDocument.Away) == _news.SourceAway;

    public override async Task WaitUntilMayWriteAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_lost is { } lost)
                    throw new SupersededException(_key, lost.Epoch);
                if (Now < Until)
                    return;
                changed = _changed.Task;
            }
            await changed.WaitAsync(cancellationToken);
        }
    }

    public override async Task<bool> ConfirmAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(LeaseTimes.OnAir, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            // A renewal may just be due.
            await WaitUntilMayWriteAsync(both.Token);
        }
        catch (Exception exception)
            when (exception is SupersededException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        var result = await _store.GetWithinAsync(LeaseTimes.Attempt(_onAir), _time, _key, cancellationToken);
        return result is { Status: GetStatus.Found, Object.Body: var body }
            && LeaseDocument.Read(body.Span) is { IsReleased: false } found
            && found.Epoch == Epoch
            && found.Writer == _acknowledged.Writer
            && MayWrite;
    }

    public override Task<StoredObject?> ReadAsync(string key, CancellationToken cancellationToken) =>
        _fence.ReadAsync(key, cancellationToken);

    public override long? LastPut(string key) => _fence.LastPut(key);

    public override void Tell(string? playlist)
    {
        var news = (playlist, _source().IsAway);
        lock (_gate)
        {
            if (_news == news)
                return;
            _news = news;
            Change();
        }
    }

    public override void NoteStored(string key, long began)
    {
        var start = _time.GetElapsedTime(_origin, began);
        lock (_gate)
        {
            // Whoever waits watches the playlist that the lease names, and only that one.
            if (key == _acknowledged.Playlist && start > _renewed)
                _renewed = start;
            if (key == _unanswered?.Playlist && start > _unanswered.Began)
                _unanswered = _unanswered with { Began = start };
            Change();
        }
    }

    /// <summary>Renews from now on, until cancelled; <see cref="Kept"/> is its task.</summary>
    public void Keep(CancellationToken cancellationToken) => Volatile.Write(ref _kept, KeepAsync(cancellationToken));

    /// <summary>Gives the lease back, so that nobody has to wait; after <see cref="Kept"/> has ended. What fails is left to expire.</summary>
    public async Task ReleaseAsync()
    {
        if (_lost is not null)
            return;
        using var patience = new CancellationTokenSource(ReleasePatience, _time);
        try
        {
            while (!await TryPutAsync(Next() with { Duration = 0 }, patience.Token)) { }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SupersededException)
        {
            Log.NotReleased(_logger, _key, Fault?.Message ?? exception.Message);
        }
    }

    private async Task KeepAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await WaitUntilDueAsync(cancellationToken);
                // The first is told, then every tenth.
                if (!await TryPutAsync(Next(), cancellationToken) && _failures++ % 10 == 0)
                    Log.NotRenewed(_logger, _key, Unrenewed.TotalSeconds, Fault?.Message ?? "", Fault?.Remedy ?? "");
            }
        }
        catch (SupersededException exception)
        {
            lock (_gate)
            {
                _lost = exception;
                Change();
            }
            throw;
        }
    }

    /// <summary>Until there is news to tell, or the renewal is due; never sooner than the store takes another PUT of the key.</summary>
    private async Task WaitUntilDueAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            TimeSpan left;
            lock (_gate)
            {
                var due = IsTold ? _renewed + LeaseTimes.RenewAfter(Duration(_acknowledged)) - Now : TimeSpan.Zero;
                var spacing = _lastPut + MutableObject.Spacing - Now;
                left = due > spacing ? due : spacing;
                changed = _changed.Task;
            }
            if (left <= TimeSpan.Zero)
                return;
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(Task.Delay(left, _time, over.Token), changed);
            await over.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private LeaseDocument Next()
    {
        lock (_gate)
            return _acknowledged with
            {
                Revision = ++_revision,
                Duration = (_news is (null, true) ? LeaseTimes.Idle : _onAir).TotalSeconds,
                Source = _news.SourceAway ? LeaseDocument.Away : LeaseDocument.Live,
                Playlist = _news.Playlist,
            };
    }

    /// <returns>False: not known to have happened; it is to be tried again.</returns>
    private async Task<bool> TryPutAsync(LeaseDocument next, CancellationToken cancellationToken)
    {
        if (_lastPut + MutableObject.Spacing - Now is { Ticks: > 0 } left)
            await Task.Delay(left, _time, cancellationToken);
        var body = next.ToJson();
        var hash = StreamKeys.Hash(body);
        _sent.Add(hash);
        var condition = _etag is { } etag ? PutCondition.Matches(etag) : PutCondition.Missing;
        var began = Now;
        lock (_gate)
            _unanswered = Unanswered.After(_unanswered, Duration(next), next.Playlist, began);
        var patience = LeaseTimes.Attempt(_onAir);
        var result = await _store.PutWithinAsync(
            patience,
            _time,
            _key,
            body,
            StreamKeys.PrivateHeaders,
            condition,
            cancellationToken
        );
        _lastPut = Now;
        KeepUpWithStore(_lastPut - began);
        var stored = result.Status switch
        {
            PutStatus.Stored => result.ETag,
            PutStatus.Refused => null,
            _ => await LookUpAsync(hash, cancellationToken),
        };
        if (stored is null)
        {
            Volatile.Write(ref _fault, result.Fault);
            return false;
        }
        if (Interlocked.Exchange(ref _fault, null) is not null)
            Log.RenewedAgain(_logger, _key);
        _etag = stored;
        _sent.Clear();
        _sent.Add(hash);
        lock (_gate)
        {
            (_acknowledged, _unanswered, _failures) = (next, null, 0);
            if (began > _renewed)
                _renewed = began;
            Change();
        }
        return true;
    }

    /// <summary>Did it happen? The ETag if so; null to try again on what is there now.</summary>
    private async Task<string?> LookUpAsync(string mine, CancellationToken cancellationToken)
    {
        var result = await _store.GetWithinAsync(LeaseTimes.Attempt(_onAir), _time, _key, cancellationToken);
        if (result.Status == GetStatus.Missing)
        {
            _etag = null;
            Log.Changed(_logger, _key, "it is not there");
        }
        if (result is not { Status: GetStatus.Found, Object: { } found })
            return null;
        var hash = StreamKeys.Hash(found.Body.Span);
        if (!_sent.Contains(hash))
        {
            var document = LeaseDocument.Read(found.Body.Span);
            if (document?.Epoch >= Epoch)
                throw new SupersededException(_key, document.Epoch);
            Log.Changed(_logger, _key, "it is an older one, or none");
        }
        _etag = found.ETag;
        return hash == mine ? _etag : null;
    }

    /// <summary>
    /// A store that answers slowly cannot renew a short lease in time: better a longer one, and a slower take-over, than a writer that
    /// stops.
    /// </summary>
    private void KeepUpWithStore(TimeSpan taken)
    {
        if (taken > _onAir * LeaseTimes.SlowShare)
            _onAir = Min(_onAir * 2, LeaseTimes.OnAirAtMost);
        else if (taken < LeaseTimes.OnAir * LeaseTimes.QuickShare)
            _onAir = Max(_onAir * 0.9, LeaseTimes.OnAir);
    }

    /// <summary>The gate is held.</summary>
    private void Change()
    {
        _changed.TrySetResult();
        _changed = Signal();
    }

    private static TimeSpan Duration(LeaseDocument document) => TimeSpan.FromSeconds(document.Duration);

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="Duration">The shortest that was sent.</param>
    /// <param name="Playlist">What it names; null when several were sent that differ.</param>
    /// <param name="Began">When the first was sent, or when it was renewed by the playlist.</param>
    private sealed record Unanswered(TimeSpan Duration, string? Playlist, TimeSpan Began)
    {
        public static Unanswered After(Unanswered? before, TimeSpan duration, string? playlist, TimeSpan began) =>
            before is null
                ? new Unanswered(duration, playlist, began)
                : new Unanswered(Min(before.Duration, duration), before.Playlist == playlist ? playlist : null, before.Began);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Key} was not renewed for {Seconds:0.0} s and is tried again: {Cause} {Remedy}")]
        public static partial void NotRenewed(ILogger logger, string key, double seconds, string cause, string remedy);

        [LoggerMessage(2, LogLevel.Information, "{Key} is renewed again")]
        public static partial void RenewedAgain(ILogger logger, string key);

        [LoggerMessage(3, LogLevel.Warning, "{Key} was changed by somebody who is no successor ({What}); it is written again")]
        public static partial void Changed(ILogger logger, string key, string what);

        [LoggerMessage(4, LogLevel.Warning, "{Key} could not be given back; who waits has to let it expire: {Cause}")]
        public static partial void NotReleased(ILogger logger, string key, string cause);
    }
}

/// <param name="Document">As stored.</param>
/// <param name="ETag">Of it.</param>
/// <param name="Began">Timestamp of the start of its PUT.</param>
internal sealed record TakenLease(LeaseDocument Document, string ETag, long Began);
