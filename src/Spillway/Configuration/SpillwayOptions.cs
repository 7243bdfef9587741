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

    public Tracker.TrackerOptions Tracker { get; set; } = new();
}
