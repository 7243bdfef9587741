using System.Globalization;
using Spillway.Configuration;

namespace Spillway.Cost;

/// <summary>What must hold for a price list that an operator has edited.</summary>
internal static class PriceListRules
{
    /// <summary>Dollars or units: beyond it something else was meant.</summary>
    private const double Most = 1e12;

    /// <returns>The first thing that is wrong; null: nothing.</returns>
    public static string? Problem(PriceList list) =>
        Date("asOf", list.AsOf)
        ?? (list.Currency == "USD" ? null : $"currency is {Shown.Value(list.Currency)}: prices must be in US dollars, USD")
        ?? Numbers("server", (list.Server.Gigabyte, "gigabyte"), (list.Server.FreeGigabytes, "freeGigabytes"))
        ?? Date("server.asOf", list.Server.AsOf, mayBeEmpty: true)
        ?? list.Stores.Select(static pair => Store($"stores.{Shown.Name(pair.Key)}", pair.Value)).FirstOrDefault(IsSaid)
        ?? list.Edges.Select(static pair => Edge($"edges.{Shown.Name(pair.Key)}", pair.Value)).FirstOrDefault(IsSaid)
        ?? list.Providers.Select(pair => Provider(list, $"providers.{Shown.Name(pair.Key)}", pair.Value)).FirstOrDefault(IsSaid)
        ?? (list.Providers.Count == 0 ? "providers must name one pair of a store and an edge, or more" : null);

    private static bool IsSaid(string? problem) => problem is not null;

    private static string? Store(string path, StorePrices store) =>
        Date($"{path}.asOf", store.AsOf, mayBeEmpty: true)
        ?? Numbers(
            path,
            (store.ClassA, "classA"),
            (store.ClassB, "classB"),
            (store.GigabyteMonth, "gigabyteMonth"),
            (store.FreeClassA, "freeClassA"),
            (store.FreeClassB, "freeClassB"),
            (store.FreeGigabytes, "freeGigabytes"),
            (store.BilledOperations, "billedOperations"),
            (store.BilledGigabytes, "billedGigabytes"),
            (store.Egress, "egress"),
            (store.FreeEgressTimesStored, "freeEgressTimesStored")
        )
        ?? (
            store.Hosts.Any(static host => Uri.CheckHostName(host) == UriHostNameType.Unknown)
                ? $"{path}.hosts must be names of hosts, without https:// and a path"
                : null
        );

    private static string? Edge(string path, EdgePrices edge) =>
        Date($"{path}.asOf", edge.AsOf, mayBeEmpty: true)
        ?? Numbers(
            path,
            (edge.Gigabyte, "gigabyte"),
            (edge.Requests, "requests"),
            (edge.FreeGigabytes, "freeGigabytes"),
            (edge.FreeRequests, "freeRequests"),
            (edge.BilledRequests, "billedRequests"),
            (edge.Minimum, "minimum")
        );

    private static string? Provider(PriceList list, string path, ProviderPair pair) =>
        !list.Stores.ContainsKey(pair.Store) ? $"{path}.store is {Shown.Value(pair.Store)}, which is not among stores"
        : !list.Edges.ContainsKey(pair.Edge) ? $"{path}.edge is {Shown.Value(pair.Edge)}, which is not among edges"
        : null;

    private static string? Date(string path, string text, bool mayBeEmpty = false) =>
        (mayBeEmpty && text.Length == 0)
        || DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
            ? null
            : $"{path} is {Shown.Value(text)}: it must be a day such as 2026-11-22";

    private static string? Numbers(string path, params ReadOnlySpan<(double Value, string Name)> numbers)
    {
        foreach (var (value, name) in numbers)
            if (!(value >= 0 && value <= Most))
                return string.Create(CultureInfo.InvariantCulture, $"{path}.{name} is {value}: it must be 0 or more");
        return null;
    }
}
