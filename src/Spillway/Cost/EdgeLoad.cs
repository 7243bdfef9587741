namespace Spillway.Cost;

/// <summary>Requests for one kind of object at the edge.</summary>
/// <param name="Kind">What is asked for.</param>
/// <param name="Requests">By viewers.</param>
/// <param name="Misses">Of these, on to the store: each one a GET, Class B.</param>
/// <param name="Bytes">To viewers.</param>
/// <param name="MissBytes">From the store.</param>
internal sealed record EdgeLoad(string Kind, double Requests, double Misses, double Bytes, double MissBytes);

/// <summary>What an edge has to do for an event.</summary>
internal static class EdgeLoads
{
    /// <summary>Between two looks of a player at player.json, seconds.</summary>
    private const double PlayerJsonEvery = 10;

    /// <summary>How long shared caches keep player.json and the multivariant playlist, and the page: seconds.</summary>
    private const double MutableLifetime = 2;
    private const double PageLifetime = 60;

    /// <summary>Of an answer on the line, compressed where it is: bytes. bench/results/event-40min-3.json has them.</summary>
    private const double PlaylistBytes = 842;
    private const double PlayerJsonBytes = 468;
    private const double MultivariantBytes = 582;
    private const double PageBytes = 860;
    private const double AssetBytes = 374_000;
    private const int Assets = 2;

    /// <summary>Part of the viewers who play the best rendition; the others are spread evenly over the rest.</summary>
    private const double InTheBest = 0.7;

    /// <summary>Part of the time in which all come.</summary>
    private const double Joining = 1.0 / 8;

    public static IReadOnlyList<EdgeLoad> Of(CostPlan plan)
    {
        var segments = plan.ViewerSeconds / plan.SegmentSeconds * (1 - plan.PeerShare);
        // The longest of the first segments and one second more; half of that is what a live playlist is kept for.
        var lifetime = Math.Max(1, Math.Floor(Math.Floor(plan.SegmentSeconds + 1.5) / 2));
        var (segmentMisses, segmentMissBytes, playlistMisses) = (0.0, 0.0, 0.0);
        for (var i = 0; i < plan.Renditions; i++)
        {
            var share = Share(plan.Renditions, i);
            var misses = SegmentMisses(plan, plan.Viewers * share, segments * share);
            segmentMisses += misses;
            segmentMissBytes += misses * plan.Kilobits[i] * 125 * plan.SegmentSeconds;
            playlistMisses += Misses(plan, plan.ViewerSeconds / plan.SegmentSeconds * share, plan.Seconds, lifetime);
        }
        return
        [
            new("segments", segments, segmentMisses, segments * plan.Kilobits[0] * 125 * plan.SegmentSeconds, segmentMissBytes),
            Small("media playlists", plan.ViewerSeconds / plan.SegmentSeconds, playlistMisses, PlaylistBytes),
            Small(
                "player.json",
                plan.ViewerSeconds / PlayerJsonEvery,
                Misses(plan, plan.ViewerSeconds / PlayerJsonEvery, plan.Seconds, MutableLifetime),
                PlayerJsonBytes
            ),
            Small(
                "multivariant playlist",
                plan.Viewers,
                Misses(plan, plan.Viewers, plan.Seconds * Joining, MutableLifetime),
                MultivariantBytes
            ),
            Small("the page", plan.Viewers, Misses(plan, plan.Viewers, plan.Seconds * Joining, PageLifetime), PageBytes),
            Small(
                "its scripts and styles",
                (double)plan.Viewers * Assets,
                Once(plan, Assets, (double)plan.Viewers * Assets),
                AssetBytes
            ),
        ];
    }

    public static double Share(int renditions, int index) =>
        renditions == 1 ? 1
        : index == 0 ? InTheBest
        : (1 - InTheBest) / (renditions - 1);

    private static EdgeLoad Small(string kind, double requests, double misses, double bytes) =>
        new(kind, requests, misses, requests * bytes, misses * bytes);

    /// <summary>
    /// An answer that is kept for a while: a cache with λ requests a second asks once in its lifetime and the 1/λ seconds that then pass
    /// until somebody wants it. Players that gather behind a change ask less often, so this is rather too much.
    /// </summary>
    private static double Misses(CostPlan plan, double requests, double seconds, double lifetime)
    {
        if (plan.Locations == 0 || requests <= 0)
            return requests;
        var caches = plan.Tiered ? 1 : plan.Locations;
        var rate = requests / caches / seconds;
        return Math.Min(requests, caches * seconds / (lifetime + (1 / rate)));
    }

    /// <summary>Objects that are kept for ever: each cache asks for each once.</summary>
    private static double Once(CostPlan plan, double objects, double requests) =>
        plan.Locations == 0 ? requests : Math.Min(requests, objects * (plan.Tiered ? 1 : plan.Locations));

    /// <summary>The same for segments: a cache asks for one only if one of its viewers does, and does not have it from a peer.</summary>
    private static double SegmentMisses(CostPlan plan, double viewers, double requests)
    {
        if (plan.Locations == 0)
            return requests;
        var caches = plan.Tiered ? 1 : plan.Locations;
        var wanted = 1 - Math.Pow(plan.PeerShare, viewers / caches);
        return Math.Min(requests, caches * plan.Segments * wanted);
    }
}
