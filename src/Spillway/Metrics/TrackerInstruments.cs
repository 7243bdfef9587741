using System.Diagnostics.Metrics;
using Spillway.Tracker;
using Spillway.Tracker.Nodes;

namespace Spillway.Metrics;

/// <summary>The tracker of this process.</summary>
internal static class TrackerInstruments
{
    /// <param name="mostConnections">Tracker:MaxConnections.</param>
    /// <param name="meetsAll">No players are led to trackers elsewhere: only then its count of viewers says anything.</param>
    public static void Create(Meter meter, TrackerServer tracker, int mostConnections, bool meetsAll, TimeProvider time)
    {
        var now = new OncePerScrape<TrackerCounters>(tracker.Count, time);
        meter.CreateObservableGauge(
            "spillway.tracker.connections",
            () => now.Value.Connections,
            "{connection}",
            "Open WebSockets"
        );
        meter.CreateObservableGauge(
            "spillway.tracker.connections.limit",
            () => mostConnections,
            "{connection}",
            "Tracker:MaxConnections"
        );
        meter.CreateObservableCounter(
            "spillway.tracker.refused",
            () => now.Value.Refused,
            "{connection}",
            "WebSockets refused because too many were open"
        );
        meter.CreateObservableGauge(
            "spillway.tracker.swarms",
            () => Each(static count => count.Swarms),
            "{swarm}",
            "Swarms: one a rendition and broadcast"
        );
        meter.CreateObservableGauge(
            "spillway.tracker.peers",
            () => Each(static count => count.Peers),
            "{peer}",
            "Memberships in swarms"
        );
        if (meetsAll)
            meter.CreateObservableGauge(
                "spillway.tracker.viewers",
                () => now.Value.Streams.Keys.Select(stream => MeasureOf.ForStream(tracker.CountViewers(stream), stream)),
                "{viewer}",
                "Connections that are in a swarm; absent where players are led to other trackers"
            );
        meter.CreateObservableCounter(
            "spillway.tracker.messages",
            () => now.Value.Streams.SelectMany(static pair => Messages(pair.Key, pair.Value)),
            "{message}",
            "Offers and answers passed on; failed, malformed, dropped and limited ones were not"
        );

        IEnumerable<Measurement<int>> Each(Func<StreamTrackerCount, int> read) =>
            now.Value.Streams.Select(pair => MeasureOf.ForStream(read(pair.Value), pair.Key));
    }

    public static void CreateNodes(Meter meter, NodeWatch nodes) =>
        meter.CreateObservableGauge(
            "spillway.tracker.nodes",
            () =>
                (Measurement<int>[])
                    [
                        MeasureOf.ForKind(nodes.Sights.Count(static node => node.Lives), "alive"),
                        MeasureOf.ForKind(nodes.Sights.Count(static node => !node.Lives), "dead"),
                    ],
            "{node}",
            "Tracker nodes of Tracker:Nodes; only where some are set"
        );

    private static IEnumerable<Measurement<long>> Messages(string stream, StreamTrackerCount count)
    {
        yield return Of("offer", count.Offers);
        yield return Of("answer", count.Answers);
        yield return Of("failed", count.Failed);
        yield return Of("malformed", count.Malformed);
        yield return Of("dropped", count.Dropped);
        yield return Of("offer_limited", count.OffersLimited);

        Measurement<long> Of(string kind, long value) => MeasureOf.ForStream(value, stream, MeasureOf.Kind, kind);
    }
}
