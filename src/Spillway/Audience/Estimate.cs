namespace Spillway.Audience;

/// <summary>A figure of the whole audience, worked out from a part of it.</summary>
/// <param name="Low">The true figure is between this one and <paramref name="High"/> in 95 of 100 cases; null: not known.</param>
/// <param name="High">Null: not known.</param>
/// <param name="Of">What it is of, and how it was made, in words.</param>
internal sealed record Estimate(double Value, double? Low, double? High, string Of)
{
    /// <summary>The same figure of two times after each other, whose errors have nothing to do with each other.</summary>
    public static Estimate Sum(Estimate one, Estimate other) =>
        new(
            one.Value + other.Value,
            Bound(one.Value, one.Low, other.Value, other.Low, -1),
            Bound(one.Value, one.High, other.Value, other.High, +1),
            other.Of
        );

    /// <param name="digits">After the point; negative: of the whole part, too.</param>
    public Estimate Rounded(int digits)
    {
        var step = Math.Pow(10, -digits);
        return this with { Value = Round(Value), Low = Low is { } l ? Round(l) : null, High = High is { } h ? Round(h) : null };

        // Twice, since a multiple of 0.001 is none in binary.
        double Round(double value) => Math.Round(Math.Round(value / step) * step, Math.Max(0, digits));
    }

    private static double? Bound(double one, double? oneBound, double other, double? otherBound, int sign) =>
        oneBound is { } a && otherBound is { } b
            ? Math.Max(0, one + other + (sign * Math.Sqrt(((a - one) * (a - one)) + ((b - other) * (b - other)))))
            : null;
}
