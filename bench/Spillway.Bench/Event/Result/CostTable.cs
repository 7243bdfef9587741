using Spillway.Bench.Event.Store;
using Spillway.Bench.Event.Viewers;
using Spillway.Cost;
using Spillway.Storage;

namespace Spillway.Bench.Event.Result;

/// <summary>The store's bill for the same event behind several edges.</summary>
internal static class CostTable
{
    /// <param name="scene">With what viewers asked the edge.</param>
    /// <param name="writer">Spillway's own operations.</param>
    /// <param name="edge">Of the measured cache.</param>
    public static IReadOnlyList<EventCost> Of(Scene scene, StoreOperations writer, StoreOperations edge)
    {
        var locations = scene.Locations;
        return
        [
            Cost("one location (nginx)", isModel: false, edge.Count),
            Cost($"{locations.Count} locations, one upper tier", isModel: true, Gets(locations.MissesTiered)),
            Cost($"{locations.Count} locations, no tier", isModel: true, Gets(locations.MissesAlone)),
            Cost("no cache", isModel: true, Gets(locations.Requests)),
        ];

        EventCost Cost(string name, bool isModel, OperationCount operations) =>
            EventCost.Of(name, isModel, writer.Count + operations, writer.BytesPut);
    }

    private static OperationCount Gets(long count) => new(0, 0, count, 0, 0);
}

/// <summary>What bytes cost that leave a server.</summary>
internal static class Egress
{
    /// <summary>To the Internet, beyond the first 100 GB a month.</summary>
    private static readonly double Gigabyte = PriceList.Builtin.Server.Gigabyte;

    private const double FullKilobits = 2_500;

    /// <param name="viewers">Bytes, as all of these.</param>
    /// <param name="kilobits">Of the best rendition as measured.</param>
    public static EgressResult Of(long viewers, long uploads, double before, int kilobits)
    {
        var full = FullKilobits / kilobits;
        return new EgressResult(
            Gigabyte,
            Dollars(viewers),
            Dollars(uploads),
            Dollars(uploads * full),
            Dollars(before),
            Dollars(before * full)
        );
    }

    private static double Dollars(double bytes) => Math.Round(bytes / 1e9 * Gigabyte, 4);
}
