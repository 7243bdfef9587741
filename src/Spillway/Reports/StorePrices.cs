namespace Spillway.Reports;

/// <summary>What a store asks for, in US dollars, as of a day. Its egress is not here: Spillway does not see it.</summary>
/// <param name="Store">Its name.</param>
/// <param name="AsOf">Day on which these were looked up.</param>
/// <param name="ClassA">For a million.</param>
/// <param name="ClassB">For a million.</param>
/// <param name="GigabyteMonth">For 10^9 bytes kept for a month.</param>
/// <param name="FreeClassA">A month.</param>
/// <param name="FreeClassB">A month.</param>
/// <param name="FreeGigabytes">A month.</param>
internal sealed record StorePrices(
    string Store,
    string AsOf,
    double ClassA,
    double ClassB,
    double GigabyteMonth,
    double FreeClassA,
    double FreeClassB,
    double FreeGigabytes
)
{
    /// <summary>Standard storage, from developers.cloudflare.com/r2/pricing.</summary>
    public static StorePrices R2 { get; } = new("Cloudflare R2", "2026-11-22", 4.50, 0.36, 0.015, 1e6, 1e7, 10);

    /// <summary>S3 Standard in us-east-1, from aws.amazon.com/s3/pricing.</summary>
    public static StorePrices S3 { get; } = new("Amazon S3", "2026-11-22", 5.00, 0.40, 0.023, 0, 0, 0);

    /// <param name="endpoint">Storage:Endpoint; empty for the embedded store.</param>
    /// <returns>Null: not known.</returns>
    public static StorePrices? For(string endpoint)
    {
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address))
            return null;
        return address.Host.EndsWith(".r2.cloudflarestorage.com", StringComparison.OrdinalIgnoreCase) ? R2
            : address.Host.EndsWith(".amazonaws.com", StringComparison.OrdinalIgnoreCase) ? S3
            : null;
    }

    public CostReport Estimate(OperationReport operations, long bytes)
    {
        var (a, b) = (operations.ClassA * ClassA / 1e6, operations.ClassB * ClassB / 1e6);
        var gigabytes = bytes / 1e9;
        return new CostReport
        {
            Store = Store,
            PricesAsOf = AsOf,
            ClassADollars = Round(a),
            ClassBDollars = Round(b),
            OperationDollars = Round(a + b),
            StoredGigabytes = Round(gigabytes),
            StorageDollarsAMonth = Round(gigabytes * GigabyteMonth),
            BilledDollarsIfAlone = Round(
                Millions(operations.ClassA - FreeClassA) * ClassA
                    + Millions(operations.ClassB - FreeClassB) * ClassB
                    + Math.Ceiling(Math.Max(0, gigabytes - FreeGigabytes)) * GigabyteMonth
            ),
        };
    }

    /// <summary>Bills round up to the next million.</summary>
    private static double Millions(double count) => Math.Ceiling(Math.Max(0, count) / 1e6);

    private static double Round(double value) => Math.Round(value, 6);
}

/// <summary>An estimate, from counted operations and the prices of one day.</summary>
internal sealed record CostReport
{
    public bool Estimate => true;

    public string How =>
        "Spillway's own operations and the bytes it stored, times the store's prices: pro rata, before its free tier. "
        + "billedDollarsIfAlone is what a month's bill would say if nothing else used the account and all was kept for a month: "
        + "after the free tier, rounded up to the next million operations and gigabyte. Not in it: what viewers read at the store "
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
}
