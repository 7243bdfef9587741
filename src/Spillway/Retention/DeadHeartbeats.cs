using Spillway.Configuration;
using Spillway.Playlists;
using Spillway.Storage;

namespace Spillway.Retention;

/// <summary>
/// Signs of life of tracker nodes that died without a goodbye, an hour and more ago: no node may be silent for longer than 12.5
/// minutes. One that comes back makes its own anew.
/// </summary>
internal static class DeadHeartbeats
{
    /// <param name="store">Is listed once.</param>
    /// <param name="now">The store's time, at or before the LIST.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    /// <exception cref="ObjectStoreException">The store could not be listed.</exception>
    public static async Task<IReadOnlyList<Doomed>> FindAsync(
        IObjectStore store,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var doomed = new List<Doomed>();
        await foreach (var entry in store.ListAsync(StreamKeys.HeartbeatFolder, cancellationToken))
        {
            var name = entry.Key[StreamKeys.HeartbeatFolder.Length..];
            var isOurs = name.EndsWith(".json", StringComparison.Ordinal) && StreamName.IsWellFormed(name[..^5]);
            if (isOurs && now - entry.LastModified > SweepPlan.Age)
                doomed.Add(new Doomed(entry.Key, entry.Size, "heartbeats of dead tracker nodes"));
        }
        return doomed;
    }
}
