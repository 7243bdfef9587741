namespace Spillway.Bench.Latency;

/// <summary>Milliseconds, by nearest rank: every figure is one that was measured. Of fewer than 100 the p99 is the maximum.</summary>
internal sealed record Spread(double Min, double Median, double P90, double P99, double Max)
{
    public static Spread Of(IEnumerable<double> milliseconds)
    {
        var sorted = milliseconds.Order().ToArray();
        if (sorted.Length == 0)
            throw new InvalidOperationException("Nothing was measured.");
        return new Spread(Rank(0), Rank(0.5), Rank(0.9), Rank(0.99), Rank(1));

        double Rank(double share) => Math.Round(sorted[Math.Max(1, (int)Math.Ceiling(share * sorted.Length)) - 1], 1);
    }
}
