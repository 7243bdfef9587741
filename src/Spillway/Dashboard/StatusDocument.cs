using System.Text.Json;
using System.Text.Json.Serialization;
using Spillway.AdaptiveWindow;
using Spillway.Streams;

namespace Spillway.Dashboard;

/// <summary>
/// <c>GET /api/v1/status</c> and the event <c>status</c> of <c>GET /api/v1/events</c>: all that the dashboard shows. Every member is
/// always there; null is "not known" or "there is none", never 0. Durations are seconds unless their name ends in <c>Ms</c>
/// (milliseconds); bytes are bytes, bit rates bits per second; dates are UTC.
/// </summary>
internal sealed record StatusDocument
{
    /// <summary>When this picture was taken, by this machine's clock.</summary>
    public required DateTimeOffset AsOf { get; init; }
    public required ServerStatus Server { get; init; }

    /// <summary>What viewers have cost the origin in the present broadcast: the figure Spillway exists to keep small.</summary>
    public required OriginBudget Origin { get; init; }
    public required StoreStatus Store { get; init; }
    public required TrackerStatus Tracker { get; init; }

    /// <summary>By name; the default stream first.</summary>
    public required IReadOnlyList<StreamPicture> Streams { get; init; }
}

/// <param name="Version">Of the program, such as <c>0.1.0</c>.</param>
/// <param name="Instance">This instance's id in the leases.</param>
/// <param name="StartedAt">Of this process.</param>
/// <param name="Uptime">Seconds.</param>
/// <param name="Health">As in <c>/health</c>: <c>ok</c>, <c>degraded</c> or <c>down</c>.</param>
/// <param name="DefaultStream">Its name.</param>
/// <param name="Cores">That this process may use.</param>
/// <param name="Cpu">Part of one core that this process has used since the picture before, 0 to <paramref name="Cores"/>; null: the first one.</param>
/// <param name="Memory">Bytes, resident.</param>
/// <param name="Listeners">Open connections to <c>/api/v1/events</c>.</param>
internal sealed record ServerStatus(
    string Version,
    string Instance,
    DateTimeOffset StartedAt,
    double Uptime,
    string Health,
    string DefaultStream,
    int Cores,
    double? Cpu,
    long Memory,
    int Listeners
);

/// <summary>
/// Requests and bytes of bodies that reached the origin since the present broadcast began, of all streams together, against what a
/// show may cost. With several on air it counts from the one that began first; with none it shows the last, as it was at its end.
/// </summary>
internal sealed record OriginBudget
{
    /// <summary>The stream whose broadcast it counts from; null: none was on air since the start.</summary>
    public string? Stream { get; init; }

    /// <summary>Its id.</summary>
    public string? Broadcast { get; init; }

    /// <summary>From when it was counted here: when the broadcast went on air, or this process's start if that was later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Seconds from <see cref="Since"/> to now, or to the broadcast's end.</summary>
    public double Seconds { get; init; }

    /// <summary>So far; WebSockets that were opened count as one.</summary>
    public long Requests { get; init; }

    /// <summary>Of bodies, over HTTP, so far.</summary>
    public long Bytes { get; init; }

    /// <summary>What a show may cost: 1,000.</summary>
    public required long MostRequests { get; init; }

    /// <summary>What a show may cost: 100,000,000.</summary>
    public required long MostBytes { get; init; }

    /// <summary>Seconds a show lasts: the setting <c>Dashboard:Show</c>.</summary>
    public required double Show { get; init; }

    /// <summary>
    /// Requests at the end of the show if it goes on as in the last minutes; null: under a minute, or nothing on air. An estimate.
    /// </summary>
    public long? ProjectedRequests { get; init; }

    /// <inheritdoc cref="ProjectedRequests"/>
    public long? ProjectedBytes { get; init; }

    /// <summary>How the projection was made, in words; null with it.</summary>
    public string? How { get; init; }

    /// <summary>
    /// Requests of the last minute for playlists that list segments: only who looks or plays from the origin asks for these.
    /// </summary>
    public long MediaPlaylists { get; init; }

    /// <summary>What is to be done, in words; null: all is well.</summary>
    public string? Advice { get; init; }

    /// <summary>By kind.</summary>
    public required OriginReport SinceStart { get; init; }
}

/// <param name="Kind"><c>embedded</c> or <c>bucket</c>.</param>
/// <param name="Name">The bucket's; null for the embedded store.</param>
/// <param name="Endpoint">Its host; null for the embedded store.</param>
/// <param name="PublicUrl">Where viewers read; with <c>{host}</c> for the page's own host name where it follows that.</param>
/// <param name="SingleWriter">No conditional PUT: no hot standby.</param>
/// <param name="Spool">Where segments wait while the store is away, of all streams.</param>
internal sealed record StoreStatus(
    string Kind,
    string? Name,
    string? Endpoint,
    string PublicUrl,
    bool SingleWriter,
    SpoolStatus Spool
);

/// <param name="MemoryBytes">That wait in memory.</param>
/// <param name="MostMemoryBytes">That may.</param>
/// <param name="DiskBytes">That wait on disk.</param>
/// <param name="MostDiskBytes">That may.</param>
/// <param name="Fault">Of the disk; null: none.</param>
internal sealed record SpoolStatus(
    long MemoryBytes,
    long MostMemoryBytes,
    long DiskBytes,
    long MostDiskBytes,
    FaultPicture? Fault
);

/// <param name="Here">This instance's tracker is the one that players are told; else there are others, and the counts say little.</param>
/// <param name="Swarms">At this instance.</param>
/// <param name="Peers">Memberships at this instance.</param>
/// <param name="Offers">Relayed since the start.</param>
/// <param name="Answers">Relayed since the start.</param>
/// <param name="Nodes">Those of <c>Tracker:Nodes</c>; empty when none are set.</param>
internal sealed record TrackerStatus(
    bool Here,
    int Swarms,
    int Peers,
    long Offers,
    long Answers,
    IReadOnlyList<TrackerNodeReport> Nodes
);

/// <summary>Something that is wrong now.</summary>
/// <param name="Kind">
/// <c>superseded</c>, <c>store</c>, <c>source</c>, <c>upload</c>, <c>spool</c>.
/// </param>
/// <param name="Since">When it was noticed; null: not known.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Remedy">What to do; empty: in the message, or nothing.</param>
internal sealed record FaultPicture(string Kind, DateTimeOffset? Since, string Message, string Remedy);

/// <summary>What the operator should know although all works.</summary>
/// <param name="Kind"><c>peers</c>, <c>source</c>, <c>store</c>, <c>bandwidth</c>, <c>slate</c>.</param>
/// <param name="Text">What it is and what to do.</param>
internal sealed record AdvicePicture(string Kind, string Text);

/// <summary>Null is written, so that every member is always there.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow
)]
[JsonSerializable(typeof(StatusDocument))]
internal sealed partial class StatusJson : JsonSerializerContext;
