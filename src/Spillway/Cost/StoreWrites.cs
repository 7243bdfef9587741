using Spillway.Storage;

namespace Spillway.Cost;

/// <param name="Kind">What is put.</param>
/// <param name="Puts">Class A operations.</param>
internal sealed record StoreWrite(string Kind, double Puts);

/// <summary>
/// Spillway's own operations at the store for an event. Each line is what the program does; the fixed ones are counts of
/// bench/results/event-40min-*.json.
/// </summary>
internal static class StoreWrites
{
    /// <summary>GETs of a start and of the sweeps.</summary>
    public const double Reads = 20;

    /// <summary>Before the whole hour after the end has passed, segments are in the store for about so long.</summary>
    public const double HoursWithoutReplay = 2;

    private const double StateChanges = 10;
    private const double Starting = 9;
    private const double Listings = 4;
    private const double SlateSegments = 3;
    private const double ReplayEvery = 30;
    private const double ReportEvery = 60;

    public static IReadOnlyList<StoreWrite> Of(CostPlan plan) =>
        [
            new("segments", plan.Renditions * plan.Segments),
            new("media playlists", plan.Renditions * plan.Segments),
            new("renewals of the lease", plan.Segments * RenewalsASegment(plan.SegmentSeconds)),
            new("broadcast report", (plan.Seconds / ReportEvery) + 1),
            new("player.json", StateChanges),
            new("slate", SlateSegments * plan.Renditions),
            new("start: page, scripts, probes, multivariant playlist", Starting),
            new("LISTs of the sweeps", Listings),
            new("replay playlists", plan.KeepDays > 0 ? ((plan.Renditions + 1) * plan.Seconds / ReplayEvery) + 2 : 0),
            new("heartbeats of tracker nodes", plan.Nodes * plan.Seconds / new Tracker.TrackerOptions().Heartbeat.TotalSeconds),
        ];

    /// <summary>The lease is renewed so often; the first rendition's playlist is a renewal, too (docs/decisions/0011).</summary>
    public static double RenewalsASegment(double segmentSeconds) =>
        Math.Max(0, Math.Ceiling(segmentSeconds / LeaseTimes.RenewAfter(LeaseTimes.OnAir).TotalSeconds) - 1);

    /// <summary>Renewals of a Spillway that waits with nothing on air, an hour.</summary>
    public static double RenewalsAnIdleHour => 3600 / LeaseTimes.RenewAfter(LeaseTimes.Idle).TotalSeconds;
}
