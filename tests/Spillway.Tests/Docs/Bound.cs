using System.Globalization;

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
    public static Bound AtMost(string what, string result, double most, string format, params IEnumerable<double> values) =>
        Of(what, result, $"≤ {Text(most, format)}", format, values, value => value <= most);

    public static Bound AtLeast(string what, string result, double least, string format, params IEnumerable<double> values) =>
        Of(what, result, $"≥ {Text(least, format)}", format, values, value => value >= least);

    public override string ToString() => $"| {What} | {Limit} | {Measured} | {(IsMet ? "met" : "**not met**")} | {Result} |";

    private static Bound Of(
        string what,
        string result,
        string limit,
        string format,
        IEnumerable<double> values,
        Predicate<double> isKept
    )
    {
        var all = values.ToList();
        // A result without figures keeps nothing.
        return new Bound(what, limit, result, Span(all, format), all.Count > 0 && all.TrueForAll(isKept));
    }

    private static string Span(List<double> values, string format)
    {
        if (values.Count == 0)
            return "–";
        var (least, most) = (Text(values.Min(), format), Text(values.Max(), format));
        return string.Equals(least, most, StringComparison.Ordinal) ? least : $"{least} to {most}";
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
