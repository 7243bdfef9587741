using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Spillway.Tests.Docs;

/// <summary>The event in README.md, from the results of its two runs.</summary>
internal static partial class EventTable
{
    public const string File = "README.md";

    public static string Render(string page) =>
        Block().Replace(page, static _ => $"<!-- event -->\n{ToMarkdown()}\n<!-- end of event -->");

    private static string ToMarkdown()
    {
        var (three, one) = (FigureLookup.Of("event-40min-3"), FigureLookup.Of("event-40min-1"));
        FormattableString text = $"""
            | | Spillway | before: everybody at the origin (a model of Owncast alone) |
            |---|---:|---:|
            | requests at the origin, WebSockets included | {three.Number("origin.inAll.requests"):N0} | {three.Number(
                "before.requestsForEvent"
            ):N0} |
            | MB between the origin and viewers | {three.Number("origin.inAll.bytes") / 1e6:N1} | {three.Number(
                "before.bytesForEvent"
            ) / 1e6:N0} |
            | the server's egress at ${three.Number("egress.gigabyte"):0.00}/GB, for a stream of 2.5 Mbit/s | ${three.Number(
                "egress.viewers"
            ):0.0000} to viewers, ${three.Number("egress.uploadsAt2500"):0.00} to the store | ${three.Number(
                "egress.beforeAt2500"
            ):0.00} |
            | the store's bill pro rata: edge with a tier; without; no cache at all | {Bill(three)} | |
            | the same with one rendition | {Bill(one)} | |
            | 404s, missing or wrong answers | {three.Number("viewers.notFound") + three.Number("viewers.missing") + three.Number(
                "viewers.wrong"
            ):0} | |
            """;
        return text.ToString(CultureInfo.InvariantCulture);
    }

    private static string Bill(JsonNode figures) =>
        string.Join(
            "; ",
            figures
                .Rows("costs")
                .Skip(1)
                .Select(static cost => string.Create(CultureInfo.InvariantCulture, $"${cost.Number("proRata"):0.0000}"))
        );

    [GeneratedRegex("<!-- event -->.*?<!-- end of event -->", RegexOptions.Singleline)]
    private static partial Regex Block();
}
