using System.Globalization;
using System.Text;

namespace Spillway.Cost;

/// <summary>A plan as a person reads it.</summary>
internal static class CostText
{
    private const int Label = 52;
    private const int Column = 13;

    public static string Of(CostAnswer answer)
    {
        var text = new StringBuilder();
        Traffic(text, answer.Load);
        Operations(text, answer.Load);
        Provider(text, answer.Shown);
        Others(text, answer);
        text.AppendLine().AppendLine("Assumed");
        foreach (var line in Assumptions(answer))
            text.AppendLine($"- {line}");
        text.AppendLine().AppendLine("Prices");
        foreach (var line in Sources(answer))
            text.AppendLine($"- {line}");
        return text.ToString();
    }

    /// <summary>A sentence each.</summary>
    public static IReadOnlyList<string> Assumptions(CostAnswer answer)
    {
        var plan = answer.Load.Plan;
        return
        [
            $"{Count(plan.Viewers)} viewers, all there for the whole {Number(plan.Minutes)} minutes; segments of {Number(plan.SegmentSeconds)} s; "
                + $"{Number(plan.Reconnects)} reconnects a WebSocket.",
            $"Bytes: everybody plays the best rendition, {Number(plan.Kilobits[0])} kbit/s as it is sent. "
                + (
                    plan.Renditions > 1
                        ? "Cache misses: 70 % do, the others are spread over the rest, which makes more of them."
                        : "One rendition."
                ),
            plan.PeerShare > 0
                ? $"{Number(100 * plan.PeerShare)} % of the segments come from other viewers. Measure it: the dashboard and the broadcast reports show it."
                : "Sharing is off: no viewer connects to the tracker.",
            "Playlists: one read in a segment's time. Players that do not gather behind a change make up to twice as many.",
            plan.Locations == 0 ? "There is no cache: each request goes on to the store."
            : plan.Tiered
                ? $"{plan.Locations} caches that ask the store through one more (tiered cache): some 10 to 20 % too many Class B."
            : $"{plan.Locations} caches that each ask the store for themselves: some 20 % too many Class B.",
            $"Before: everybody at the server, as with Owncast alone, {Number(plan.Kilobits[0])} kbit/s; its page is not counted.",
            $"A Spillway that waits with nothing on air adds {Number(StoreWrites.RenewalsAnIdleHour)} Class A an hour.",
            plan.KeepDays > 0
                ? $"The replay is kept for {Number(plan.KeepDays)} days; who watches it is not counted."
                : $"No replay: all is kept for about {StoreWrites.HoursWithoutReplay} hours.",
            "Pro rata: each unit at its price, before any free tier. Billed: a month's bill on which nothing else stands, after the free tier, "
                + "rounded up as the provider does.",
        ];
    }

    private static void Traffic(StringBuilder text, PlannedLoad load)
    {
        Row(text, "", "before", "after");
        Row(text, "requests at the server", Count(load.Before.Requests), Count(load.After.Requests));
        Row(text, "bytes from the server to viewers", Bytes(load.Before.BytesOut), Bytes(load.After.BytesOut));
        Row(text, "bytes from viewers to the server", "", Bytes(load.After.BytesIn));
        Row(text, "bytes from the server to the store", "", Bytes(load.After.Uploads));
        Row(text, "requests at the edge", "", Count(load.EdgeRequests));
        Row(text, "bytes from the edge to viewers", "", Bytes(load.EdgeBytes));
        Row(text, "bytes from viewer to viewer", "", Bytes(load.PeerBytes));
    }

    private static void Operations(StringBuilder text, PlannedLoad load)
    {
        text.AppendLine();
        Row(text, "Class A: Spillway's PUTs and LISTs", Count(load.ClassA));
        foreach (var write in load.Writes.Where(static write => write.Puts > 0))
            Row(text, $"  {write.Kind}", Count(write.Puts));
        Row(text, "Class B: GETs", Count(load.ClassB));
        Row(text, "  Spillway's own", Count(StoreWrites.Reads));
        foreach (var edge in load.Edge)
            Row(text, $"  the edge's for {edge.Kind}", Count(edge.Misses));
    }

    private static void Provider(StringBuilder text, PlannedCost cost)
    {
        text.AppendLine();
        Row(text, $"{cost.Store.Name} + {cost.Edge.Name} ({cost.Provider})", "", "pro rata", "billed");
        foreach (var row in cost.Rows)
            Row(text, $"  {row.What}", Amount(row), Dollars(row.Money.ProRata), Dollars(row.Money.Billed));
        Row(text, "  in all", "", Dollars(cost.After.ProRata), Dollars(cost.After.Billed));
        Row(text, "  before: all from the server", "", Dollars(cost.Before.ProRata), Dollars(cost.Before.Billed));
        Row(text, "  saved", "", Dollars(cost.Saved.ProRata), Dollars(cost.Saved.Billed));
    }

    private static void Others(StringBuilder text, CostAnswer answer)
    {
        if (answer.Others.Count == 0)
            return;
        text.AppendLine();
        Row(text, "The same with", "", "pro rata", "billed");
        foreach (var cost in answer.Others)
            Row(
                text,
                $"  {cost.Store.Name} + {cost.Edge.Name} ({cost.Provider})",
                "",
                Dollars(cost.After.ProRata),
                Dollars(cost.After.Billed)
            );
    }

    private static IEnumerable<string> Sources(CostAnswer answer)
    {
        (string Name, string AsOf, string Source, string Note)[] all =
        [
            (answer.Server.Name, answer.Server.AsOf, answer.Server.Source, ""),
            .. answer
                .Others.Prepend(answer.Shown)
                .SelectMany(static cost =>
                    ((string, string, string, string)[])
                        [
                            (cost.Store.Name, cost.Store.AsOf, cost.Store.Source, cost.Store.Note),
                            (cost.Edge.Name, cost.Edge.AsOf, cost.Edge.Source, cost.Edge.Note),
                        ]
                ),
        ];
        return all.Distinct()
            .Select(static one =>
                $"{one.Name}: {one.Source}{(one.AsOf.Length > 0 ? $", {one.AsOf}" : "")}.{(one.Note.Length > 0 ? $" {one.Note}" : "")}"
            );
    }

    private static void Row(StringBuilder text, string label, params ReadOnlySpan<string> columns)
    {
        var line = new StringBuilder(label.PadRight(Label));
        foreach (var column in columns)
            line.Append(column.PadLeft(Column));
        text.AppendLine(line.ToString().TrimEnd());
    }

    private static string Amount(CostRow row) =>
        row.Unit.Length > 0 ? $"{row.Amount.ToString("#,0.###", CultureInfo.InvariantCulture)} {row.Unit}" : Count(row.Amount);

    private static string Count(double count) => Math.Round(count).ToString("#,0", CultureInfo.InvariantCulture);

    private static string Number(double number) => number.ToString("#,0.##", CultureInfo.InvariantCulture);

    private static string Bytes(double bytes) =>
        bytes >= 1e9
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:#,0.0} GB")
            : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");

    /// <summary>Four decimals below a dollar: the event's own figures are cents and less.</summary>
    private static string Dollars(double amount) =>
        Math.Abs(amount) < 1 && amount != 0
            ? string.Create(CultureInfo.InvariantCulture, $"${amount:0.0000}").Replace("$-", "-$", StringComparison.Ordinal)
            : string.Create(CultureInfo.InvariantCulture, $"${amount:#,0.00}").Replace("$-", "-$", StringComparison.Ordinal);
}
