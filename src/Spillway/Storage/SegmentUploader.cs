namespace Spillway.Storage;

/// <summary>How one segment's upload ended.</summary>
/// <param name="Stored">The store has acknowledged all bytes.</param>
/// <param name="Elapsed">From the first try to the answer of the last.</param>
/// <param name="Tries">PUTs sent.</param>
internal readonly record struct UploadResult(bool Stored, TimeSpan Elapsed, int Tries);

/// <summary>
/// Stores objects that are written once. Tries again, with back-off and jitter, until they are stored or no longer matter.
/// A key that carries the hash of its bytes may be put twice without harm, so these PUTs are unconditional.
/// </summary>
internal sealed partial class SegmentUploader(IObjectStore store, int parallel, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(parallel);
    private long _stored;
    private long _failedTries;
    private long _bytes;

    /// <summary>Objects stored since the start.</summary>
    public long Stored => Interlocked.Read(ref _stored);

    public long FailedTries => Interlocked.Read(ref _failedTries);

    /// <summary>Bytes of objects stored since the start.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Cause and remedy of the last failed try; null when the last one succeeded.</summary>
    public StoreFault? Fault { get; private set; }

    /// <param name="key">The object's key.</param>
    /// <param name="body">All its bytes.</param>
    /// <param name="headers">What it is served with.</param>
    /// <param name="segment">How long the media lasts: an attempt may take three times that, and at least 5 s.</param>
    /// <param name="matters">How long from now it is worth trying.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    public async Task<UploadResult> UploadAsync(
        string key,
        ReadOnlyMemory<byte> body,
        ObjectHeaders headers,
        TimeSpan segment,
        TimeSpan matters,
        CancellationToken cancellationToken
    )
    {
        var start = time.GetTimestamp();
        var patience = TimeSpan.FromTicks(Math.Max(3 * segment.Ticks, TimeSpan.TicksPerSecond * 5));
        for (var attempt = 1; ; attempt++)
        {
            var fault = await TryAsync(key, body, headers, patience, cancellationToken);
            var elapsed = time.GetElapsedTime(start);
            Fault = fault;
            if (fault is null)
            {
                Interlocked.Increment(ref _stored);
                Interlocked.Add(ref _bytes, body.Length);
                return new UploadResult(true, elapsed, attempt);
            }
            Interlocked.Increment(ref _failedTries);
            var wait = TimeSpan.FromMilliseconds(150 * Math.Pow(2, Math.Min(attempt, 5)) * (0.5 + Random.Shared.NextDouble()));
            if (elapsed + wait >= matters)
            {
                Log.GivenUp(logger, key, attempt, elapsed.TotalSeconds, fault.Message, fault.Remedy);
                return new UploadResult(false, elapsed, attempt);
            }
            Log.TryFailed(logger, key, attempt, fault.Message, fault.Remedy);
            await Task.Delay(wait, time, cancellationToken);
        }
    }

    public void Dispose() => _slots.Dispose();

    private async Task<StoreFault?> TryAsync(
        string key,
        ReadOnlyMemory<byte> body,
        ObjectHeaders headers,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        await _slots.WaitAsync(cancellationToken);
        try
        {
            var result = await store.PutWithinAsync(patience, time, key, body, headers, PutCondition.None, cancellationToken);
            return result.Status == PutStatus.Stored
                ? null
                : result.Fault ?? new StoreFault(StoreFaultKind.Other, result.Status.ToString(), "It is tried again.");
        }
        finally
        {
            _slots.Release();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Key} was not stored at try {Attempt} and is tried again: {Cause} {Remedy}")]
        public static partial void TryFailed(ILogger logger, string key, int attempt, string cause, string remedy);

        [LoggerMessage(
            2,
            LogLevel.Warning,
            "{Key} is given up after {Attempt} tries in {Seconds:0.0} s; viewers see a gap: {Cause} {Remedy}"
        )]
        public static partial void GivenUp(ILogger logger, string key, int attempt, double seconds, string cause, string remedy);
    }
}
