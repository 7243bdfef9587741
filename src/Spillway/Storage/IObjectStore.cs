namespace Spillway.Storage;

/// <summary>
/// Where objects are kept: an S3 bucket, or a folder. Keys are relative to the configured prefix and use <c>/</c>.
/// Expected failures are values; an exception is a bug or a cancellation.
/// Consistency is that of S3 today: a write that was acknowledged is seen by every later read.
/// </summary>
internal interface IObjectStore
{
    /// <summary>The store's wall time: this machine's monotonic clock, set by the store's last <c>Date</c> header.</summary>
    DateTimeOffset Now { get; }

    /// <summary>
    /// Whether the store can be used: writes, reads and deletes a small object, and sees that conditions are kept.
    /// Null when all is well; <see cref="StoreFaultKind.Condition"/> when conditions are ignored.
    /// </summary>
    Task<StoreFault?> CheckAsync(CancellationToken cancellationToken);

    /// <summary>Stores a whole object. One attempt: retrying is the caller's, who knows until when it matters.</summary>
    Task<PutResult> PutAsync(
        string key,
        ReadOnlyMemory<byte> body,
        ObjectHeaders headers,
        PutCondition condition,
        CancellationToken cancellationToken
    );

    /// <summary>Reads a whole object by the store's own endpoint, never through the edge.</summary>
    Task<GetResult> GetAsync(string key, CancellationToken cancellationToken);

    /// <summary>Every key that starts with <paramref name="prefix"/>, in ordinal order. On R2 each 1,000 keys cost a Class A operation.</summary>
    /// <exception cref="ObjectStoreException">The store refused or did not answer.</exception>
    IAsyncEnumerable<ObjectEntry> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Deletes keys; a key that is not there is no error.</summary>
    /// <exception cref="ObjectStoreException">The store refused or did not answer.</exception>
    Task DeleteAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken);
}

/// <summary>The headers an object is served with.</summary>
internal sealed record ObjectHeaders(string ContentType, string CacheControl);

/// <summary>What must be true of the key for a PUT to happen: anything, nothing stored there, or exactly this ETag.</summary>
internal readonly record struct PutCondition
{
    /// <summary>The quoted ETag that must be there now; null for none.</summary>
    public string? IfMatch { get; private init; }

    /// <summary>The key must not exist.</summary>
    public bool IfNoneMatch { get; private init; }

    public static PutCondition None => default;
    public static PutCondition Missing => new() { IfNoneMatch = true };

    public static PutCondition Matches(string etag) => new() { IfMatch = etag };
}

internal enum PutStatus
{
    /// <summary>All bytes are stored.</summary>
    Stored,

    /// <summary>412: the condition was false when the store looked. A retry's own first try can be the cause.</summary>
    PreconditionFailed,

    /// <summary>The store said no and will say so again until somebody changes something (credentials, bucket, policy).</summary>
    Refused,

    /// <summary>Not known whether it happened: time-out, reset, 5xx, 429. Trying again may help.</summary>
    Unknown,
}

/// <param name="Status">What the store said.</param>
/// <param name="ETag">The quoted ETag when stored.</param>
/// <param name="Fault">Cause and remedy unless stored.</param>
internal readonly record struct PutResult(PutStatus Status, string? ETag, StoreFault? Fault);

internal enum GetStatus
{
    Found,
    Missing,
    Refused,
    Unknown,
}

internal readonly record struct GetResult(GetStatus Status, StoredObject? Object, StoreFault? Fault);

/// <summary>An object as read. The ETag is quoted, as S3 gives it.</summary>
internal sealed record StoredObject(ReadOnlyMemory<byte> Body, string ETag, DateTimeOffset LastModified);

internal sealed record ObjectEntry(string Key, long Size, DateTimeOffset LastModified);

internal enum StoreFaultKind
{
    /// <summary>Wrong or revoked credentials, or a policy that forbids the call.</summary>
    Denied,

    /// <summary>The bucket is not there.</summary>
    NoSuchBucket,

    /// <summary>Too many writes (R2: one a second a key).</summary>
    Throttled,

    /// <summary>The store's condition was false.</summary>
    Condition,

    /// <summary>No answer in time, a broken connection, a 5xx.</summary>
    Unreachable,

    /// <summary>The disk is full.</summary>
    Full,

    Other,
}

/// <param name="Kind">Its kind.</param>
/// <param name="Message">What happened, in the store's words where it has any; never a secret.</param>
/// <param name="Remedy">What the operator can do, naming the setting.</param>
internal sealed record StoreFault(StoreFaultKind Kind, string Message, string Remedy);

/// <summary>The store refused or did not answer a call whose result has no place for it.</summary>
internal sealed class ObjectStoreException(StoreFault fault) : Exception($"{fault.Message} {fault.Remedy}")
{
    public StoreFault Fault { get; } = fault;
}
