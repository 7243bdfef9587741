using System.Diagnostics.Metrics;
using Spillway.Streams;

namespace Spillway.Metrics;

/// <summary>This process as a whole. Memory, CPU and garbage collection are the runtime's own instruments.</summary>
internal static class ProcessInstruments
{
    private static readonly string[] Words = ["ok", "degraded", "down"];

    public static void Create(Meter meter, TimeProvider time)
    {
        var start = time.GetTimestamp();
        // https://opentelemetry.io/docs/specs/semconv/system/process-metrics/
        meter.CreateObservableGauge(
            "process.uptime",
            () => time.GetElapsedTime(start).TotalSeconds,
            "s",
            "Since this process was started"
        );
    }

    public static void CreateHealth(Meter meter, Health health) =>
        meter.CreateObservableGauge(
            "spillway.health",
            () => MeasureOf.OneOf(Words, health.Report().Status),
            description: "1 for the status that /health says: ok, degraded, down"
        );
}
