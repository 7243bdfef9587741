using System.Globalization;
using System.Text;

namespace Spillway.Bench.Event.Result;

/// <summary>A result in Markdown, as <c>docs/benchmarks.md</c> has it.</summary>
internal static class EventText
{
    public static string Of(EventResult result)
    {
        var text = new StringBuilder();
        var (plan, origin, store, viewers) = (result.Plan, result.Origin, result.Store, result.Viewers);
        Line(
            $"**{plan.Viewers} viewers, {plan.Seconds / 60:0.#} min, {plan.Renditions} rendition(s)**, {string.Join(" + ", plan.Kilobits)} kbit/s (scaled down), segments of {plan.SegmentSeconds} s, {plan.Reconnects} reconnects a socket, {100 * plan.EdgeShare:0.#} % of the segments from the edge (modelled)"
        );
        Line($"");
        Line($"| at the origin | requests | MB from viewers | MB to viewers |");
        Line($"|---|---:|---:|---:|");
        foreach (var (kind, traffic) in origin.ByKind.OrderBy(static pair => pair.Key))
            Line($"| {kind} | {traffic.Requests} | {traffic.BytesIn / 1e6:0.00} | {traffic.BytesOut / 1e6:0.00} |");
        Line(
            $"| **in all** | **{origin.InAll.Requests}** | {origin.InAll.BytesIn / 1e6:0.00} | {origin.InAll.BytesOut / 1e6:0.00} |"
        );
        Line(
            $"| bound | {Text(plan.MostRequests)} | {(plan.MostBytes is { } most ? string.Create(CultureInfo.InvariantCulture, $"{most / 1e6:0.0} both ways; measured {origin.InAll.Bytes / 1e6:0.0}") : "none")} | |"
        );
        Line($"| by Spillway's own count | {origin.RequestsBySpillway} | | |");
        Line($"| uploads to the store | {store.ByWriter.Puts} PUTs | | {store.BytesUploaded / 1e6:0.0} MB |");
        Line(
            $"| CPU, memory | {origin.CpuPercent:0.0} % of a core | | {origin.Resident / 1e6:0} MB, at most {origin.Peak / 1e6:0} |"
        );
        if (plan.MostRequests is not null)
            Line(
                $"| computed for 0.3 reconnects | {origin.InAll.Requests + ((0.3 - plan.Reconnects) * (viewers.TrackerSockets + viewers.ReportSockets) / (1 + plan.Reconnects)):0} | | |"
            );
        Line($"");
        Line($"| at the edge (nginx) | requests | hits | misses | MB |");
        Line($"|---|---:|---:|---:|---:|");
        foreach (var (kind, count) in result.Edge)
            Line($"| {kind} | {count.Requests} | {count.Hits} | {count.Misses} | {count.Bytes / 1e6:0.0} |");
        var edge = result.EdgeInAll;
        Line($"| **in all** | {edge.Requests} | {edge.Hits} | {edge.Misses} | {edge.Bytes / 1e6:0.0} |");
        Line($"");
        Line(
            $"At the store: Spillway made {store.ByWriter.ClassA} Class A ({string.Join(", ", store.PutsByKind.Select(static pair => $"{pair.Key} {pair.Value}"))}, LIST {store.ByWriter.Lists}), {store.ByWriter.ClassB} Class B, {store.ByWriter.Free} free; the edge {store.ByEdge.ClassB} Class B."
        );
        Line(
            $"Viewers: {viewers.NotFound} × 404, {viewers.Missing} missing, {viewers.Wrong} wrong, {viewers.SocketFaults} sockets refused or closed; behind what was published at most {viewers.BehindMost:0.0} s (median {viewers.BehindMedian:0.0}, p99 {viewers.BehindP99:0.0}), oldest answer of the edge {viewers.OldestAnswer:0.0} s, {viewers.Stale} times beyond two target durations."
        );
        Line(
            $"They read {viewers.PlaylistReads} media playlists and {viewers.SegmentsFromEdge} segments ({viewers.BytesFromEdge / 1e6:0} MB); {viewers.SegmentsFromPeers} came from peers (modelled, {viewers.BytesFromPeers / 1e6:0} MB). Signalling: {viewers.TrackerSockets} sockets, {viewers.Announces} announces, {viewers.Offers} offers and {viewers.Answers} answers received ({viewers.LateAnswers} too late). Reports: {viewers.ReportSockets} sockets, {viewers.Reports} reports."
        );
        Line(
            $"Players on the origin's /hls/stream.m3u8: {result.Starters.Players}, {result.Starters.Seconds:0} s, {result.Starters.OriginRequests} requests at the origin (at most {result.Starters.OriginRequestsMost} of one), {result.Starters.EdgeRequests} at the edge."
        );
        if (result.Before is { } before)
            Line(
                $"Before (a model of Owncast alone: all at the source's folder, nginx at the origin; {before.Seconds:0} s measured, times the event's viewer-seconds): {before.RequestsForEvent:0} requests, {before.BytesForEvent / 1e9:0.0} GB, {before.CpuPercent:0} % of a core."
            );
        Line($"");
        Line($"| store's bill (R2's prices) behind | Class A | Class B | pro rata | billed | billed beyond the free tier |");
        Line($"|---|---:|---:|---:|---:|---:|");
        foreach (var cost in result.Costs)
            Line(
                $"| {cost.Edge}{(cost.IsModel ? ", computed" : ", measured")} | {cost.ClassA} | {cost.ClassB} | ${cost.ProRata:0.0000} | ${cost.Billed:0.00} | ${cost.BilledBeyondFree:0.00} |"
            );
        var egress = result.Egress;
        Line($"");
        Line($"| the server's traffic at ${egress.Gigabyte}/GB | as measured | computed for 2.5 Mbit/s |");
        Line($"|---|---:|---:|");
        Line($"| to viewers | ${egress.Viewers:0.0000} | ${egress.Viewers:0.0000} |");
        Line($"| to the store | ${egress.Uploads:0.0000} | ${egress.UploadsAt2500:0.0000} |");
        if (result.Before is not null)
            Line($"| before: everybody at the origin | ${egress.Before:0.00} | ${egress.BeforeAt2500:0.00} |");
        foreach (var complaint in viewers.Texts)
            Line($"COMPLAINT {complaint}");
        foreach (var finding in result.Findings.Take(20))
            Line($"FOUND {finding}");
        if (result.RefusedDecoders > 0)
            Line($"The store refused decoders {result.RefusedDecoders} times; each went on at the live edge.");
        foreach (var broken in result.Broken)
            Line($"BROKEN {broken}");
        return text.ToString();

        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
    }

    private static string Text(double? bound) => bound is { } most ? most.ToString("0", CultureInfo.InvariantCulture) : "none";
}
