using System.Globalization;
using System.Text.Json.Nodes;
using Spillway.TestSupport.Benchmarks;

namespace Spillway.Tests.Docs;

/// <summary>Figures of a result, looked up by their path.</summary>
internal static class FigureLookup
{
    /// <exception cref="InvalidOperationException">There is no such file.</exception>
    public static JsonNode Of(string result) =>
        BenchResult.Read(result)?.Figures ?? throw new InvalidOperationException($"There is no bench/results/{result}.json.");

    /// <param name="path">Names and indices with dots between: <c>origin.inAll.requests</c>.</param>
    /// <exception cref="InvalidOperationException">There is no such figure.</exception>
    public static double Number(this JsonNode node, string path) => node.Find(path).GetValue<double>();

    public static string Text(this JsonNode node, string path) => node.Find(path).GetValue<string>();

    public static IEnumerable<JsonNode> Rows(this JsonNode node, string path) =>
        node.Find(path).AsArray().Select(static row => row ?? throw new InvalidOperationException("A row is null."));

    private static JsonNode Find(this JsonNode node, string path)
    {
        var found = node;
        foreach (var name in path.Split('.'))
            found =
                (found is JsonArray list ? list[int.Parse(name, CultureInfo.InvariantCulture)] : found[name])
                ?? throw new InvalidOperationException($"The result has no {path}.");
        return found;
    }
}
