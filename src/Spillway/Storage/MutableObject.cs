using System.Threading.Channels;
using Spillway.Playlists;

namespace Spillway.Storage;

/// <summary>A version of a mutable object that the store has acknowledged.</summary>
internal sealed record AcknowledgedVersion(byte[] Body, string ETag, Stamp Stamp);

/// <summary>
/// One key that is written again and again by one writer: the newest wish wins, two PUTs are <see cref="Spacing"/> apart,
/// every PUT is conditional on what this writer last saw, and an outcome that is not known is looked up in the store.
/// </summary>
internal sealed partial class MutableObject(
    IObjectStore store,
    string key,
    long epoch,
    bool conditional,
    TimeProvider time,
    ILogger logger,
    WriterPlace? place = null
)
{
    /// <summary>R2 takes one write a second a key.</summary>
    public static readonly TimeSpan Spacing = TimeSpan.FromSeconds(1.1);

    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Channel<bool> _wishes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    /// <summary>Hashes of the bodies sent since the last acknowledged one, and its own: any of them may yet turn up in the store.</summary>
    private readonly HashSet<string> _sent = new(StringComparer.Ordinal);
    private Wish? _wish;
    private string? _etag;
    private long _revision;
    private long _lastPut = long.MinValue;
    private AcknowledgedVersion? _acknowledged;

    /// <summary>What the store has; null until this writer's first PUT was acknowledged.</summary>
    public AcknowledgedVersion? Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Cause and remedy of the last failed PUT; null when the last one succeeded.</summary>
    public StoreFault? Fault { get; private set; }

    /// <summary>Time stamp of the last PUT's answer, from which <see cref="Spacing"/> counts; <see cref="long.MinValue"/> before the first.</summary>
    public long LastPut => Volatile.Read(ref _lastPut);

    /// <summary>Failed tries since the start.</summary>
    public int Failures { get; private set; }

    /// <summary>Asks for a new version. Done when the store has acknowledged it or a later one.</summary>
    public Task PublishAsync(Func<Stamp, byte[]> render, ObjectHeaders headers)
    {
        Task done;
        lock (_gate)
        {
            var waiting = _wish?.Done ?? new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _wish = new Wish(render, headers, waiting);
            done = waiting.Task;
        }
        _wishes.Writer.TryWrite(true);
        return done;
    }

    /// <summary>No more wishes: <see cref="RunAsync"/> ends once the last one is stored.</summary>
    public void Complete() => _wishes.Writer.TryComplete();

    /// <summary>What the key holds before this writer's first PUT; call before <see cref="RunAsync"/>.</summary>
    public void Seen(StoredObject? present)
    {
        _etag = present?.ETag;
        _lastPut = place?.LastPut(key) ?? _lastPut;
        // Fenced by this writer: it counts on from there, so that no two versions are the same bytes.
        if (present is null || StampReader.Read(present.Body.Span) is not { } stamp || stamp.Epoch != epoch)
            return;
        _revision = stamp.Revision;
        _sent.Add(StreamKeys.Hash(present.Body.Span));
    }

    /// <summary>Stores what is wished for until completed or cancelled.</summary>
    /// <exception cref="SupersededException">Another writer with a higher epoch owns the key.</exception>
    /// <exception cref="OvertakenException">An earlier writer has written it after this one had read it.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var _ in _wishes.Reader.ReadAllAsync(cancellationToken))
        {
            for (var attempt = 0; !await TryPutAsync(cancellationToken); attempt++)
            {
                var wait = TimeSpan.FromMilliseconds(
                    200 * Math.Pow(2, Math.Min(attempt, 6)) * (0.5 + Random.Shared.NextDouble())
                );
                await Task.Delay(wait < LongestWait ? wait : LongestWait, time, cancellationToken);
            }
        }
    }

    private async Task<bool> TryPutAsync(CancellationToken cancellationToken)
    {
        await WaitForSpacingAsync(cancellationToken);
        if (place is not null)
            await place.WaitUntilMayWriteAsync(cancellationToken);
        Wish? current;
        lock (_gate)
            (current, _wish) = (_wish, null);
        if (current is null)
            return true;

        var stamp = new Stamp(epoch, ++_revision);
        var body = current.Render(stamp);
        var condition =
            !conditional ? PutCondition.None
            : _etag is null ? PutCondition.Missing
            : PutCondition.Matches(_etag);
        var hash = StreamKeys.Hash(body);
        _sent.Add(hash);
        var began = time.GetTimestamp();
        PutResult result;
        try
        {
            result = await store.PutWithinAsync(AttemptTimeout, time, key, body, current.Headers, condition, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            WishAgain(current);
            throw;
        }
        _lastPut = time.GetTimestamp();

        var stored = result.Status switch
        {
            PutStatus.Stored => result.ETag,
            PutStatus.PreconditionFailed or PutStatus.Unknown => await LookUpAsync(hash, cancellationToken),
            _ => null,
        };
        if (stored is null)
        {
            Failures++;
            Fault = result.Fault;
            Log.NotPublished(logger, key, result.Fault?.Message ?? result.Status.ToString(), result.Fault?.Remedy ?? "");
            WishAgain(current);
            return false;
        }
        _etag = stored;
        _sent.Clear();
        _sent.Add(hash);
        Fault = null;
        place?.NoteStored(key, began);
        Volatile.Write(ref _acknowledged, new AcknowledgedVersion(body, stored, stamp));
        current.Done.TrySetResult();
        return true;
    }

    /// <summary>Did it happen? The ETag if so; null to try again from the ETag that is there now.</summary>
    private async Task<string?> LookUpAsync(string mine, CancellationToken cancellationToken)
    {
        var result = await store.GetWithinAsync(AttemptTimeout, time, key, cancellationToken);
        if (result.Status == GetStatus.Missing)
            _etag = null;
        if (result.Status != GetStatus.Found)
            return null;
        var body = result.Object!.Body;
        var found = StreamKeys.Hash(body.Span);
        if (StampReader.Read(body.Span) is { } stamp && !_sent.Contains(found))
        {
            // Two who read the bucket at the same moment have the same epoch: who came second to a key has a successor in the first.
            if (stamp.Epoch >= epoch)
                throw new SupersededException(key, stamp.Epoch);
            // It was not there, or not like this, when the stream's state was read: what was decided since is worth nothing.
            if (conditional)
                throw new OvertakenException(key, stamp.Epoch);
        }
        _etag = result.Object.ETag;
        return found == mine ? _etag : null;
    }

    private void WishAgain(Wish failed)
    {
        lock (_gate)
        {
            if (_wish is null)
                _wish = failed;
            else
                // The newer wish stands for the failed one too.
                _ = _wish.Done.Task.ContinueWith(_ => failed.Done.TrySetResult(), TaskScheduler.Default);
        }
    }

    private async Task WaitForSpacingAsync(CancellationToken cancellationToken)
    {
        if (_lastPut == long.MinValue)
            return;
        var left = Spacing - time.GetElapsedTime(_lastPut);
        if (left > TimeSpan.Zero)
            await Task.Delay(left, time, cancellationToken);
    }

    private sealed record Wish(Func<Stamp, byte[]> Render, ObjectHeaders Headers, TaskCompletionSource Done);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Key} was not published and is tried again: {Cause} {Remedy}")]
        public static partial void NotPublished(ILogger logger, string key, string cause, string remedy);
    }
}

/// <summary>A higher epoch was found: this writer has a successor and must stop.</summary>
internal sealed class SupersededException(string key, long epoch)
    : Exception($"Another Spillway writes {key} (epoch {epoch}): this one stops publishing.")
{
    /// <summary>What was found.</summary>
    public long Epoch => epoch;
}

/// <summary>An earlier writer's PUT has landed after this one had read the bucket: it must be read again before anything is written.</summary>
internal sealed class OvertakenException(string key, long epoch)
    : Exception($"An earlier Spillway (epoch {epoch}) has written {key} meanwhile: the bucket is read again.");
