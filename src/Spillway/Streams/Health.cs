using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spillway.AdaptiveWindow;
using Spillway.Admin;
using Spillway.Audience;
using Spillway.Configuration;
using Spillway.Reports;
using Spillway.Storage;
using Spillway.Tracker;
using Spillway.Tracker.Nodes;

namespace Spillway.Streams;

/// <summary>
/// <c>/health</c>: the old system's members with their meanings, for the default stream's first rendition, for everybody; the rest beside
/// them, for those whom <see cref="ReadersDoor"/> lets in.
/// </summary>
internal sealed class Health(
    LiveStreams streams,
    TrackerServer tracker,
    OriginCounters counters,
    ReadersDoor door,
    SpillwayOptions options,
    EmbeddedEdge? edge = null,
    NodeWatch? nodes = null
)
{
    private const string Down = "down";

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapHealth(
            Report,
            HealthJson.Default.HealthReport,
            (context, report) =>
                door.IsOpen(context, options.Admin.PublicHealth)
                    ? null
                    : JsonSerializer.SerializeToUtf8Bytes(report.Brief(), HealthJson.Default.BriefHealth),
            static report => report.Status == Down,
            () => Report().Status == Down ? Down : null
        );

    public HealthReport Report()
    {
        var first = streams.Default;
        var signalling = tracker.Count();
        var rendition = first.Status.Renditions is [var leading, ..] ? leading : null;
        var all = streams.All.OrderBy(static s => s.Name, StringComparer.Ordinal).Select(Describe).ToArray();
        return new HealthReport
        {
            Status =
                all.Length > 0 && Array.TrueForAll(all, static s => s.Superseded is not null) ? Down
                : Array.Exists(all, static s => s.StoreFault is not null || s.Superseded is not null || IsDark(s)) ? "degraded"
                : nodes?.Sights.Any(static node => !node.Lives) == true ? "degraded"
                : "ok",
            Torrents = signalling.Swarms,
            Peers = signalling.Peers,
            Chunks = rendition?.Stored ?? 0,
            ManifestChunks = rendition?.Listed ?? 0,
            Signaling = "connected",
            Streams = all,
            TrackerNodes = nodes?.Sights.Select(Describe).ToArray(),
            Origin = new OriginReport(
                counters.Playlists,
                counters.MediaPlaylists,
                counters.Pages,
                counters.Sockets,
                counters.Others,
                counters.Bytes
            ),
            Edge = edge is null ? null : Describe(edge.Counters),
        };
    }

    /// <summary>Nothing comes in, or nothing from peers. Of a waiting instance it is no fault that nobody publishes to it.</summary>
    private static bool IsDark(StreamReport stream) =>
        stream is { SourceAway: not null, Role: not StandbyRole } or { PeersAdvice: not null };

    private const string StandbyRole = "standby";

    /// <summary>Why an instance has its role, in words.</summary>
    public static string? Why(LeaseReport? lease) =>
        lease is null ? null
        : lease.Writes
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"this instance writes since {lease.Since:yyyy-MM-dd'T'HH:mm:ss'Z'}, because {lease.Why}"
            )
        : lease.Unrenewed is { } unrenewed
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{lease.Why}; renewed {unrenewed.TotalSeconds:0.0} s ago as seen from here"
            )
        : lease.Why;

    public static TrackerNodeReport Describe(NodeSight node) =>
        new(
            node.Node,
            node.Lives,
            node.Heartbeat?.Address,
            node.Heartbeat is null ? null : Math.Round(node.Age.TotalSeconds, 1),
            node.Heartbeat?.Connections,
            node.Heartbeat?.Capacity,
            node.Heartbeat?.Peers
        );

    private static EdgeReport Describe(EdgeCounters edge) =>
        new(edge[EdgeKind.Playlist], edge[EdgeKind.Segment], edge[EdgeKind.Json], edge[EdgeKind.Page], edge[EdgeKind.Other]);

    private StreamReport Describe(LiveStream stream)
    {
        var status = stream.Status;
        var lease = stream.Writer;
        return new StreamReport
        {
            Role = stream.StandsBy ? StandbyRole : "writer",
            Instance = lease?.Instance,
            Writer = lease?.Writer,
            Epoch = lease?.Epoch,
            TakeOvers = lease?.TakeOvers,
            Why = Why(lease),
            Name = stream.Name,
            State = status.State,
            Broadcast = status.Broadcast,
            SourceAway = status.SourceAway,
            SourceAdvice = status.SourceAdvice,
            SlateProblem = status.SlateProblem,
            StoreFault = status.StoreFault,
            StoreAdvice = status.StoreAdvice,
            BandwidthAdvice = status.BandwidthAdvice,
            SwarmSplits = new SwarmSplitReport(status.SwarmSplits, status.LastSwarmSplit),
            PeersAdvice = stream.Audience?.Advice,
            Superseded = status.Superseded,
            Window = status.Window,
            Gaps = status.Gaps,
            PauseGaps = status.PauseGaps,
            ObjectsStored = stream.Uploads.Stored,
            BytesStored = stream.Uploads.Bytes,
            FailedTries = stream.Uploads.FailedTries,
            Operations = stream.Reports is { } reports ? OperationReport.Of(reports.Store.Operations) : null,
            Waiting = new WaitingReport(stream.Uploads.Waiting, stream.Uploads.BytesWaiting, stream.Uploads.GivenUp),
            Publishing = stream.Publishing.Report(),
            Audience = stream.Audience?.Summary(),
            Renditions = status.Renditions,
        };
    }
}

internal sealed record HealthReport
{
    /// <summary><c>ok</c>, <c>degraded</c> or <c>down</c> (503).</summary>
    public required string Status { get; init; }

    /// <summary>Swarms.</summary>
    public required int Torrents { get; init; }
    public required int Peers { get; init; }

    /// <summary>Segments published.</summary>
    public required long Chunks { get; init; }

    /// <summary>Segments listed.</summary>
    public required int ManifestChunks { get; init; }

    /// <summary>The tracker is up.</summary>
    public required string Signaling { get; init; }
    public required IReadOnlyList<StreamReport> Streams { get; init; }

    /// <summary>The nodes of Tracker:Nodes, by their last heartbeats; null when none are set.</summary>
    public IReadOnlyList<TrackerNodeReport>? TrackerNodes { get; init; }
    public required OriginReport Origin { get; init; }

    /// <summary>Null with a bucket: its edge keeps its own count.</summary>
    public EdgeReport? Edge { get; init; }

    public BriefHealth Brief() => new(Status, Torrents, Peers, Chunks, ManifestChunks, Signaling);
}

/// <summary>What everybody may know: the old system's members, which its users and load balancers read.</summary>
/// <inheritdoc cref="HealthReport"/>
internal sealed record BriefHealth(string Status, int Torrents, int Peers, long Chunks, int ManifestChunks, string Signaling);

internal sealed record StreamReport
{
    public required string Name { get; init; }
    public required string State { get; init; }

    /// <summary><c>writer</c> or <c>standby</c>.</summary>
    public required string Role { get; init; }

    /// <summary>This instance's id in the lease; null, as all of the lease, with <c>Storage:SingleWriter</c>.</summary>
    public string? Instance { get; init; }

    /// <summary>The writer's id.</summary>
    public string? Writer { get; init; }
    public long? Epoch { get; init; }

    /// <summary>How often this instance has taken over from another since its start.</summary>
    public int? TakeOvers { get; init; }

    /// <summary>Why it has this role, in words.</summary>
    public string? Why { get; init; }
    public string? Broadcast { get; init; }
    public string? SourceAway { get; init; }
    public string? SourceAdvice { get; init; }
    public string? SlateProblem { get; init; }
    public string? StoreFault { get; init; }
    public string? StoreAdvice { get; init; }

    /// <summary>Renditions with more bits than players were told.</summary>
    public string? BandwidthAdvice { get; init; }
    public required SwarmSplitReport SwarmSplits { get; init; }

    /// <summary>Viewers share, and get nothing from each other: what is wrong most likely; null: all is well, or nobody knows.</summary>
    public string? PeersAdvice { get; init; }
    public string? Superseded { get; init; }

    /// <summary>Live delay and window, and why they are so; null: nothing has been on air since the start.</summary>
    public WindowReport? Window { get; init; }

    /// <summary>Segments that were lost since the start.</summary>
    public required long Gaps { get; init; }

    /// <summary>Gaps listed since the start because nothing came for so long.</summary>
    public required long PauseGaps { get; init; }
    public required long ObjectsStored { get; init; }
    public required long BytesStored { get; init; }
    public required long FailedTries { get; init; }

    /// <summary>Asked of the store for this stream since the start, by class.</summary>
    public OperationReport? Operations { get; init; }
    public required WaitingReport Waiting { get; init; }
    public required PublishingReport Publishing { get; init; }

    /// <summary>Null: nobody is to report.</summary>
    public AudienceSummary? Audience { get; init; }
    public required IReadOnlyList<RenditionStatus> Renditions { get; init; }
}

/// <summary>A tracker node by its last heartbeat; null where there is none.</summary>
/// <param name="Node">Its name.</param>
/// <param name="Lives">Players may be led there.</param>
/// <param name="Address">As players reach it.</param>
/// <param name="Age">Seconds, of the heartbeat when it was last looked at.</param>
/// <param name="Connections">Open WebSockets.</param>
/// <param name="Capacity">WebSockets it takes at most.</param>
/// <param name="Peers">Memberships.</param>
internal sealed record TrackerNodeReport(
    string Node,
    bool Lives,
    string? Address,
    double? Age,
    int? Connections,
    int? Capacity,
    int? Peers
);

/// <summary>Changes of format, each of which has parted the viewers of the broadcast before from those of the next.</summary>
/// <param name="Count">Since the start.</param>
/// <param name="Last">What had changed the last time; null: nothing yet.</param>
internal sealed record SwarmSplitReport(long Count, string? Last);

/// <summary>What waits for the store now, and what was given up since the start.</summary>
internal sealed record WaitingReport(int Objects, long Bytes, long GivenUp);

/// <summary>Requests and body bytes at the origin since its start.</summary>
internal sealed record OriginReport(long Playlists, long MediaPlaylists, long Pages, long Sockets, long Others, long Bytes);

/// <summary>Requests and body bytes, as sent, at the embedded edge since its start.</summary>
internal sealed record EdgeReport(EdgeCount Playlists, EdgeCount Segments, EdgeCount Json, EdgeCount Pages, EdgeCount Others);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(HealthReport))]
[JsonSerializable(typeof(BriefHealth))]
internal sealed partial class HealthJson : JsonSerializerContext;
