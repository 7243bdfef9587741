namespace Spillway.Cost;

/// <remarks>What has a default can be set: the generated reader would give null where only init is.</remarks>
/// <summary>What a store asks for. Operations are in R2's classes: A is PUT and LIST, B is GET; DELETE is free everywhere.</summary>
internal sealed record StorePrices
{
    /// <summary>What bills take for a month.</summary>
    public const double HoursOfMonth = 720;

    private const double Million = 1e6;
    private const double Gigabyte = 1e9;

    public required string Name { get; init; }

    /// <summary>The provider's page.</summary>
    public required string Source { get; init; }

    /// <summary>The day on which it was looked up: 2026-11-22. The list's own where the entry has none.</summary>
    public string AsOf { get; set; } = "";

    /// <summary>For who reads the plan.</summary>
    public string Note { get; set; } = "";

    /// <summary>Endpoints at these hosts, or below them, are this store's.</summary>
    public IReadOnlyList<string> Hosts { get; set; } = [];

    /// <summary>For a million.</summary>
    public double ClassA { get; init; }

    /// <summary>For a million.</summary>
    public double ClassB { get; init; }

    /// <summary>For 10^9 bytes kept for a month.</summary>
    public double GigabyteMonth { get; init; }

    /// <summary>A month.</summary>
    public double FreeClassA { get; init; }

    /// <summary>A month.</summary>
    public double FreeClassB { get; init; }

    /// <summary>A month.</summary>
    public double FreeGigabytes { get; init; }

    /// <summary>Operations of a class that a bill rounds up to; 0: none.</summary>
    public double BilledOperations { get; init; }

    /// <summary>The same for gigabytes kept.</summary>
    public double BilledGigabytes { get; init; }

    /// <summary>For 10^9 bytes read, by viewers or an edge.</summary>
    public double Egress { get; init; }

    /// <summary>Free egress, in multiples of what is stored.</summary>
    public double FreeEgressTimesStored { get; init; }

    /// <summary>Edges, by their name in the list, whose reading costs nothing.</summary>
    public IReadOnlyList<string> EgressFreeTo { get; set; } = [];

    public Money ClassABill(double operations) => Operations(operations, ClassA, FreeClassA);

    public Money ClassBBill(double operations) => Operations(operations, ClassB, FreeClassB);

    /// <param name="bytes">Stored.</param>
    /// <param name="hours">How long all of it is kept.</param>
    public Money StorageBill(double bytes, double hours = HoursOfMonth) =>
        Money.Of(bytes / Gigabyte * hours / HoursOfMonth, GigabyteMonth, FreeGigabytes, BilledGigabytes);

    /// <param name="bytes">Read from the store.</param>
    /// <param name="edge">By which edge, as the list names it; null: none of them.</param>
    /// <param name="storedGigabyteMonths">For stores that give some egress with what they keep.</param>
    public Money EgressBill(double bytes, string? edge, double storedGigabyteMonths = 0) =>
        edge is not null && EgressFreeTo.Contains(edge, StringComparer.Ordinal)
            ? Money.None
            : Money.Of(bytes / Gigabyte, Egress, FreeEgressTimesStored * storedGigabyteMonths);

    /// <summary>Operations and storage: all of a store's bill but egress.</summary>
    /// <param name="bytes">Stored.</param>
    /// <param name="hours">How long all of it is kept.</param>
    public Money StoreBill(double classA, double classB, double bytes, double hours = HoursOfMonth) =>
        ClassABill(classA) + ClassBBill(classB) + StorageBill(bytes, hours);

    private Money Operations(double count, double price, double free) =>
        Money.Of(count / Million, price, free / Million, BilledOperations / Million);
}
