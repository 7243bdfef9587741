using System.Text.RegularExpressions;
using Spillway.Storage;

namespace Spillway.Retention;

/// <param name="Doomed">To be deleted.</param>
/// <param name="Assets">Those that the page does not name, since when.</param>
/// <param name="Seen">When they were looked at.</param>
internal sealed record PageAssetsPlan(
    IReadOnlyList<Doomed> Doomed,
    IReadOnlyDictionary<string, DateTimeOffset> Assets,
    DateTimeOffset? Seen
)
{
    public static PageAssetsPlan Unchanged(SweepMemory memory) => new([], memory.Assets, memory.AssetsSeen);
}

/// <summary>
/// Old scripts and styles of the player page: kept for a week after the page has ceased to name them, for whoever has it open.
/// Looked at once a day.
/// </summary>
/// <param name="carried">This program's own files, below <c>watch/</c>: they stay whatever the stored page says.</param>
internal sealed partial class PageAssets(IObjectStore store, TimeProvider time, IReadOnlySet<string> carried)
{
    private const string Index = "watch/index.html";
    private const string Element = "watch/spillway-player.js";
    private const string Folder = "watch/assets/";
    private static readonly TimeSpan Kept = TimeSpan.FromDays(7);
    private static readonly TimeSpan Every = TimeSpan.FromDays(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <param name="memory">What earlier sweeps left.</param>
    /// <param name="now">The store's time.</param>
    /// <param name="atOnce">Also when they were looked at today.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    public async Task<PageAssetsPlan> LookAsync(
        SweepMemory memory,
        DateTimeOffset now,
        bool atOnce,
        CancellationToken cancellationToken
    )
    {
        if (!atOnce && memory.AssetsSeen is { } seen && now - seen < Every)
            return PageAssetsPlan.Unchanged(memory);
        var stored = new Dictionary<string, ObjectEntry>(StringComparer.Ordinal);
        await foreach (var entry in store.ListAsync(Folder, cancellationToken))
        {
            if (Asset().IsMatch(entry.Key))
                stored[entry.Key] = entry;
        }
        // What one asset names, such as a part loaded later, is needed as well. One that cannot be read may name anything.
        var needed = new HashSet<string>(StringComparer.Ordinal);
        var unread = new Queue<string>([Index, Element]);
        while (unread.TryDequeue(out var next))
        {
            var result = await store.GetWithinAsync(Patience, time, next, cancellationToken);
            // Only older programs stored no element.
            if (result.Status == GetStatus.Missing && next == Element)
                continue;
            if (result.Status != GetStatus.Found)
                return PageAssetsPlan.Unchanged(memory);
            foreach (var key in stored.Keys)
            {
                var name = System.Text.Encoding.ASCII.GetBytes(key[Folder.Length..]);
                if (result.Object!.Body.Span.IndexOf(name) >= 0 && needed.Add(key))
                    unread.Enqueue(key);
            }
        }
        var left = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        var doomed = new List<Doomed>();
        foreach (var (key, entry) in stored)
        {
            if (needed.Contains(key) || carried.Contains(key["watch/".Length..]))
                continue;
            left[key] = memory.Assets.GetValueOrDefault(key, now);
            // Stored anew since it was last looked at: a page that names it is on its way.
            if (entry.LastModified > left[key])
                left[key] = entry.LastModified;
            if (now - left[key] > Kept)
                doomed.Add(new Doomed(key, entry.Size, "old files of the player page"));
        }
        return new PageAssetsPlan(doomed, left, now);
    }

    /// <summary>As the build names them: a name, eight characters of a hash.</summary>
    [GeneratedRegex(
        @"^watch/assets/[A-Za-z0-9_.-]+-[A-Za-z0-9_-]{8}\.(js|css|map)\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Asset();
}
