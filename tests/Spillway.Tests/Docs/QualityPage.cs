using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Spillway.Tests.Docs;

/// <summary>docs/quality.md: its tables are what <c>make coverage</c> and <c>make mutation</c> have left in docs/quality.</summary>
internal static partial class QualityPage
{
    public const string File = "docs/quality.md";

    /// <summary>Names of the figures that the page shows.</summary>
    public static IEnumerable<string> Shown(string page) =>
        Block().Matches(page).Select(static block => block.Groups["name"].Value);

    public static string Render(string page) =>
        Block()
            .Replace(
                page,
                static block =>
                {
                    var name = block.Groups["name"].Value;
                    var figures = JsonNode.Parse(Pages.Read($"docs/quality/{name}.json"))!;
                    var table = name == "coverage" ? Coverage(figures) : Mutation(figures);
                    return $"<!-- {name} -->\n{string.Join('\n', table)}\n<!-- end of {name} -->";
                }
            );

    private static IEnumerable<string> Coverage(JsonNode figures)
    {
        yield return "| folder | lines | covered | branches | covered |";
        yield return "|---|---:|---:|---:|---:|";
        var rows = figures.Rows("folders").ToList();
        foreach (var row in rows)
            yield return Row(row.Text("folder"), [row]);
        yield return Row("**all**", rows);
        yield return "";
        yield return $"`make coverage`: {Stamp(figures)}.";

        static string Row(string name, IReadOnlyList<JsonNode> rows)
        {
            var (lines, branches) = (Sum(rows, "lines"), Sum(rows, "branches"));
            return FormattableString.Invariant(
                $"| {name} | {lines:N0} | {Percent(Sum(rows, "coveredLines"), lines)} | {branches:N0} | {Percent(Sum(rows, "coveredBranches"), branches)} |"
            );
        }
    }

    private static IEnumerable<string> Mutation(JsonNode figures)
    {
        yield return "| folder | score | killed | timeout | survived | no coverage | ignored | of |";
        yield return "|---|---:|---:|---:|---:|---:|---:|---|";
        foreach (var row in figures.Rows("folders"))
        {
            var noticed = row.Number("killed") + row.Number("timeout");
            var tried = noticed + row.Number("survived") + row.Number("noCoverage");
            yield return FormattableString.Invariant(
                $"| {row.Text("folder")} | {Percent(noticed, tried)} | {row.Number("killed")} | {row.Number("timeout")} | {row.Number("survived")} | {row.Number("noCoverage")} | {row.Number("ignored")} | {Stamp(row)} |"
            );
        }
    }

    private static double Sum(IEnumerable<JsonNode> rows, string figure) => rows.Sum(row => row.Number(figure));

    private static string Percent(double part, double whole) =>
        whole == 0 ? "" : FormattableString.Invariant($"{100 * part / whole:0.0} %");

    private static string Stamp(JsonNode figures)
    {
        var day = DateOnly.ParseExact(figures.Text("date"), "yyyy-MM-dd", CultureInfo.InvariantCulture);
        return FormattableString.Invariant($"{day:d MMMM yyyy}, commit {figures.Text("commit")}");
    }

    [GeneratedRegex("<!-- (?<name>coverage|mutation) -->.*?<!-- end of \\k<name> -->", RegexOptions.Singleline)]
    private static partial Regex Block();
}
