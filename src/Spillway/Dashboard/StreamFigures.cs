using Spillway.Audience;
using Spillway.Reports;

namespace Spillway.Dashboard;

/// <summary>Segments on their way to the store. "Recent" is of the last 30 segments, over all renditions.</summary>
internal sealed record UploadPicture
{
    /// <summary>From the first try to the yes, of the last segment; null: none yet, as all below.</summary>
    public double? LastMs { get; init; }

    /// <summary>Mean, recent.</summary>
    public double? MeanMs { get; init; }

    /// <summary>Highest, recent.</summary>
    public double? WorstMs { get; init; }

    /// <summary>Mean of time divided by the segment's length, recent: from 1 on the store cannot keep up.</summary>
    public double? MeanLoad { get; init; }

    /// <summary>The highest of these, recent.</summary>
    public double? WorstLoad { get; init; }

    /// <summary>Objects stored since the start.</summary>
    public required long Stored { get; init; }

    /// <summary>PUTs that failed since the start, and were tried again.</summary>
    public required long FailedTries { get; init; }

    /// <summary>Objects given up since the start: gaps.</summary>
    public required long GivenUp { get; init; }

    /// <summary>Objects that wait or are under way.</summary>
    public required int Waiting { get; init; }

    /// <summary>Of these.</summary>
    public required long BytesWaiting { get; init; }

    /// <summary>The store is away, or slower than the source.</summary>
    public required bool Behind { get; init; }

    /// <summary>Null: the last try succeeded.</summary>
    public FaultPicture? Fault { get; init; }

    /// <summary>Null: the store keeps up.</summary>
    public string? Advice { get; init; }
}

/// <summary>What was asked of the store.</summary>
/// <param name="Broadcast">By Spillway, in this broadcast; null: none yet.</param>
/// <param name="SinceStart">By Spillway, since the start.</param>
/// <param name="Viewers">
/// Class B operations that viewers caused in this broadcast; null: nobody knows. Counted by the embedded edge or Cloudflare, else an
/// estimate: see its words.
/// </param>
internal sealed record OperationPicture(OperationReport? Broadcast, OperationReport? SinceStart, Estimate? Viewers);

/// <summary>What the broadcast costs so far. All of it is estimated from counts and a list of prices.</summary>
/// <param name="Currency"><c>USD</c>.</param>
/// <param name="Store">Whose prices.</param>
/// <param name="PricesAsOf">Day, <c>2026-11-22</c>.</param>
/// <param name="Lines">One a kind of cost.</param>
/// <param name="Total">Dollars, pro rata: the sum of the lines that are known.</param>
/// <param name="BilledIfAlone">Dollars, as a month's bill would say if nothing else used the account; null: not known.</param>
/// <param name="How">How it was made, and what is not in it.</param>
internal sealed record MoneyPicture(
    string Currency,
    string Store,
    string PricesAsOf,
    IReadOnlyList<MoneyLine> Lines,
    double Total,
    double? BilledIfAlone,
    string How
);

/// <param name="What"><c>classA</c>, <c>classB</c>, <c>viewerReads</c>, <c>storage</c>, <c>egress</c>.</param>
/// <param name="Quantity">Operations, or gigabytes of 10^9 bytes; null: not known.</param>
/// <param name="Unit"><c>operations</c>, <c>GB</c>, <c>GB-months</c>.</param>
/// <param name="Dollars">Null: not known.</param>
/// <param name="Low">With the quantity's error; null: counted, or not known.</param>
/// <param name="High">As <paramref name="Low"/>.</param>
/// <param name="Estimated">The quantity is; false: it was counted.</param>
internal sealed record MoneyLine(
    string What,
    double? Quantity,
    string Unit,
    double? Dollars,
    double? Low,
    double? High,
    bool Estimated
);

/// <param name="Bytes">Acknowledged by the store in this broadcast.</param>
/// <param name="BitRate">Bits per second, mean of the last minute; null: nothing was sent.</param>
/// <param name="SinceStart">Bytes of objects stored since the start.</param>
internal sealed record UplinkPicture(long Bytes, double? BitRate, long SinceStart);

/// <summary>The same show from the server itself: what viewers have received, and what the server really sent.</summary>
/// <param name="ToViewers">Bytes that viewers received, by any way.</param>
/// <param name="FromServer">Bytes that this server sent: to viewers and to the store; counted.</param>
/// <param name="Saved">Bytes: the difference.</param>
/// <param name="Share">Part of the bytes saved, 0 to 1.</param>
internal sealed record SavedPicture(Estimate ToViewers, long FromServer, Estimate Saved, double Share);

/// <param name="Role"><c>writer</c> or <c>standby</c>.</param>
/// <param name="Instance">This one; null with <c>Storage:SingleWriter</c>, as all below.</param>
/// <param name="Writer">The writer's id; null: not known.</param>
/// <param name="Epoch">Rises at each take-over.</param>
/// <param name="TakeOvers">By this instance, since its start.</param>
/// <param name="Since">Since when this instance writes; null: it does not.</param>
/// <param name="Why">In words.</param>
internal sealed record WriterPicture(
    string Role,
    string? Instance,
    string? Writer,
    long? Epoch,
    int? TakeOvers,
    DateTimeOffset? Since,
    string? Why
);

/// <param name="Kept">Replays are kept.</param>
/// <param name="Count">In the list; null: not known.</param>
/// <param name="Revision">Changes when the list does: then ask <c>GET /api/v1/streams/{stream}/replays</c> again.</param>
internal sealed record ReplayPicture(bool Kept, int? Count, long Revision);
