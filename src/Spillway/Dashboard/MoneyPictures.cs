using System.Globalization;
using Spillway.Audience;
using Spillway.Cost;
using Spillway.Reports;
using Spillway.Streams;

namespace Spillway.Dashboard;

/// <summary>What a broadcast costs at its store, and what it saves. The one place in the dashboard that knows prices.</summary>
internal static class MoneyPictures
{
    private const double Million = 1e6;
    private const double Gigabyte = 1e9;
    private const double HoursOfMonth = 720;

    /// <summary>Without replays segments are deleted within hours.</summary>
    private const double HoursKept = 2;

    /// <summary>Places that an edge asks from, each for itself: see docs/how-it-works.md.</summary>
    private const double Locations = 20;

    /// <summary>Seconds between two looks of a player at player.json, and that the edge keeps it.</summary>
    private const double PlayerEvery = 10;
    private const double PlayerKept = 2;

    private const string How =
        "Counts and estimates times the store's prices, pro rata, before its free tier. Not in it: the edge itself, and this server's "
        + "own uplink, which stands in a row of its own.";

    /// <summary>GETs at the store that viewers cause; null: nobody knows.</summary>
    /// <param name="counted">By the store's provider, in this broadcast; null: it is not asked, or has not answered.</param>
    public static Estimate? ViewerReads(BroadcastReport report, StoreUsage? counted)
    {
        if (counted is not null)
        {
            var theirs = Math.Max(0, counted.ClassB - report.Operations.ClassB);
            var words = string.Create(
                CultureInfo.InvariantCulture,
                $"Class B operations until {counted.Until:HH:mm} UTC as Cloudflare counts them, of all streams, without Spillway's own"
            );
            return new Estimate(theirs, theirs, theirs, words);
        }
        if (report.Edge is { } edge)
            return new Estimate(
                edge.Requests,
                edge.Requests,
                edge.Requests,
                "requests at the embedded edge, of all streams, counted"
            );
        if (report is not { Ways: { } ways, Audience: { } audience, Uploads.Objects: > 0, Renditions: [var first, ..] })
            return null;
        var listed = report.Renditions.Sum(static r => r.Segments + r.SlateSegments);
        if (listed == 0 || first.Seconds <= 0 || report.Seconds <= 0)
            return null;
        var duration = first.Seconds / Math.Max(1, first.Segments + first.SlateSegments + first.Gaps);
        var kept = Math.Max(1, Math.Floor(Math.Ceiling(duration) / 2));
        // Each object once, and each playlist as often as it is kept.
        var least = listed + (report.Renditions.Count * report.Seconds / kept) + (report.Seconds / PlayerKept);
        var watched = audience.ViewerHours.Value * 3600;
        var most =
            (ways.FromEdge.Value / (report.Uploads.Bytes / (double)report.Uploads.Objects))
            + (watched / duration)
            + (watched / PlayerEvery);
        most = Math.Max(most, least);
        return new Estimate(
            Math.Min(most, Locations * least),
            least,
            most,
            $"GETs at the store: between an edge with one cache and one that keeps nothing; the figure is for {Locations} places"
        ).Rounded(0);
    }

    /// <summary>Null: the store's prices are not known.</summary>
    /// <param name="reads">See <see cref="ViewerReads"/>.</param>
    /// <param name="keepsReplays">Segments stay beyond the show.</param>
    public static MoneyPicture? Of(BroadcastReport report, StorePrices? prices, Estimate? reads, bool keepsReplays)
    {
        if (prices is null || report.Cost is not { } cost)
            return null;
        var hours = keepsReplays ? HoursOfMonth : HoursKept;
        var gigabyteMonths = report.Uploads.Bytes / Gigabyte * hours / HoursOfMonth;
        var fromEdge = report.Ways?.FromEdge;
        // Where sending costs anything, it depends on the edge, which Spillway does not know.
        double? egress = prices.Egress == 0 ? 0 : null;
        MoneyLine[] lines =
        [
            Operations("classA", report.Operations.ClassA, prices.ClassA),
            Operations("classB", report.Operations.ClassB, prices.ClassB),
            new(
                "viewerReads",
                reads?.Value,
                "operations",
                Dollars(reads?.Value * prices.ClassB / Million),
                Dollars(reads?.Low * prices.ClassB / Million),
                Dollars(reads?.High * prices.ClassB / Million),
                Estimated: true
            ),
            new(
                "storage",
                Math.Round(gigabyteMonths, 6),
                "GB-months",
                Dollars(gigabyteMonths * prices.GigabyteMonth),
                null,
                null,
                Estimated: false
            ),
            new(
                "egress",
                fromEdge is null ? null : Math.Round(fromEdge.Value / Gigabyte, 3),
                "GB",
                egress,
                egress,
                egress,
                Estimated: true
            ),
        ];
        return new MoneyPicture(
            cost.Currency,
            prices.Name,
            prices.AsOf,
            lines,
            Math.Round(lines.Sum(static line => line.Dollars ?? 0), 6),
            cost.BilledDollarsIfAlone,
            How
        );
    }

    /// <summary>Null: nobody has reported.</summary>
    public static SavedPicture? Saved(BroadcastReport report)
    {
        if (report is not { Ways: { } ways })
            return null;
        var received = Estimate.Sum(ways.FromPeers, ways.FromEdge) with
        {
            Of = "bytes of media that viewers received by any way, " + ways.FromEdge.Of,
        };
        if (received.Value <= 0)
            return null;
        var sent = (report.Origin?.Bytes ?? 0) + report.Uploads.Bytes;
        var saved = new Estimate(
            received.Value - sent,
            received.Low - sent,
            received.High - sent,
            "what viewers received less what this server sent, to them and to the store"
        );
        return new SavedPicture(received, sent, saved, Math.Round(Math.Clamp(saved.Value / received.Value, 0, 1), 4));
    }

    private static MoneyLine Operations(string what, long count, double price) =>
        new(what, count, "operations", Dollars(count * price / Million), null, null, Estimated: false);

    private static double? Dollars(double? value) => value is { } known ? Math.Round(known, 6) : null;
}
