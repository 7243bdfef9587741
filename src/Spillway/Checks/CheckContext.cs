using Spillway.Configuration;

namespace Spillway.Checks;

/// <summary>What all parts of the check are given.</summary>
/// <param name="Options">The settings.</param>
/// <param name="Time">This machine's clock.</param>
/// <param name="Limits">How long what may take.</param>
/// <param name="Running">The Spillway that runs here; null: none.</param>
/// <param name="Fix">What can be mended is.</param>
/// <param name="Say">Tells the operator at once what is being done.</param>
internal sealed record CheckContext(
    SpillwayOptions Options,
    TimeProvider Time,
    CheckLimits Limits,
    LocalServer? Running,
    bool Fix,
    Action<string> Say
)
{
    public bool HasBucket => Options.Storage.Bucket.Length > 0;

    /// <summary>As viewers see the store's prefix, ending in a slash; with the embedded store and no public address on this machine.</summary>
    public Uri Edge { get; } = new(new Streams.EdgeAddress(Options, () => Options.Server.EdgePort).ForLog);

    /// <summary>Pages whose players read from the edge: the server's own, and those of the tracker's list. Never empty.</summary>
    public IReadOnlyList<string> PageOrigins { get; } =
    [
        .. Options
            .Tracker.Origins.Prepend(
                Options.Server.PublicUrl.Length > 0
                    ? new Uri(Options.Server.PublicUrl).GetLeftPart(UriPartial.Authority)
                    : $"http://localhost:{Options.Server.Port}"
            )
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Take(MostOrigins),
    ];

    private const int MostOrigins = 4;
}

/// <summary>How long what may take: the whole must end within a minute, also when everything is dead.</summary>
internal sealed record CheckLimits
{
    /// <summary>For one answer of anything.</summary>
    public TimeSpan Answer { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For one part, all of which run at once.</summary>
    public TimeSpan Part { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>Two PUTs of one key: R2 takes one a second.</summary>
    public TimeSpan BetweenWrites { get; init; } = TimeSpan.FromSeconds(1.1);

    /// <summary>Beyond what the probe's Cache-Control says: edges count whole seconds, and some ask the store behind their answer.</summary>
    public TimeSpan Staleness { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>For a source's playlists, which are written one after the other.</summary>
    public TimeSpan SourcePlaylist { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>For a source's segments to come, and then for another one.</summary>
    public TimeSpan Source { get; init; } = TimeSpan.FromSeconds(25);
}
