using Spillway.Cost;

namespace Spillway.Reports;

/// <summary>An estimate, from counted operations and the prices of one day.</summary>
internal sealed record CostReport
{
    public bool Estimate => true;

    public string How =>
        "Spillway's own operations and the bytes it stored, times the store's prices: pro rata, before its free tier. "
        + "billedDollarsIfAlone is what a month's bill would say if nothing else used the account and all was kept for a month: "
        + "after the free tier, rounded up as the store does. Not in it: what viewers read at the store "
        + "through the edge, the edge itself, and this server's own uplink.";

    public string Currency => "USD";
    public required string Store { get; init; }
    public required string PricesAsOf { get; init; }
    public required double ClassADollars { get; init; }
    public required double ClassBDollars { get; init; }
    public required double OperationDollars { get; init; }
    public required double StoredGigabytes { get; init; }

    /// <summary>For as long as all of it is kept; without replays that is some hours.</summary>
    public required double StorageDollarsAMonth { get; init; }
    public required double BilledDollarsIfAlone { get; init; }

    /// <param name="prices">The store's.</param>
    /// <param name="operations">Counted.</param>
    /// <param name="bytes">Stored.</param>
    public static CostReport Of(StorePrices prices, OperationReport operations, long bytes)
    {
        var (a, b) = (prices.ClassABill(operations.ClassA), prices.ClassBBill(operations.ClassB));
        var storage = prices.StorageBill(bytes);
        return new CostReport
        {
            Store = prices.Name,
            PricesAsOf = prices.AsOf,
            ClassADollars = Round(a.ProRata),
            ClassBDollars = Round(b.ProRata),
            OperationDollars = Round((a + b).ProRata),
            StoredGigabytes = Round(bytes / 1e9),
            StorageDollarsAMonth = Round(storage.ProRata),
            BilledDollarsIfAlone = Round((a + b + storage).Billed),
        };
    }

    private static double Round(double value) => Math.Round(value, 6);
}
