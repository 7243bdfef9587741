using Spillway.Cost;
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

    public static EventCost Of(string edge, bool isModel, OperationCount operations, long bytesStored)
    {
        var prices = PriceList.Builtin.Stores["r2"];
        var (a, b) = (operations.ClassA, operations.ClassB);
        var beyond = prices with { FreeClassA = 0, FreeClassB = 0, FreeGigabytes = 0 };
        return new EventCost(
            edge,
            isModel,
            operations.ClassA,
            operations.ClassB,
            Math.Round(prices.StoreBill(a, b, bytesStored, HoursStored).ProRata, 5),
            prices.StoreBill(a, b, bytesStored).Billed,
            Math.Round(beyond.StoreBill(a, b, bytesStored).Billed, 5)
        );
    }
}
