namespace Spillway.Cost;

/// <param name="What">What is paid for.</param>
/// <param name="Amount">How much of it.</param>
/// <param name="Unit">Of the amount.</param>
internal sealed record CostRow(string What, double Amount, string Unit, Money Money);

/// <summary>An event's bill with one store and the edge before it.</summary>
/// <param name="Provider">As <c>--provider</c> takes it.</param>
/// <param name="Store">Its prices.</param>
/// <param name="Edge">Its prices.</param>
/// <param name="Rows">All that is paid for.</param>
/// <param name="Before">Everybody at the server.</param>
internal sealed record PlannedCost(string Provider, StorePrices Store, EdgePrices Edge, IReadOnlyList<CostRow> Rows, Money Before)
{
    public Money After => Rows.Aggregate(Money.None, static (sum, row) => sum + row.Money);
    public Money Saved => Before - After;

    /// <param name="list">All prices.</param>
    /// <param name="provider">One of the list's.</param>
    /// <param name="load">What there is to pay for.</param>
    /// <param name="server">The server's prices, which need not be the list's.</param>
    public static PlannedCost Of(PriceList list, string provider, PlannedLoad load, ServerPrices server)
    {
        var pair = list.Providers[provider];
        var (store, edge) = (list.Stores[pair.Store], list.Edges[pair.Edge]);
        var hours = load.Plan.KeepDays > 0 ? load.Plan.KeepDays * 24 : StoreWrites.HoursWithoutReplay;
        var uploaded = load.After.Uploads;
        var gigabyteMonths = uploaded / 1e9 * hours / StorePrices.HoursOfMonth;
        var (bytes, requests) = (edge.BytesBill(load.EdgeBytes), edge.RequestsBill(load.EdgeRequests));
        List<CostRow> rows =
        [
            new("store: Class A (PUT, LIST)", load.ClassA, "", store.ClassABill(load.ClassA)),
            new("store: Class B (GET)", load.ClassB, "", store.ClassBBill(load.ClassB)),
            new("store: GB kept for a month", gigabyteMonths, "GB", store.StorageBill(uploaded, hours)),
            new(
                "store: bytes to the edge",
                load.StoreBytes / 1e9,
                "GB",
                store.EgressBill(load.StoreBytes, pair.Edge, gigabyteMonths)
            ),
            new("edge: bytes to viewers", load.EdgeBytes / 1e9, "GB", bytes),
            new("edge: requests", load.EdgeRequests, "", requests),
        ];
        if (edge.UpToMinimum(bytes + requests) is { Billed: > 0 } more)
            rows.Add(new("edge: up to the month's minimum", edge.Minimum, "USD", more));
        rows.Add(new("server: signalling", load.After.BytesOut / 1e9, "GB", server.Bill(load.After.BytesOut)));
        rows.Add(new("server: uploads to the store", uploaded / 1e9, "GB", server.Bill(uploaded, load.After.BytesOut)));
        return new PlannedCost(provider, store, edge, rows, server.Bill(load.Before.BytesOut));
    }
}

/// <summary>All that there is to pay for, whoever is paid.</summary>
internal sealed record PlannedLoad
{
    private PlannedLoad(CostPlan plan)
    {
        Plan = plan;
        Before = ServerLoad.Before(plan);
        After = ServerLoad.Of(plan);
        Edge = EdgeLoads.Of(plan);
        Writes = StoreWrites.Of(plan);
    }

    public CostPlan Plan { get; }
    public ServerLoad Before { get; }
    public ServerLoad After { get; }
    public IReadOnlyList<EdgeLoad> Edge { get; }
    public IReadOnlyList<StoreWrite> Writes { get; }

    public double ClassA => Writes.Sum(static write => write.Puts);
    public double ClassB => StoreWrites.Reads + Edge.Sum(static load => load.Misses);
    public double EdgeRequests => Edge.Sum(static load => load.Requests);
    public double EdgeBytes => Edge.Sum(static load => load.Bytes);
    public double StoreBytes => Edge.Sum(static load => load.MissBytes);

    /// <summary>From viewer to viewer.</summary>
    public double PeerBytes => Before.BytesOut * Plan.PeerShare;

    public static PlannedLoad Of(CostPlan plan) => new(plan);
}
