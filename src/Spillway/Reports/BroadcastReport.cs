using System.Text.Json;
using System.Text.Json.Serialization;
using Spillway.Audience;
using Spillway.Storage;

namespace Spillway.Reports;

/// <summary>
/// <c>report.json</c>: what a broadcast was. Every figure is counted, or says that it is an estimate; null is "not measured", never
/// 0. Times are the store's; seconds are of media where it says so.
/// </summary>
internal sealed record BroadcastReport
{
    public const string OnAir = "onAir";
    public const string Ended = "ended";

    public long Epoch { get; init; }
    public long Revision { get; init; }

    /// <summary><c>onAir</c>: provisional, written each minute; <c>ended</c>: final.</summary>
    public required string State { get; init; }
    public required string Stream { get; init; }
    public required string Broadcast { get; init; }
    public string Title { get; init; } = "";

    /// <summary>Date of the first listed segment; null: none was seen.</summary>
    public DateTimeOffset? Begin { get; init; }

    /// <summary>Date at which the last listed segment ends, so far.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>From <see cref="Begin"/> to the end of the last listed segment.</summary>
    public double Seconds { get; init; }

    /// <summary>When this was written.</summary>
    public DateTimeOffset AsOf { get; init; }

    public IReadOnlyList<RenditionReport> Renditions { get; init; } = [];

    /// <summary>Of the rendition that has most.</summary>
    public long Discontinuities { get; init; }

    /// <summary>PUTs of this broadcast's own segments and initialization sections.</summary>
    public UploadReport Uploads { get; init; } = new(0, 0, 0, 0);

    /// <summary>What Spillway asked of the store for this stream in this time, all kinds.</summary>
    public OperationReport Operations { get; init; } = OperationReport.Of(OperationCount.None);

    /// <summary>Requests at the origin in this time, of all its streams; null: not measured.</summary>
    public TrafficReport? Origin { get; init; }

    /// <summary>Requests at the embedded edge in this time, of all its streams; null with a bucket, whose edge keeps its own count.</summary>
    public TrafficReport? Edge { get; init; }

    /// <summary>Null: not measured, as with P2P off.</summary>
    public ViewerReport? Viewers { get; init; }

    /// <summary>Which way viewers got their bytes: an estimate from those who report; null while nobody does.</summary>
    public WayReport? Ways { get; init; }

    /// <summary>How it went for them: estimates, too.</summary>
    public AudienceReport? Audience { get; init; }

    /// <summary>Null where no prices are known, such as for the embedded store.</summary>
    public CostReport? Cost { get; init; }

    public FaultReport Faults { get; init; } = new();

    /// <summary>Who has written it, in order. Between two, counts of up to a minute may be missing.</summary>
    public IReadOnlyList<WriterReport> Writers { get; init; } = [];

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ReportsJson.Default.BroadcastReport);

    /// <returns>Null when it is none of ours.</returns>
    public static BroadcastReport? Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ReportsJson.Default.BroadcastReport);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>One rendition, as its live playlist listed it.</summary>
internal sealed record RenditionReport
{
    public required string Name { get; init; }
    public string? Codecs { get; init; }

    /// <summary>Such as <c>1280x720</c>.</summary>
    public string? Resolution { get; init; }
    public double? FrameRate { get; init; }

    /// <summary>Bits per second, as declared.</summary>
    public long? Bandwidth { get; init; }

    /// <summary>Listed with media of the show.</summary>
    public long Segments { get; init; }
    public long Gaps { get; init; }
    public double GapSeconds { get; init; }
    public long SlateSegments { get; init; }
    public double SlateSeconds { get; init; }
    public long Discontinuities { get; init; }

    /// <summary>Of all that was listed.</summary>
    public double Seconds { get; init; }

    /// <summary>Numbers that went through the window between two writers' counts: listed, and counted nowhere above.</summary>
    public long Uncounted { get; init; }

    /// <summary>The number after the last that was counted.</summary>
    public long? NextNumber { get; init; }
}

/// <param name="Tries">PUTs sent.</param>
/// <param name="Failures">Of these, not acknowledged.</param>
/// <param name="Objects">Acknowledged.</param>
/// <param name="Bytes">Of these.</param>
internal sealed record UploadReport(long Tries, long Failures, long Objects, long Bytes);

/// <param name="ClassA">PUT and LIST.</param>
/// <param name="ClassB">GET.</param>
/// <param name="Free">DELETE.</param>
internal sealed record OperationReport(
    long ClassA,
    long ClassB,
    long Free,
    long Puts,
    long Lists,
    long Gets,
    long Deletes,
    long Refused
)
{
    public static OperationReport Of(OperationCount count) =>
        new(count.ClassA, count.ClassB, count.Free, count.Puts, count.Lists, count.Gets, count.Deletes, count.Refused);

    public OperationCount ToCount() => new(Puts, Lists, Gets, Deletes, Refused);
}

/// <param name="Requests">HTTP requests, and WebSockets that were opened.</param>
/// <param name="Bytes">Of bodies sent over HTTP.</param>
internal readonly record struct TrafficReport(long Requests, long Bytes)
{
    public static TrafficReport operator +(TrafficReport one, TrafficReport other) =>
        new(one.Requests + other.Requests, one.Bytes + other.Bytes);

    public static TrafficReport operator -(TrafficReport one, TrafficReport other) =>
        new(one.Requests - other.Requests, one.Bytes - other.Bytes);
}

/// <summary>Peers at this instance's tracker, sampled each second: viewers who share. Those with P2P off are not among them.</summary>
/// <param name="Of">What was counted, in words.</param>
internal sealed record ViewerReport(string Of, int Peak, double Mean, long Samples)
{
    public const string Peers = "P2P peers at this instance's tracker, sampled each second";
}

/// <param name="FromPeers">Bytes.</param>
/// <param name="FromEdge">Bytes.</param>
/// <param name="ToPeers">Bytes.</param>
/// <param name="ShareFromPeers">0 to 1; of several writers, the last one's.</param>
internal sealed record WayReport(Estimate FromPeers, Estimate FromEdge, Estimate ToPeers, Estimate? ShareFromPeers)
{
    /// <param name="before">What earlier writers have left.</param>
    /// <param name="here">What this one knows.</param>
    public static WayReport? Of(WayReport? before, BroadcastAudience? here) =>
        here is null ? before
        : before is null ? new WayReport(here.FromPeers, here.FromEdge, here.ToPeers, here.ShareFromPeers)
        : new WayReport(
            Estimate.Sum(before.FromPeers, here.FromPeers),
            Estimate.Sum(before.FromEdge, here.FromEdge),
            Estimate.Sum(before.ToPeers, here.ToPeers),
            here.ShareFromPeers
        );
}

/// <summary>Where several writers have followed each other: hours are those of all, the peak the highest, the rest the last one's.</summary>
/// <param name="PeakViewers">The largest of the estimates of how many watched at a time.</param>
/// <param name="MeanViewers">Of these estimates, taken each second.</param>
/// <param name="StallsPerHour">Of one viewer.</param>
/// <param name="StalledShare">Part of the time in which the picture stood still.</param>
/// <param name="StartUp">Seconds, median.</param>
/// <param name="Latency">Seconds, median, near the end.</param>
internal sealed record AudienceReport(
    double? PeakViewers,
    double? MeanViewers,
    Estimate ViewerHours,
    Estimate? StallsPerHour,
    Estimate? StalledShare,
    Estimate? StartUp,
    Estimate? StartUp95,
    Estimate? Latency,
    Estimate? Latency95
)
{
    /// <param name="before">What earlier writers have left.</param>
    /// <param name="here">What this one knows.</param>
    public static AudienceReport? Of(AudienceReport? before, BroadcastAudience? here) =>
        here is null
            ? before
            : new AudienceReport(
                before is null ? here.PeakViewers : Math.Max(before.PeakViewers ?? 0, here.PeakViewers ?? 0),
                here.MeanViewers,
                before is null ? here.ViewerHours : Estimate.Sum(before.ViewerHours, here.ViewerHours),
                here.StallsPerHour,
                here.StalledShare,
                here.StartUp,
                here.StartUp95,
                here.Latency,
                here.Latency95
            );
}

internal sealed record FaultReport
{
    /// <summary>Times in which a PUT or more failed.</summary>
    public IReadOnlyList<FaultSpan> StoreOutages { get; init; } = [];
    public IReadOnlyList<FaultSpan> SourceAways { get; init; } = [];

    /// <summary>Of either kind, beyond those listed.</summary>
    public long More { get; init; }
}

/// <param name="Begin">When it was noticed.</param>
/// <param name="Seconds">How long it lasted; null: it was not over when this was written.</param>
/// <param name="Cause">In words.</param>
internal sealed record FaultSpan(DateTimeOffset Begin, double? Seconds, string Cause);

/// <param name="Epoch">Rises with each writer.</param>
/// <param name="CountsSince">Since when its counts are here.</param>
/// <param name="CountsUntil">Until when; what it did after, it could not write down any more.</param>
internal sealed record WriterReport(long Epoch, DateTimeOffset CountsSince, DateTimeOffset CountsUntil);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(BroadcastReport))]
[JsonSerializable(typeof(BroadcastList))]
[JsonSerializable(typeof(DeletedReport))]
internal sealed partial class ReportsJson : JsonSerializerContext;
