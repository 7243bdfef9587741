namespace Spillway.Storage;

internal enum EdgeKind
{
    /// <summary><c>.m3u8</c></summary>
    Playlist,

    /// <summary><c>.ts</c>, <c>.m4s</c>, <c>.mp4</c></summary>
    Segment,

    /// <summary><c>.json</c></summary>
    Json,

    /// <summary>The player page and its scripts and styles.</summary>
    Page,

    /// <summary>Anything else, also what is not there.</summary>
    Other,
}

/// <param name="Requests">All of them, whatever came of them.</param>
/// <param name="Bytes">Of bodies, as sent: compressed where they were, and of a broken transfer the part that was handed to the connection.</param>
internal readonly record struct EdgeCount(long Requests, long Bytes);

/// <summary>What the embedded edge has sent, by kind. Any thread may count and read.</summary>
internal sealed class EdgeCounters
{
    private static readonly int Kinds = Enum.GetValues<EdgeKind>().Length;

    private readonly long[] _requests = new long[Kinds];
    private readonly long[] _bytes = new long[Kinds];

    public EdgeCount this[EdgeKind kind] => new(Volatile.Read(ref _requests[(int)kind]), Volatile.Read(ref _bytes[(int)kind]));

    public EdgeCount Total
    {
        get
        {
            var total = default(EdgeCount);
            for (var kind = 0; kind < Kinds; kind++)
            {
                var count = this[(EdgeKind)kind];
                total = new EdgeCount(total.Requests + count.Requests, total.Bytes + count.Bytes);
            }
            return total;
        }
    }

    public static EdgeKind KindOf(string key) =>
        Path.GetExtension(key).ToLowerInvariant() switch
        {
            ".m3u8" => EdgeKind.Playlist,
            ".ts" or ".m4s" or ".mp4" => EdgeKind.Segment,
            ".json" => EdgeKind.Json,
            ".html" or ".js" or ".css" => EdgeKind.Page,
            _ => EdgeKind.Other,
        };

    public void CountRequest(EdgeKind kind) => Interlocked.Increment(ref _requests[(int)kind]);

    public void CountBytes(EdgeKind kind, long bytes) => Interlocked.Add(ref _bytes[(int)kind], bytes);
}
