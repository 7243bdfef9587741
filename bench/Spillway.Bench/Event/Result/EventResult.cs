using Spillway.Bench.Event.Edge;
using Spillway.Bench.Event.Origin;

namespace Spillway.Bench.Event.Result;

/// <summary>Everything that one event measured, as it is written to <c>bench/results</c>. Times in seconds, sizes in bytes.</summary>
internal sealed record EventResult
{
    public required BenchMachine Machine { get; init; }
    public required PlanResult Plan { get; init; }
    public required OriginResult Origin { get; init; }

    /// <summary>nginx's own log, by kind of object.</summary>
    public required IReadOnlyDictionary<string, EdgeCount> Edge { get; init; }
    public required StoreResult Store { get; init; }
    public required ViewersResult Viewers { get; init; }
    public required StartersResult Starters { get; init; }

    /// <summary>Null: left out.</summary>
    public required BeforeResult? Before { get; init; }
    public required IReadOnlyList<EventCost> Costs { get; init; }
    public required EgressResult Egress { get; init; }

    /// <summary>What the checker of playlists and media, and a decoder, found in the bucket.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    /// <summary>5XX answers of the store to decoders, which read it directly. No fault of what is published.</summary>
    public required int RefusedDecoders { get; init; }

    /// <summary>Bounds that were not kept, in words.</summary>
    public required IReadOnlyList<string> Broken { get; init; }

    public EdgeCount EdgeInAll =>
        Edge.Values.Aggregate(
            new EdgeCount(0, 0, 0, 0, 0),
            static (a, b) =>
                new EdgeCount(a.Requests + b.Requests, a.Hits + b.Hits, a.Misses + b.Misses, a.NotOk + b.NotOk, a.Bytes + b.Bytes)
        );
}

/// <param name="Kilobits">Of each rendition, the best first.</param>
/// <param name="MostRequests">The bound; null: none at this reconnect rate.</param>
/// <param name="MostBytes">The same.</param>
internal sealed record PlanResult(
    int Viewers,
    double Seconds,
    double JoiningSeconds,
    int Renditions,
    double Reconnects,
    double EdgeShare,
    int SegmentSeconds,
    IReadOnlyList<int> Kilobits,
    double? MostRequests,
    double? MostBytes
);

/// <param name="ByKind">By the relay before it.</param>
/// <param name="InAll">The same.</param>
/// <param name="RequestsBySpillway">Its own count of the same time.</param>
/// <param name="CpuSeconds">User and system.</param>
/// <param name="CpuPercent">Of a core.</param>
/// <param name="Resident">Bytes at the end.</param>
/// <param name="Peak">Bytes.</param>
internal sealed record OriginResult(
    IReadOnlyDictionary<OriginKind, OriginTraffic> ByKind,
    OriginTraffic InAll,
    long RequestsBySpillway,
    double CpuSeconds,
    double CpuPercent,
    long Resident,
    long Peak
);

/// <param name="BytesUploaded">Bodies of the server's PUTs.</param>
/// <param name="ByWriter">Spillway's own operations.</param>
/// <param name="PutsByKind">Of these, its PUTs.</param>
/// <param name="ByEdge">What the cache asked for.</param>
/// <param name="PlaylistVersions">Media playlists as they were stored.</param>
internal sealed record StoreResult(
    long BytesUploaded,
    Storage.OperationCount ByWriter,
    IReadOnlyDictionary<string, long> PutsByKind,
    Storage.OperationCount ByEdge,
    int PlaylistVersions
);

/// <param name="BytesFromPeers">Modelled, as is their number.</param>
/// <param name="BehindMost">Seconds; <paramref name="BehindP99"/> and the median, too.</param>
/// <param name="OldestAnswer">Seconds for which a newer playlist had been stored than the edge gave.</param>
internal sealed record ViewersResult(
    long NotFound,
    long Missing,
    long Wrong,
    long SocketFaults,
    long Stale,
    double BehindMedian,
    double BehindP99,
    double BehindMost,
    double OldestAnswer,
    long PlaylistReads,
    long SegmentsFromEdge,
    long SegmentsFromPeers,
    long BytesFromEdge,
    long BytesFromPeers,
    long TrackerSockets,
    long ReportSockets,
    long Announces,
    long Offers,
    long Answers,
    long LateAnswers,
    long Reports,
    IReadOnlyList<string> Texts
);

/// <summary>Players on the origin's own multivariant playlist, after the event.</summary>
/// <param name="OriginRequestsMost">Of one player.</param>
internal sealed record StartersResult(
    int Players,
    double Seconds,
    long OriginRequests,
    int OriginRequestsMost,
    long EdgeRequests,
    int Failures
);

/// <summary>The crowd at the source's folder, all of it there, for a shorter time; and that for the whole event's viewer-seconds.</summary>
internal sealed record BeforeResult(
    double Seconds,
    long Requests,
    long Bytes,
    long NotOk,
    double CpuPercent,
    double RequestsForEvent,
    double BytesForEvent
);

/// <summary>Dollars of bytes at EC2's price for what leaves a server.</summary>
/// <param name="Gigabyte">The price.</param>
/// <param name="Viewers">What the origin sent to viewers.</param>
/// <param name="Uploads">What it sent to the store.</param>
/// <param name="UploadsAt2500">The same, computed for 2.5 Mbit/s in the best rendition.</param>
/// <param name="Before">Everybody at the origin.</param>
/// <param name="BeforeAt2500">The same, computed for 2.5 Mbit/s.</param>
internal sealed record EgressResult(
    double Gigabyte,
    double Viewers,
    double Uploads,
    double UploadsAt2500,
    double Before,
    double BeforeAt2500
);
