using System.Collections.Concurrent;
using Spillway.Audience;
using Spillway.Cost;
using Spillway.Storage;

namespace Spillway.Reports;

/// <summary>What is counted outside of a stream, since the start of this process.</summary>
/// <param name="Operations">At the store, for this stream.</param>
/// <param name="Origin">Of all streams; null: not measured.</param>
/// <param name="Edge">Of all streams; null: not measured.</param>
internal readonly record struct OutsideCounts(OperationCount Operations, TrafficReport? Origin, TrafficReport? Edge);

/// <summary>What earlier writers have told of a broadcast's audience.</summary>
internal readonly record struct AudienceBefore(WayReport? Ways, AudienceReport? Audience);

/// <summary>What a stream's reports are made of, and those that this process has made.</summary>
/// <param name="store">The store's counts for this stream.</param>
/// <param name="origin">Requests at the origin; null: not measured.</param>
/// <param name="edge">Requests at the embedded edge; null: there is none.</param>
/// <param name="peers">Peers of the stream at the tracker now; null: not measured.</param>
/// <param name="prices">Null: not known.</param>
/// <param name="audience">What viewers have reported of a broadcast here; null: nothing.</param>
internal sealed class StreamReports(
    StoreCounters store,
    Func<TrafficReport>? origin = null,
    Func<TrafficReport>? edge = null,
    Func<int>? peers = null,
    StorePrices? prices = null,
    Func<string, BroadcastAudience?>? audience = null
)
{
    /// <summary>Reports kept in memory beyond those on air.</summary>
    private const int Most = 200;

    private readonly ConcurrentDictionary<string, Func<BroadcastReport?>> _made = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, AudienceBefore> _before = new(StringComparer.Ordinal);

    public StoreCounters Store => store;
    public StorePrices? Prices => prices;

    public int? Peers() => peers?.Invoke();

    /// <summary>
    /// What other processes have told of a broadcast's audience. This one's own count goes on over its runs, and must not be added to
    /// what an earlier run has written.
    /// </summary>
    /// <param name="left">The report that was found.</param>
    public AudienceBefore AudienceBefore(BroadcastReport left) =>
        _before.GetOrAdd(left.Broadcast, new AudienceBefore(left.Ways, left.Audience));

    public BroadcastAudience? Audience(string broadcast) => audience?.Invoke(broadcast);

    public OutsideCounts Count() => new(store.Operations, origin?.Invoke(), edge?.Invoke());

    /// <summary>Broadcasts that this process has a report of.</summary>
    public IEnumerable<string> Made => _made.Keys;

    /// <summary>Null: not made here, or nothing to tell yet.</summary>
    public BroadcastReport? Find(string broadcast) => _made.GetValueOrDefault(broadcast)?.Invoke();

    /// <summary>The report is deleted. That it was made here is still known: what it told of is not told once more.</summary>
    public void Forget(string broadcast)
    {
        if (_made.ContainsKey(broadcast))
            _made[broadcast] = static () => null;
    }

    /// <summary>Uploads of a broadcast that an earlier run in this process has told of in its own report.</summary>
    public UploadCount AlreadyTold(string broadcast) => _made.ContainsKey(broadcast) ? store.Uploads(broadcast) : default;

    public void Show(string broadcast, Func<BroadcastReport?> report)
    {
        _made[broadcast] = report;
        // Ids begin with their date.
        foreach (var old in _made.Keys.OrderDescending(StringComparer.Ordinal).Skip(Most))
        {
            _made.TryRemove(old, out _);
            _before.TryRemove(old, out _);
        }
    }
}
