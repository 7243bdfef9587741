namespace Spillway.Tracker;

/// <summary>Pages whose players may connect; see <see cref="TrackerOptions.Origins"/>. A browser cannot be made to lie about it; any other program can.</summary>
internal sealed class AllowedOrigins(IEnumerable<string> origins)
{
    private readonly HashSet<string> _origins = origins.ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <param name="origin">The header as it came; null: none, so no browser.</param>
    public bool Allow(string? origin) => _origins.Count == 0 || (origin is not null && _origins.Contains(origin));
}
