using System.Globalization;
using Spillway.Watch.Checking;

namespace Spillway.Watch;

/// <summary>What a request is for.</summary>
internal enum PollerAsk
{
    Playlist,
    Segment,

    /// <summary>A look whether it is there.</summary>
    Probe,
}

/// <summary>What a poller has asked for and got.</summary>
internal sealed class PollerTally
{
    private static readonly string[] s_cacheHeaders = ["CF-Cache-Status", "X-Cache", "X-Cache-Status", "CDN-Cache"];

    private long _playlists;
    private long _segments;
    private long _failures;
    private long _bytes;
    private long _hits;
    private long _misses;

    /// <summary>Answers for playlists.</summary>
    public long Playlists => Interlocked.Read(ref _playlists);

    /// <summary>Segments and initialization sections that came whole.</summary>
    public long Segments => Interlocked.Read(ref _segments);

    /// <summary>Requests of any kind that did not succeed.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Of bodies, as they came over the line.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Answers of which a header says that they came from a cache.</summary>
    public long Hits => Interlocked.Read(ref _hits);

    /// <summary>Answers of which a header says that they did not. An answer without such a header is neither.</summary>
    public long Misses => Interlocked.Read(ref _misses);

    /// <summary>0 to 1; null: no answer said anything of a cache.</summary>
    public double? HitShare => Hits + Misses > 0 ? (double)Hits / (Hits + Misses) : null;

    /// <param name="asked">For what.</param>
    /// <param name="status">0: no answer.</param>
    /// <param name="bytes">Of the body.</param>
    public void Count(PollerAsk asked, int status, int bytes, IReadOnlyDictionary<string, string>? headers)
    {
        if (asked == PollerAsk.Playlist)
            Interlocked.Increment(ref _playlists);
        else if (asked == PollerAsk.Segment && status is (200 or 206))
            Interlocked.Increment(ref _segments);
        if (status is not (200 or 206))
            Interlocked.Increment(ref _failures);
        Interlocked.Add(ref _bytes, bytes);
        if (headers is null || FromCache(headers) is not { } hit)
            return;
        Interlocked.Increment(ref hit ? ref _hits : ref _misses);
    }

    /// <returns>Null: no header says anything of it.</returns>
    public static bool? FromCache(IReadOnlyDictionary<string, string> headers)
    {
        foreach (var name in s_cacheHeaders)
        {
            if (HttpRules.Header(headers, name) is not { } status)
                continue;
            foreach (var word in (string[])["HIT", "STALE", "UPDATING", "REVALIDATED"])
                if (status.Contains(word, StringComparison.OrdinalIgnoreCase))
                    return true;
            return false;
        }
        return Age(headers) is { } age ? age > 0 : null;
    }

    /// <summary>Seconds that an answer has been in a cache (RFC 9111 5.1); null: it does not say.</summary>
    public static double? Age(IReadOnlyDictionary<string, string> headers) =>
        long.TryParse(HttpRules.Header(headers, "Age"), NumberStyles.None, CultureInfo.InvariantCulture, out var age)
            ? age
            : null;
}
