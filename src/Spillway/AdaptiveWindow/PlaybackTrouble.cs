namespace Spillway.AdaptiveWindow;

/// <summary>
/// What the viewers who report have lately had to suffer. Each counts once, however many it stands for: a made-up weight would be a
/// liar's lever.
/// </summary>
/// <param name="Viewers">Who have told of this time.</param>
/// <param name="Stalled">Of these, whose picture stood still.</param>
/// <param name="StallSeconds">How long an interruption was for the 95th percentile of them; 0: none was.</param>
/// <param name="Latency">Seconds behind the live edge, 95th percentile; null: too few know theirs.</param>
internal readonly record struct PlaybackTrouble(int Viewers, int Stalled, double StallSeconds, double? Latency)
{
    /// <summary>With fewer nothing is done: one or two say nothing of an audience, and may be liars.</summary>
    public const int Fewest = 3;

    /// <summary>A shorter stop is none: browsers report one of a few frames at many a seam.</summary>
    private const double Noticed = 0.5;

    /// <param name="stalls">For each viewer how long it stood still at a time; 0: it did not.</param>
    /// <param name="latencies">Of those who know theirs.</param>
    public static PlaybackTrouble Of(IEnumerable<double> stalls, IEnumerable<double> latencies)
    {
        var all = stalls.Select(static stall => stall >= Noticed ? stall : 0).OrderDescending().ToArray();
        var late = latencies.OrderDescending().ToArray();
        return new PlaybackTrouble(all.Length, all.Count(static stall => stall > 0), Percentile95(all) ?? 0, Percentile95(late));
    }

    /// <summary>
    /// Nearest rank: more than 5 % are at least there. And never fewer than three, so that in a small audience as well one or two
    /// decide nothing.
    /// </summary>
    /// <returns>Null: too few.</returns>
    private static double? Percentile95(double[] descending)
    {
        var above = descending.Length - (int)Math.Ceiling(0.95 * descending.Length);
        var rank = Math.Max(above, Fewest - 1);
        return rank < descending.Length ? descending[rank] : null;
    }
}
