using Spillway.Bench.Event.Store;

namespace Spillway.Bench.Event.Edge;

/// <param name="Requests">Of viewers.</param>
/// <param name="Hits">Answered from the cache.</param>
/// <param name="Misses">Gone on to the store, since there was nothing or it was too old.</param>
/// <param name="NotOk">Neither 200 nor 206 nor 304.</param>
/// <param name="Bytes">Of bodies.</param>
internal sealed record EdgeCount(long Requests, long Hits, long Misses, long NotOk, long Bytes);

/// <summary>nginx's own log: what was asked, and where the answer came from.</summary>
internal static class EdgeLog
{
    /// <param name="lines">Status, state of the cache, path, bytes.</param>
    /// <returns>By kind of object.</returns>
    public static IReadOnlyDictionary<string, EdgeCount> Read(IEnumerable<string> lines)
    {
        var kinds = new SortedDictionary<string, EdgeCount>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            if (line.Split(' ') is not [var status, var cache, var path, var bytes])
                continue;
            var kind = StoreOperations.KindOf(path);
            var before = kinds.GetValueOrDefault(kind) ?? new EdgeCount(0, 0, 0, 0, 0);
            // EXPIRED, MISS, BYPASS: fetched. STALE and UPDATING: given away while another request fetches.
            var hit = cache is "HIT" or "STALE" or "UPDATING" or "REVALIDATED";
            kinds[kind] = new EdgeCount(
                before.Requests + 1,
                before.Hits + (hit ? 1 : 0),
                before.Misses + (hit ? 0 : 1),
                before.NotOk + (status is "200" or "206" or "304" ? 0 : 1),
                before.Bytes + long.Parse(bytes, System.Globalization.CultureInfo.InvariantCulture)
            );
        }
        return kinds;
    }
}
