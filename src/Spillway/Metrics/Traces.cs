using System.Diagnostics;

namespace Spillway.Metrics;

/// <summary>Traces of segments and of requests to the store. Nothing is made while nobody takes them.</summary>
internal static class Traces
{
    public static ActivitySource Source { get; } = new(Telemetry.Name, Telemetry.Version);

    /// <summary>One request to the store, below what is traced at the moment.</summary>
    /// <param name="operation"><c>PUT</c>, <c>GET</c> or <c>DELETE</c>.</param>
    /// <param name="key">The object; null where there are several.</param>
    public static Activity? StoreRequest(string operation, string? key)
    {
        var activity = Source.HasListeners() ? Source.StartActivity($"store {operation}", ActivityKind.Client) : null;
        if (activity is { IsAllDataRequested: true } && key is not null)
            activity.SetTag("spillway.key", key);
        return activity;
    }

    /// <param name="activity">May be null.</param>
    /// <param name="status">What came of it.</param>
    /// <param name="isError">It is a fault.</param>
    public static void End(Activity? activity, string status, bool isError)
    {
        if (activity is null)
            return;
        activity.SetTag("spillway.status", status);
        if (isError)
            activity.SetStatus(ActivityStatusCode.Error, status);
    }
}
