using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spillway.Cost;

/// <summary>All that <c>spillway cost</c> has worked out.</summary>
/// <param name="Load">What there is to pay for.</param>
/// <param name="List">By these prices.</param>
/// <param name="Server">The server's, which the command line may have given.</param>
/// <param name="Shown">The one that is asked for.</param>
/// <param name="Others">The rest of the list.</param>
internal sealed record CostAnswer(
    PlannedLoad Load,
    PriceList List,
    ServerPrices Server,
    PlannedCost Shown,
    IReadOnlyList<PlannedCost> Others
)
{
    /// <param name="egress">For 10^9 bytes from the server; null: the list's.</param>
    public static CostAnswer Of(CostPlan plan, PriceList list, string provider, double? egress)
    {
        var load = PlannedLoad.Of(plan);
        var server = egress is { } price
            ? new ServerPrices
            {
                Name = "the server",
                Source = "--egress-price",
                Gigabyte = price,
            }
            : list.Server;
        return new CostAnswer(
            load,
            list,
            server,
            PlannedCost.Of(list, provider, load, server),
            [.. list.Providers.Keys.Where(name => name != provider).Select(name => PlannedCost.Of(list, name, load, server))]
        );
    }

    public CostDocument ToDocument() =>
        new()
        {
            Plan = Load.Plan,
            Assumptions = CostText.Assumptions(this),
            PricesAsOf = List.AsOf,
            Currency = List.Currency,
            Before = Load.Before,
            After = Load.After,
            Edge = Load.Edge,
            PeerBytes = Load.PeerBytes,
            Writes = Load.Writes,
            ClassA = Load.ClassA,
            ClassB = Load.ClassB,
            Providers = [.. Others.Prepend(Shown).Select(CostOfProvider.Of)],
        };
}

/// <summary>The answer of <c>spillway cost --json</c>. Amounts are estimates and not rounded.</summary>
internal sealed record CostDocument
{
    public bool Estimate => true;
    public required CostPlan Plan { get; init; }
    public required IReadOnlyList<string> Assumptions { get; init; }
    public required string PricesAsOf { get; init; }
    public required string Currency { get; init; }
    public required ServerLoad Before { get; init; }
    public required ServerLoad After { get; init; }
    public required IReadOnlyList<EdgeLoad> Edge { get; init; }
    public required double PeerBytes { get; init; }
    public required IReadOnlyList<StoreWrite> Writes { get; init; }
    public required double ClassA { get; init; }
    public required double ClassB { get; init; }
    public required IReadOnlyList<CostOfProvider> Providers { get; init; }
}

internal sealed record CostOfProvider(
    string Provider,
    string Store,
    string Edge,
    IReadOnlyList<CostRow> Rows,
    Money Before,
    Money After,
    Money Saved
)
{
    public static CostOfProvider Of(PlannedCost cost) =>
        new(cost.Provider, cost.Store.Name, cost.Edge.Name, cost.Rows, cost.Before, cost.After, cost.Saved);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(CostDocument))]
internal sealed partial class CostJson : JsonSerializerContext;
