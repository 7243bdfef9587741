using System.Globalization;
using System.Text.Json.Nodes;

namespace Spillway.Tests.Docs;

/// <summary>Something that the project has set itself, and what a result says of it.</summary>
/// <param name="What">In words.</param>
/// <param name="Limit">In words, with its unit.</param>
/// <param name="Result">Name of the file in bench/results.</param>
/// <param name="Measured">In words, with its unit.</param>
internal sealed record Bound(string What, string Limit, string Result, string Measured, bool IsMet)
{
    public const string Head = "| what | bound | measured | | result |\n|---|---:|---:|---|---|";

    /// <param name="values">All that were measured; the worst one counts.</param>
    /// <param name="format">Of a number with its unit, such as <c>0.0' MB'</c>.</param>
    public static Bound AtMost(string what, string result, double most, string format, params IEnumerable<double> values)
    {
        var all = values.ToList();
        return new Bound(
            what,
            "≤ " + Text(most, format),
            result,
            Span(all, format),
            // A result without figures meets nothing.
            all.Count > 0
                && all.TrueForAll(value => value <= most)
        );
    }

    public static Bound AtLeast(string what, string result, double least, string format, params IEnumerable<double> values)
    {
        var all = values.ToList();
        return new Bound(
            what,
            "≥ " + Text(least, format),
            result,
            Span(all, format),
            all.Count > 0 && all.TrueForAll(value => value >= least)
        );
    }

    public override string ToString() => $"| {What} | {Limit} | {Measured} | {(IsMet ? "met" : "**not met**")} | {Result} |";

    private static string Span(List<double> values, string format)
    {
        if (values.Count == 0)
            return "–";
        var (least, most) = (Text(values.Min(), format), Text(values.Max(), format));
        return string.Equals(least, most, StringComparison.Ordinal) ? least : $"{least} to {most}";
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}

/// <summary>Figures of a result, looked up by their path.</summary>
internal static class FigureLookup
{
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
