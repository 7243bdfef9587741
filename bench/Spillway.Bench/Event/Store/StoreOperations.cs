using Spillway.Storage;
using Spillway.TestSupport;

namespace Spillway.Bench.Event.Store;

/// <summary>What a proxy before the store has seen, in the classes that are billed.</summary>
/// <param name="Count">Operations.</param>
/// <param name="BytesPut">Of bodies.</param>
/// <param name="PutsByKind">Of objects: segments, playlists and so on.</param>
internal sealed record StoreOperations(OperationCount Count, long BytesPut, IReadOnlyDictionary<string, long> PutsByKind)
{
    public static StoreOperations Of(IEnumerable<ProxiedRequest> requests)
    {
        var count = OperationCount.None;
        var bytes = 0L;
        var kinds = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var request in requests)
        {
            count += Class(request);
            if (request.Method != "PUT")
                continue;
            bytes += request.Length;
            var kind = KindOf(request.Target);
            kinds[kind] = kinds.GetValueOrDefault(kind) + 1;
        }
        return new StoreOperations(count, bytes, kinds);
    }

    /// <summary>Of an object, by its path at the store or at the edge.</summary>
    public static string KindOf(string path)
    {
        var query = path.IndexOf('?', StringComparison.Ordinal);
        path = query < 0 ? path : path[..query];
        return path.Contains("/watch/assets/", StringComparison.Ordinal) ? "asset"
            : path.EndsWith("/watch/index.html", StringComparison.Ordinal) ? "page"
            : path.EndsWith("/player.json", StringComparison.Ordinal) ? "player.json"
            : path.EndsWith("/lease.json", StringComparison.Ordinal) ? "lease"
            : path.EndsWith("/report.json", StringComparison.Ordinal) ? "report"
            : path.EndsWith("/sweep.json", StringComparison.Ordinal) ? "sweep"
            : path.Contains("/slate/", StringComparison.Ordinal) ? "slate"
            : path.EndsWith("/live/playlist.m3u8", StringComparison.Ordinal) ? "multivariant playlist"
            : path.EndsWith(".m3u8", StringComparison.Ordinal) ? "media playlist"
            : path.EndsWith(".ts", StringComparison.Ordinal) || path.EndsWith(".m4s", StringComparison.Ordinal) ? "segment"
            : "other";
    }

    private static OperationCount Class(ProxiedRequest request) =>
        request.Method switch
        {
            "PUT" => new OperationCount(1, 0, 0, 0, 0),
            "GET" when request.Target.Contains("list-type=", StringComparison.Ordinal) => new OperationCount(0, 1, 0, 0, 0),
            "GET" or "HEAD" => new OperationCount(0, 0, 1, 0, 0),
            // POST is only the deleting of many.
            _ => new OperationCount(0, 0, 0, 1, 0),
        };
}
