namespace Spillway.Audience;

/// <summary>The statistics of a sample in which each viewer is with the same chance, the share, and independently of all others.</summary>
internal static class Sampling
{
    /// <summary>Standard deviations on either side that hold 95 of 100 cases.</summary>
    public const double Usual = 1.96;

    /// <summary>How many there are in all when so many of them are in the sample.</summary>
    /// <remarks>
    /// The score interval: all N for which <c>|n − sN| ≤ z √(s(1−s)N)</c>. It also holds for a few, and for none; with a share of 1 it has
    /// no width.
    /// </remarks>
    public static (double Low, double High) Whole(double inSample, double share, double deviations = Usual)
    {
        var spread = deviations * deviations * (1 - share);
        var middle = inSample + (spread / 2);
        var half = Math.Sqrt(Math.Max(0, (spread * inSample) + (spread * spread / 4)));
        return (Math.Max(inSample, (middle - half) / share), (middle + half) / share);
    }

    /// <summary>
    /// Which part of the whole has something that a part of the sample has: Wilson's interval, narrower the more of the whole the
    /// sample is.
    /// </summary>
    /// <param name="part">Of the sample, 0 to 1.</param>
    /// <param name="size">Of the sample.</param>
    /// <param name="share">Of the whole that is in the sample.</param>
    public static (double Low, double High) Part(double part, double size, double share)
    {
        if (share >= 1)
            return (part, part);
        var n = size / (1 - share);
        var z = Usual * Usual / n;
        var middle = (part + (z / 2)) / (1 + z);
        var half = Math.Sqrt((z * part * (1 - part)) + (z * z / 4)) / (1 + z);
        return (Math.Max(0, middle - half), Math.Min(1, middle + half));
    }

    /// <summary>Like <see cref="Usual"/> where the deviation itself is known from few only: Student's t, to two digits.</summary>
    /// <returns>Null: too few.</returns>
    public static double? Student(int viewers)
    {
        double free = viewers - 1;
        return free < 3 ? null : Usual + (2.37 / free) + (2.8 / free / free);
    }

    /// <summary>A quantile of the whole, with the interval that the order of the sample's values gives.</summary>
    /// <param name="values">In any order, each with how many of the whole it stands for.</param>
    /// <param name="quantile">0 to 1.</param>
    /// <param name="of">In words.</param>
    /// <returns>Null without values; a bound is null where the sample is too small to have one.</returns>
    public static Estimate? Quantile(IReadOnlyCollection<(double Value, double Weight)> values, double quantile, string of)
    {
        if (values.Count == 0)
            return null;
        var sorted = values.OrderBy(static value => value.Value).ToArray();
        var whole = sorted.Sum(static value => value.Weight);
        var share = Math.Min(1, sorted.Length / whole);
        var size = whole * whole / sorted.Sum(static value => value.Weight * value.Weight);
        var half = Usual * Math.Sqrt(quantile * (1 - quantile) * (1 - share) / size);
        return new Estimate(
            At(quantile),
            quantile - half < 0 ? null : At(quantile - half),
            quantile + half > 1 ? null : At(quantile + half),
            of
        );

        double At(double rank)
        {
            var before = 0.0;
            foreach (var (value, weight) in sorted)
            {
                before += weight;
                if (before >= (rank * whole) - 1e-9)
                    return value;
            }
            return sorted[^1].Value;
        }
    }
}
