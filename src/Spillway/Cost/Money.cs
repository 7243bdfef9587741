namespace Spillway.Cost;

/// <summary>What something costs, in the price list's currency.</summary>
/// <param name="ProRata">Each unit at its price, before any free tier: what it adds to a large bill.</param>
/// <param name="Billed">On a month's bill on which nothing else stands: after the free tier, rounded up as the provider does.</param>
internal readonly record struct Money(double ProRata, double Billed)
{
    public static Money None => default;

    public static Money operator +(Money one, Money other) => new(one.ProRata + other.ProRata, one.Billed + other.Billed);

    public static Money operator -(Money one, Money other) => new(one.ProRata - other.ProRata, one.Billed - other.Billed);

    /// <param name="amount">In units of the price.</param>
    /// <param name="price">Of one.</param>
    /// <param name="free">Of these, for nothing.</param>
    /// <param name="step">What a bill rounds up to; 0: nothing.</param>
    public static Money Of(double amount, double price, double free = 0, double step = 0)
    {
        var paid = Math.Max(0, amount - free);
        // A hair's breadth is an error of the division, and no unit more.
        var billed = step > 0 ? Math.Ceiling(Math.Round(paid / step, 10)) * step : paid;
        return new Money(amount * price, billed * price);
    }
}
