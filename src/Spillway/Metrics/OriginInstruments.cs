using System.Diagnostics.Metrics;
using Spillway.Storage;
using Spillway.Streams;

namespace Spillway.Metrics;

/// <summary>What reaches the origin, and with the embedded store its edge.</summary>
internal static class OriginInstruments
{
    /// <param name="edge">Null with a bucket.</param>
    public static void Create(Meter meter, OriginCounters origin, EdgeCounters? edge)
    {
        meter.CreateObservableCounter(
            "spillway.origin.requests",
            () =>
                (Measurement<long>[])
                    [
                        MeasureOf.ForKind(origin.Playlists, "playlist"),
                        MeasureOf.ForKind(origin.MediaPlaylists, "media_playlist"),
                        MeasureOf.ForKind(origin.Pages, "page"),
                        MeasureOf.ForKind(origin.Sockets, "socket"),
                        MeasureOf.ForKind(origin.Others, "other"),
                    ],
            "{request}",
            "Requests at the origin; what Spillway exists to keep small"
        );
        meter.CreateObservableCounter("spillway.origin.io", () => origin.Bytes, "By", "Bytes of bodies sent over HTTP");
        meter.CreateObservableCounter(
            "spillway.scrapes",
            () => origin.Scrapes,
            "{request}",
            "Requests for /metrics; they are the operator's, and not in spillway.origin.requests"
        );
        if (edge is null)
            return;
        meter.CreateObservableCounter(
            "spillway.edge.requests",
            () => Edge(edge, static count => count.Requests),
            "{request}",
            "Requests at the embedded store's port, which stands for the edge"
        );
        meter.CreateObservableCounter(
            "spillway.edge.io",
            () => Edge(edge, static count => count.Bytes),
            "By",
            "Bytes of bodies as sent there"
        );
    }

    private static Measurement<long>[] Edge(EdgeCounters edge, Func<EdgeCount, long> read) =>
        [
            MeasureOf.ForKind(read(edge[EdgeKind.Playlist]), "playlist"),
            MeasureOf.ForKind(read(edge[EdgeKind.Segment]), "segment"),
            MeasureOf.ForKind(read(edge[EdgeKind.Json]), "json"),
            MeasureOf.ForKind(read(edge[EdgeKind.Page]), "page"),
            MeasureOf.ForKind(read(edge[EdgeKind.Other]), "other"),
        ];
}
