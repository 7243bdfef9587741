using Spillway.Reports;
using Spillway.Storage;

namespace Spillway.Bench.Event.Result;

/// <param name="Edge">Which cache, in words.</param>
/// <param name="IsModel">Its misses are computed from the same requests, not measured at a cache.</param>
/// <param name="ClassA">Operations.</param>
/// <param name="ClassB">Operations.</param>
/// <param name="ProRata">Dollars: each operation at its price, before the free tier, and two hours of storage.</param>
/// <param name="Billed">Dollars, when nothing else uses the account in that month: after the free tier, rounded up.</param>
/// <param name="BilledBeyondFree">Dollars, when the free tier is used up by others: rounded up to the next million.</param>
internal sealed record EventCost(
    string Edge,
    bool IsModel,
    long ClassA,
    long ClassB,
    double ProRata,
    double Billed,
    double BilledBeyondFree
)
{
    /// <summary>Segments are deleted an hour after the broadcast, or after they have left the window.</summary>
    private const double HoursStored = 2;

    private const double HoursOfMonth = 720;

    public static EventCost Of(string edge, bool isModel, OperationCount operations, long bytesStored)
    {
        var prices = StorePrices.R2;
        var report = prices.Estimate(OperationReport.Of(operations), bytesStored);
        var storage = report.StorageDollarsAMonth * HoursStored / HoursOfMonth;
        var beyond =
            (Math.Ceiling(operations.ClassA / 1e6) * prices.ClassA)
            + (Math.Ceiling(operations.ClassB / 1e6) * prices.ClassB)
            + (Math.Ceiling(bytesStored / 1e9) * prices.GigabyteMonth);
        return new EventCost(
            edge,
            isModel,
            operations.ClassA,
            operations.ClassB,
            Math.Round(report.OperationDollars + storage, 5),
            report.BilledDollarsIfAlone,
            Math.Round(beyond, 5)
        );
    }
}
