using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spillway.Cost;

/// <summary>
/// What stores, edges and servers ask for, as of a day. The program carries one, <c>Cost/prices.json</c>; the operator may name
/// another file.
/// </summary>
internal sealed record PriceList
{
    private const string Resource = "cost/prices.json";

    private static readonly Lazy<PriceList> s_builtin = new(ReadBuiltin);

    /// <summary>The one in the program.</summary>
    public static PriceList Builtin => s_builtin.Value;

    /// <summary>2026-11-22.</summary>
    public required string AsOf { get; init; }

    /// <summary>USD: figures are named dollars wherever they are shown.</summary>
    public required string Currency { get; init; }
    public required ServerPrices Server { get; init; }
    public required IReadOnlyDictionary<string, StorePrices> Stores { get; init; }
    public required IReadOnlyDictionary<string, EdgePrices> Edges { get; init; }

    /// <summary>What <c>--provider</c> takes.</summary>
    public required IReadOnlyDictionary<string, ProviderPair> Providers { get; init; }

    /// <summary>The prices of the store at an endpoint.</summary>
    /// <param name="endpoint">Storage:Endpoint; empty for the embedded store.</param>
    /// <returns>Null: not known.</returns>
    public StorePrices? Find(string endpoint)
    {
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address))
            return null;
        return Stores.Values.FirstOrDefault(store =>
            store.Hosts.Any(host =>
                address.Host.Equals(host, StringComparison.OrdinalIgnoreCase)
                || address.Host.EndsWith($".{host}", StringComparison.OrdinalIgnoreCase)
            )
        );
    }

    /// <param name="text">As in the file.</param>
    /// <param name="problem">What is wrong, in a sentence without the file's name; null: nothing.</param>
    public static PriceList? Read(ReadOnlySpan<byte> text, out string? problem)
    {
        try
        {
            var list = JsonSerializer.Deserialize(text, PricesJson.Default.PriceList);
            problem = list is null ? "it is empty" : PriceListRules.Problem(list);
            return problem is null ? Dated(list!) : null;
        }
        catch (JsonException exception)
        {
            problem = Words(exception);
            return null;
        }
    }

    private static PriceList Dated(PriceList list) =>
        list with
        {
            Server = list.Server with { AsOf = list.OrElse(list.Server.AsOf) },
            Stores = list.Stores.ToDictionary(
                static pair => pair.Key,
                pair => pair.Value with { AsOf = list.OrElse(pair.Value.AsOf) },
                StringComparer.Ordinal
            ),
            Edges = list.Edges.ToDictionary(
                static pair => pair.Key,
                pair => pair.Value with { AsOf = list.OrElse(pair.Value.AsOf) },
                StringComparer.Ordinal
            ),
        };

    private string OrElse(string own) => own.Length > 0 ? own : AsOf;

    private static string Words(JsonException exception)
    {
        // The reader's own sentence says the same place once more, and names types.
        var message = exception.Message;
        var end = message.IndexOf(" Path: ", StringComparison.Ordinal);
        var place = exception.LineNumber is { } line ? $"line {line + 1}" : "it";
        var path = exception.Path is { Length: > 2 } name ? $" ({name[2..]})" : "";
        return $"{place}{path} cannot be read: {(end > 0 ? message[..end] : message)}";
    }

    private static PriceList ReadBuiltin()
    {
        using var stream = typeof(PriceList).Assembly.GetManifestResourceStream(Resource)!;
        using var text = new MemoryStream();
        stream.CopyTo(text);
        return Read(text.ToArray(), out var problem)
            ?? throw new InvalidOperationException($"The price list in the program is wrong: {problem}.");
    }
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    NumberHandling = JsonNumberHandling.Strict,
    AllowTrailingCommas = true,
    ReadCommentHandling = JsonCommentHandling.Skip
)]
[JsonSerializable(typeof(PriceList))]
internal sealed partial class PricesJson : JsonSerializerContext;
