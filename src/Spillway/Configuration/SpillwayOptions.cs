using System.Text.Json.Serialization;

namespace Spillway.Configuration;

/// <summary>Everything that can be set. <c>spillway.sample.json</c> is its manual; each feature's options live in its folder.</summary>
internal sealed class SpillwayOptions
{
    /// <summary>Folder for the embedded store and for what this machine keeps.</summary>
    public string Data { get; set; } = "./spillway-data";

    public ServerOptions Server { get; set; } = new();
    public Storage.StorageOptions Storage { get; set; } = new();

    /// <summary>Live streams by name.</summary>
    public Dictionary<string, Timeline.StreamOptions> Streams { get; set; } = new(StringComparer.Ordinal);

    public Sources.Rtmp.RtmpOptions Rtmp { get; set; } = new();

    public Tracker.TrackerOptions Tracker { get; set; } = new();
    public Audience.AudienceOptions Audience { get; set; } = new();
    public Admin.AdminOptions Admin { get; set; } = new();
    public Dashboard.DashboardOptions Dashboard { get; set; } = new();

    /// <summary>Web hooks by name.</summary>
    public Dictionary<string, Hooks.HookOptions> Hooks { get; set; } = new(StringComparer.Ordinal);

    public Metrics.MetricsOptions Metrics { get; set; } = new();
    public Cost.CostOptions Cost { get; set; } = new();

    /// <summary>
    /// Which of <see cref="Streams"/> the old addresses and <c>/health</c> speak of: the one named by <c>--stream</c>, else
    /// <c>live</c>, else the first. Worked out when the settings are read; not a setting.
    /// </summary>
    [JsonIgnore]
    public string DefaultStream { get; set; } = "live";

    /// <summary>Address of the Owncast server, from the old name <c>OWNCAST_API_URL</c>, without a slash at its end; not a setting.</summary>
    [JsonIgnore]
    public string OwncastUrl { get; set; } = "";

    /// <summary>The standard variables of OpenTelemetry, <c>OTEL_…</c>, of the environment and of <c>.env</c>; no settings.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string> OtelVariables { get; set; } =
        new Dictionary<string, string>(StringComparer.Ordinal);
}
