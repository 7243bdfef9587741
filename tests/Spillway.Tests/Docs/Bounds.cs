using System.Text.Json.Nodes;

namespace Spillway.Tests.Docs;

/// <summary>The first table of docs/benchmarks.md: each bound that a part of the benchmarks is held to, beside what was measured.</summary>
internal static class Bounds
{
    public static string ToMarkdown() => Table(All());

    /// <summary>Those that are not met.</summary>
    public static string MissedToMarkdown() => Table(All().Where(static bound => !bound.IsMet));

    private static string Table(IEnumerable<Bound> bounds) =>
        string.Join('\n', [Bound.Head, .. bounds.Select(static bound => $"{bound}")]);

    public static IEnumerable<Bound> All() =>
        [.. Event(), .. Playlist(), .. Swarm(), .. Lies(), .. Tracker(), .. Player(), .. Others()];

    private static IEnumerable<Bound> Event()
    {
        foreach (var (result, dollars) in ((string, double)[])[("event-40min-3", 0.03), ("event-40min-1", 0.01)])
        {
            var figures = FigureLookup.Of(result);
            var plan =
                $"{figures.Number("plan.viewers"):0} viewers, {figures.Number("plan.renditions"):0} {(figures.Number("plan.renditions") > 1 ? "renditions" : "rendition")}";
            yield return Bound.AtMost(
                $"{plan}: requests at the origin",
                result,
                999,
                "0",
                figures.Number("origin.inAll.requests")
            );
            yield return Bound.AtMost(
                $"{plan}: to and from viewers",
                result,
                100,
                "0.0' MB'",
                figures.Number("origin.inAll.bytes") / 1e6
            );
            yield return Bound.AtMost(
                $"{plan}: signalling",
                result,
                80,
                "0.0' MB'",
                figures.Number("origin.byKind.tracker.bytes") / 1e6
            );
            yield return Bound.AtMost(
                $"{plan}: the store's bill, with a tier",
                result,
                dollars,
                "0.0000' $'",
                figures.Number("costs.1.proRata")
            );
            yield return Bound.AtMost(
                $"{plan}: missing and wrong answers",
                result,
                0,
                "0",
                figures.Number("viewers.missing") + figures.Number("viewers.notFound") + figures.Number("viewers.wrong")
            );
            yield return Bound.AtMost(
                $"{plan}: behind what was published, at most",
                result,
                2 * (figures.Number("plan.segmentSeconds") + 1),
                "0.0' s'",
                figures.Number("viewers.behindMost")
            );
            yield return Bound.AtMost(
                $"{plan}: found by the checker and the decoders",
                result,
                0,
                "0",
                figures.Rows("findings").Count()
            );
        }
    }

    private static IEnumerable<Bound> Playlist()
    {
        var rows = FigureLookup.Of("playlist").Rows("rows").ToList();
        foreach (var playlist in rows.Select(static row => row.Text("playlist")).Distinct(StringComparer.Ordinal))
            yield return Bound.AtLeast(
                $"{playlist} from the origin, × nginx with a static file",
                "playlist",
                0.9,
                "0.00",
                Median(Server("Spillway", playlist)) / Median(Server("nginx, static file", playlist))
            );

        IEnumerable<double> Server(string server, string playlist) =>
            rows.Where(row => row.Text("server") == server && row.Text("playlist") == playlist)
                .SelectMany(static row => row.Rows("requestsPerSecond"))
                .Select(static value => value.GetValue<double>());
    }

    private static IEnumerable<Bound> Swarm()
    {
        var rows = FigureLookup
            .Of("swarm")
            .Rows("rows")
            .Where(static row => row.Number("uplink") == 0 && row.Number("delay") == 0)
            .ToList();
        foreach (
            var group in rows.GroupBy(static row =>
                (Segment: row.Number("segment"), Viewers: row.Number("viewers"), IsChurn: row["churn"]!.GetValue<bool>())
            )
        )
        {
            var (segment, viewers, isChurn) = group.Key;
            var what =
                $"{viewers:0} viewers, segments of {segment:0} s{(isChurn ? ", one leaves and one comes every 10 s" : "")}";
            var latency = group.Max(static row => row.Number("latencyMedian"));
            var most =
                isChurn ? 2
                : segment >= 4 ? 1.15
                : latency <= 7 ? 1.6
                : 1.3;
            yield return Bound.AtMost(
                $"{what}: HTTP share × N",
                "swarm",
                most,
                "0.00",
                group.Select(static row => row.Number("edgeShareTimesViewers"))
            );
            yield return Bound.AtMost($"{what}: stalls", "swarm", 0, "0", group.Select(static row => row.Number("stalls")));
        }
    }

    private static IEnumerable<Bound> Lies()
    {
        foreach (var row in FigureLookup.Of("lies").Rows("rows"))
        {
            var what = row.Text("lie") == "flip" ? "Peers that send false bytes" : "Peers that stop in mid-segment";
            yield return Bound.AtLeast($"{what}: exchanges", "lies", 1000, "0", row.Number("exchanges"));
            yield return Bound.AtMost($"{what}: false bytes played", "lies", 0, "0", row.Number("falseBytesPlayed"));
            yield return Bound.AtMost(
                $"{what}: good segments refused",
                "lies",
                0,
                "0",
                row.Number("refused") - row.Number("marked")
            );
        }
    }

    private static IEnumerable<Bound> Tracker()
    {
        foreach (var (result, bt, wt) in ((string, double, double)[])[("tracker-1000", 0.35, 0.65), ("tracker-8000", 0.5, 0.75)])
        {
            var runs = FigureLookup.Of(result).Rows("runs").ToList();
            var load = runs[0].Text("load");
            yield return Ratio("tracker", "bt", bt);
            yield return Ratio("tracker", "wt", wt);
            yield return Ratio("serve", "bt", 0.9);
            yield return Ratio("serve", "wt", 1.7);
            Bound Ratio(string ours, string other, double most) =>
                Bound.AtMost(
                    $"{load}: CPU a relayed message, {ours} × {other}",
                    result,
                    most,
                    "0.00",
                    Median(Of(ours, "cpuPerRelay")) / Median(Of(other, "cpuPerRelay"))
                );

            IEnumerable<double> Of(string server, string figure) =>
                runs.Where(run => run.Text("server") == server).Select(run => run.Number(figure));
        }
        yield return Bound.AtMost(
            "8,000 sockets: memory of an idle one",
            "tracker-8000",
            16,
            "0.0' KB'",
            FigureLookup
                .Of("tracker-8000")
                .Rows("runs")
                .Where(static run => run.Text("server") == "tracker")
                .Select(static run => run.Number("idleBytes") / 1024)
        );
        var soak = FigureLookup.Of("tracker-soak");
        yield return Bound.AtMost(
            "10,000 sockets for ten minutes: closed, and answers lost",
            "tracker-soak",
            0,
            "0",
            soak.Number("closed") + soak.Number("lostAnswers")
        );
        yield return Bound.AtMost(
            "10,000 sockets for ten minutes: memory of the last third × that of the middle",
            "tracker-soak",
            1.01,
            "0.000",
            soak.Number("residentLastThird") / soak.Number("residentMiddleThird")
        );
    }

    private static IEnumerable<Bound> Player()
    {
        var first = FigureLookup.Of("firstframe").Rows("pages").First();
        yield return Bound.AtMost("First frame: median", "firstframe", 1.0, "0.00' s'", first.Number("p50") / 1000);
        yield return Bound.AtMost("First frame: 95 %", "firstframe", 2.0, "0.00' s'", first.Number("p95") / 1000);
        foreach (var group in FigureLookup.Of("steady").Rows("measured").GroupBy(static row => row.Number("segment")))
        {
            yield return Bound.AtMost(
                $"Segments of {group.Key:0} s, half an hour: median latency",
                "steady",
                group.First().Number("bound"),
                "0.0' s'",
                group.Select(static row => row.Number("latencyMedian"))
            );
            yield return Bound.AtMost(
                $"Segments of {group.Key:0} s, half an hour: stalls",
                "steady",
                0,
                "0",
                group.Select(static row => (double)row.Rows("stalls").Count())
            );
        }
        yield return Bound.AtMost(
            "Faults for half an hour: rebuffer ratio",
            "rebuffer",
            0.3,
            "0.00' %'",
            Ours(FigureLookup.Of("rebuffer"), "measured.rows").Select(static row => 100 * row.Number("ratio"))
        );
        foreach (var row in Ours(FigureLookup.Of("outages"), "measured"))
            yield return Bound.AtMost(
                $"{row.Text("what")}, {row.Text("viewer")}: picture stands still",
                "outages",
                row.Number("allowed"),
                "0.0' s'",
                row.Number("stalled")
            );

        static IEnumerable<JsonNode> Ours(JsonNode figures, string path) =>
            figures.Rows(path).Where(static row => !row.Text("viewer").StartsWith("plain", StringComparison.Ordinal));
    }

    private static IEnumerable<Bound> Others()
    {
        var faults = FigureLookup.Of("faults").AsArray().Where(static row => row!.Text("publisher") == "Spillway").ToList();
        yield return Bound.AtMost(
            "Faults on the way to the store: listed while missing",
            "faults",
            0,
            "0",
            faults.Select(static row => row!.Number("missing") + row!.Number("never"))
        );
        yield return Bound.AtMost(
            "Faults on the way to the store: lost",
            "faults",
            0,
            "0.0' s'",
            faults.Select(static row => row!.Number("lost"))
        );
        var rtmp = FigureLookup.Of("rtmp");
        yield return Bound.AtMost(
            "RTMP, 720p at 2.5 Mbit/s: CPU",
            "rtmp",
            3,
            "0.0' % of a core'",
            rtmp.Number("spillway.cpuPercentOfACore")
        );
        yield return Bound.AtMost(
            "RTMP, 720p at 2.5 Mbit/s: memory",
            "rtmp",
            80,
            "0' MB'",
            rtmp.Number("spillway.peakBytes") / 1e6
        );
        yield return Bound.AtMost(
            "1,000 peers and an open dashboard: CPU",
            "dashboard",
            5,
            "0.0' % of a core'",
            FigureLookup.Of("dashboard").Number("cpuPercentWith")
        );
        var window = FigureLookup
            .Of("micro")
            .AsArray()
            .First(static row => row!.Text("method") == "WritePlaylist" && row!.Text("parameters") == "10")!;
        yield return Bound.AtMost(
            "A window of ten segments: rendered in",
            "micro",
            1,
            "0.000' ms'",
            window.Number("nanoseconds") / 1e6
        );
        yield return Bound.AtMost(
            "A window of ten segments: allocated",
            "micro",
            50,
            "0' KB'",
            window.Number("allocatedBytes") / 1e3
        );
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
