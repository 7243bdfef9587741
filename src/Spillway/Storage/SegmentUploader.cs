using System.Diagnostics;

namespace Spillway.Storage;

/// <summary>
/// Stores the objects of one stream that are written once. The oldest goes first and is tried again until it is stored; while
/// the store is away the rest waits in the <see cref="Spool"/>. Given up is what the spool has no room for, and what has waited
/// too long on a line that is too slow. A key that carries the hash of its bytes may be put twice without harm, so these
/// PUTs are unconditional, and one that arrives after its retry changes nothing.
/// </summary>
internal sealed partial class SegmentUploader : IDisposable
{
    private const int MostParallel = 6;

    /// <summary>When what waits has waited so long, the store cannot keep up with the source.</summary>
    private static readonly TimeSpan Behind = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Soonest = TimeSpan.FromMilliseconds(10);

    /// <summary>A playlist may be put once in about this time.</summary>
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(1);

    private readonly string _stream;
    private readonly IObjectStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SpoolShare _share;
    private readonly ITimer _timer;
    private readonly long _origin;

    /// <summary>Guards all below, the backlog and what is in it.</summary>
    private readonly Lock _gate = new();
    private readonly UploadPace _pace = new(MostParallel);
    private readonly UploadBacklog _backlog;
    private readonly UploadSpeed _speed = new();
    private long _tickets;
    private long _stored;
    private long _bytes;
    private long _failedTries;
    private long _givenUp;
    private long _givenUpNow;
    private TimeSpan _lastStored = TimeSpan.MinValue;
    private TimeSpan _backAt;
    private bool _isBucketGone;
    private int _newBuckets;
    private StoreFault? _fault;

    /// <param name="stream">Its name, for the log.</param>
    /// <param name="store">Where it goes.</param>
    /// <param name="spool">Where it waits.</param>
    public SegmentUploader(string stream, IObjectStore store, Spool spool, TimeProvider time, ILogger logger)
    {
        (_stream, _store, _time, _logger) = (stream, store, time, logger);
        _origin = time.GetTimestamp();
        _backlog = new UploadBacklog(_pace);
        _share = spool.Open(GiveUpForRoom);
        _timer = time.CreateTimer(_ => Pump(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Is told of each object stored: from its first try to the answer of its last. Null: nobody wants to know.</summary>
    public Action<UploadKind, TimeSpan>? Measured { get; set; }

    /// <summary>Objects stored since the start.</summary>
    public long Stored => Interlocked.Read(ref _stored);

    /// <summary>Bytes of objects stored since the start.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public long FailedTries => Interlocked.Read(ref _failedTries);

    /// <summary>Objects given up since the start.</summary>
    public long GivenUp => Interlocked.Read(ref _givenUp);

    /// <summary>Bytes that wait or are under way.</summary>
    public long BytesWaiting => _share.Bytes;

    /// <summary>How often a bucket was found anew that had been gone: what was stored before is gone with it.</summary>
    public int NewBuckets => Volatile.Read(ref _newBuckets);

    /// <summary>Objects that wait or are under way.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
                return _backlog.Count + _backlog.UnderWay;
        }
    }

    /// <summary>The store is away, or slower than the source: nothing is gained by letting the source wait.</summary>
    public bool IsBehind
    {
        get
        {
            lock (_gate)
                return _pace.IsAway || _backlog.Lag(Now) > Behind;
        }
    }

    /// <summary>
    /// The store has come back a moment ago, and what waited for it is being stored. To list the first of it at once would make players begin
    /// with that, and jump to the live edge only a publication later: a picture that stands still twice.
    /// </summary>
    public bool IsCatchingUp
    {
        get
        {
            lock (_gate)
            {
                var now = Now;
                return _backlog.Outages > TimeSpan.Zero && !_pace.IsAway && now - _backAt < LongestHold && _backlog.IsAtWork(now);
            }
        }
    }

    /// <summary>Cause and remedy of the last failed try, null when the last one succeeded; and of a disk that takes nothing.</summary>
    public StoreFault? Fault =>
        (Volatile.Read(ref _fault), _share.Fault) switch
        {
            (null, var disk) => disk,
            (var fault, null) => fault,
            var (fault, disk) => new StoreFault(fault.Kind, $"{fault.Message} {fault.Remedy}", $"{disk.Message} {disk.Remedy}"),
        };

    /// <summary>What the operator should know of a store that works: that it hardly keeps up. Null: nothing.</summary>
    public string? Advice
    {
        get
        {
            lock (_gate)
                return _speed.Advice;
        }
    }

    /// <summary>Time an upload takes for each second of media, mean of the last segments; null: too few were stored.</summary>
    public double? Load
    {
        get
        {
            lock (_gate)
                return _speed.Mean;
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    /// <summary>Done when it is stored or given up. The order of the calls is the order of their going.</summary>
    public Task<UploadResult> UploadAsync(Upload upload, CancellationToken cancellationToken)
    {
        // No async method on the way from here to the spool: it would keep the bytes in memory for as long as it waits.
        var pending = new PendingUpload(upload, Interlocked.Increment(ref _tickets), Now, cancellationToken);
        pending.Registration = cancellationToken.UnsafeRegister(_ => Cancel(pending), null);
        if (_share.TryKeep(upload.Body, isNeeded: upload.Kind == UploadKind.Section) is { } held)
            Enqueue(pending, held);
        else
            _ = SpoolAsync(pending, upload.Body);
        return pending.Done.Task;
    }

    public void Dispose()
    {
        _timer.Dispose();
        _share.Dispose();
    }

    /// <summary>To disk; where that is full, too, the oldest goes.</summary>
    private async Task SpoolAsync(PendingUpload pending, ReadOnlyMemory<byte> body)
    {
        try
        {
            do
            {
                if ((await _share.TryWriteAsync(body) ?? _share.TryKeep(body, isNeeded: false)) is { } held)
                {
                    Enqueue(pending, held);
                    return;
                }
            } while (!pending.Done.Task.IsCompleted && _share.MakeRoom());
            GiveUp(pending, "there is no room to wait in");
        }
        catch (Exception exception)
        {
            // A bug: who waits for the upload is to fail with it.
            pending.Fail(exception);
        }
    }

    private void Enqueue(PendingUpload pending, HeldBody held)
    {
        lock (_gate)
        {
            pending.Held = held;
            if (!pending.Done.Task.IsCompleted)
                _backlog.Add(pending);
            else
                held.Dispose();
        }
        Pump();
    }

    private void Cancel(PendingUpload pending)
    {
        lock (_gate)
        {
            // One that is under way is cancelled by its own token.
            if (pending.Held is not null && !_backlog.Remove(pending))
                return;
            pending.Cancel();
        }
    }

    /// <summary>Gives up what is too late, begins what may go, and looks again when there is reason to.</summary>
    private void Pump()
    {
        List<PendingUpload> late = [];
        lock (_gate)
        {
            var now = Now;
            while (_backlog.TakeTooLate(now) is { } pending)
                late.Add(pending);
            while (_backlog.Begin(now) is { } next)
            {
                var patience = _pace.Patience(next.Media);
                _ = Task.Run(() => TryAsync(next, patience));
            }
            if (_backlog.NextAt(now) is { } at && at < TimeSpan.MaxValue)
                _timer.Change(at - now > Soonest ? at - now : Soonest, Timeout.InfiniteTimeSpan);
        }
        foreach (var pending in late)
            GiveUp(pending, "it has waited too long: the line to the store is slower than the stream");
    }

    private async Task TryAsync(PendingUpload pending, TimeSpan patience)
    {
        // This may have been begun from within another's; the requests below belong under its own.
        if (Activity.Current != pending.Trace)
            Activity.Current = pending.Trace;
        try
        {
            if (await pending.Held!.ReadAsync(pending.Cancellation) is not { } body)
            {
                lock (_gate)
                    _backlog.End();
                GiveUp(pending, "its file in the spool is gone or damaged");
                Pump();
                return;
            }
            var start = Now;
            var result = await _store.PutWithinAsync(
                patience,
                _time,
                pending.Key,
                body,
                pending.Headers,
                PutCondition.None,
                pending.Cancellation
            );
            var answeredAt = _time.GetTimestamp();
            if (result.Status == PutStatus.Stored)
                NoteStored(pending, body.Length, start, patience, answeredAt);
            else
                NoteFailed(pending, result, start, patience);
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
                _backlog.End();
            pending.Cancel();
        }
        catch (Exception exception)
        {
            lock (_gate)
                _backlog.End();
            pending.Fail(exception);
        }
        Pump();
    }

    private void NoteStored(PendingUpload pending, int length, TimeSpan start, TimeSpan patience, long answeredAt)
    {
        lock (_gate)
        {
            var now = Now;
            var away = _pace.Succeeded(now - start, patience, Math.Min(pending.Beside, _backlog.UnderWay), now);
            if (away > TimeSpan.Zero)
            {
                _backlog.Forgive(away);
                _backAt = now;
                Log.Back(_logger, _stream, away.TotalSeconds, _backlog.Count);
            }
            // While a backlog is worked off the line is full by intention.
            if (
                _backlog.Outages == TimeSpan.Zero
                && pending.Kind == UploadKind.Segment
                && _speed.Note(now - start, pending.Media)
            )
                Log.Slow(_logger, _stream, _speed.Advice!);
            Volatile.Write(ref _fault, null);
            if (_isBucketGone)
                Interlocked.Increment(ref _newBuckets);
            _isBucketGone = false;
            _lastStored = now;
            _backlog.End();
            if (_backlog.IsEmpty && _givenUpNow > 0)
            {
                Log.CaughtUp(_logger, _stream, _givenUpNow);
                _givenUpNow = 0;
            }
        }
        Interlocked.Increment(ref _stored);
        Interlocked.Add(ref _bytes, length);
        var elapsed = Now - pending.FirstTryAt!.Value;
        Measured?.Invoke(pending.Kind, elapsed);
        pending.End(new UploadResult(true, elapsed, pending.Tries, answeredAt));
    }

    private void NoteFailed(PendingUpload pending, PutResult result, TimeSpan start, TimeSpan patience)
    {
        var fault = result.Fault ?? new StoreFault(StoreFaultKind.Other, result.Status.ToString(), "It is tried again.");
        Interlocked.Increment(ref _failedTries);
        lock (_gate)
        {
            var now = Now;
            var wasAway = _pace.IsAway;
            var isThrottled = fault.Kind == StoreFaultKind.Throttled;
            if (!pending.NoteFailure(now, _lastStored) || _pace.IsAway)
                _pace.Failed(now - start, patience, isThrottled, now, Random.Shared.NextDouble());
            Volatile.Write(ref _fault, fault);
            _isBucketGone |= fault.Kind == StoreFaultKind.NoSuchBucket;
            if (!_pace.IsAway)
                Log.TryFailed(_logger, pending.Key, pending.Tries, fault.Message, fault.Remedy);
            else if (!wasAway)
                Log.Away(_logger, _stream, fault.Message, fault.Remedy);
            _backlog.Return(pending, now + UploadPace.PauseAfter(pending.Tries, Random.Shared.NextDouble()));
            // It was cancelled while it was under way: nobody else will take it out.
            if (pending.Cancellation.IsCancellationRequested && _backlog.Remove(pending))
                pending.Cancel();
        }
    }

    private bool GiveUpForRoom()
    {
        PendingUpload? pending;
        lock (_gate)
            pending = _backlog.TakeForRoom();
        if (pending is null)
            return false;
        GiveUp(pending, "there is no room to wait in: see Storage.Spool");
        return true;
    }

    private void GiveUp(PendingUpload pending, string reason)
    {
        Interlocked.Increment(ref _givenUp);
        lock (_gate)
        {
            // The first of many speaks for all.
            if (_givenUpNow++ == 0)
            {
                var fault = Volatile.Read(ref _fault);
                Log.GivenUp(_logger, _stream, pending.Key, reason, fault?.Message ?? "", fault?.Remedy ?? "");
            }
        }
        var elapsed = pending.FirstTryAt is { } first ? Now - first : TimeSpan.Zero;
        pending.End(new UploadResult(false, elapsed, pending.Tries, _time.GetTimestamp()));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Key} was not stored at try {Attempt} and is tried again: {Cause} {Remedy}")]
        public static partial void TryFailed(ILogger logger, string key, int attempt, string cause, string remedy);

        [LoggerMessage(
            2,
            LogLevel.Warning,
            "{Stream}: {Key} is given up, and others may follow; viewers see gaps: {Reason}. {Cause} {Remedy}"
        )]
        public static partial void GivenUp(ILogger logger, string stream, string key, string reason, string cause, string remedy);

        [LoggerMessage(
            3,
            LogLevel.Warning,
            "{Stream}: the store is away; segments wait, and it is tried again and again: {Cause} {Remedy}"
        )]
        public static partial void Away(ILogger logger, string stream, string cause, string remedy);

        [LoggerMessage(
            4,
            LogLevel.Information,
            "{Stream}: the store is back after {Seconds:0.0} s; {Count} segments wait for it"
        )]
        public static partial void Back(ILogger logger, string stream, double seconds, int count);

        [LoggerMessage(5, LogLevel.Information, "{Stream}: nothing waits for the store any more; {Count} segments were given up")]
        public static partial void CaughtUp(ILogger logger, string stream, long count);

        [LoggerMessage(6, LogLevel.Warning, "{Stream}: {Advice}")]
        public static partial void Slow(ILogger logger, string stream, string advice);
    }
}
