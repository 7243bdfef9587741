namespace Spillway.Cost;

/// <summary>What a bucket, and the edge before it, really did, as their provider counts it: some minutes late, and sampled.</summary>
internal sealed record StoreUsage
{
    public required DateTimeOffset From { get; init; }
    public required DateTimeOffset Until { get; init; }

    /// <summary>Operations, without the refused, which nobody bills. One of an unknown kind counts here: A is the dearer class.</summary>
    public required long ClassA { get; init; }
    public required long ClassB { get; init; }

    /// <summary>DELETEs.</summary>
    public required long Free { get; init; }

    /// <summary>Bytes read from the bucket, by the edge and by Spillway.</summary>
    public required long StoreBytes { get; init; }

    /// <summary>Null: not read, or not known.</summary>
    public EdgeUsage? Edge { get; init; }
}

/// <param name="Requests">By viewers.</param>
/// <param name="Bytes">To viewers: the edge's egress.</param>
/// <param name="CachedRequests">Of these, answered from the cache.</param>
/// <param name="CachedBytes">Of these, from the cache.</param>
internal sealed record EdgeUsage(long Requests, long Bytes, long CachedRequests, long CachedBytes);

/// <summary>The last reading of Cloudflare's analytics.</summary>
/// <param name="ReadAt">When what is here was read; null: never yet.</param>
/// <param name="Month">Since the month began, in UTC, as bills count. Without the edge.</param>
/// <param name="Recent">Since the oldest broadcast on air began, or the last day when that is shorter or nothing is on air.</param>
/// <param name="Fault">Why the last attempt failed, and what to do; null: it did not. What is here is then an older one's.</param>
internal sealed record StoreReading(DateTimeOffset? ReadAt, StoreUsage? Month, StoreUsage? Recent, string? Fault);
