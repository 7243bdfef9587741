namespace Spillway.Replays;

/// <summary>Which replays are kept. Pure; the answer is put into <c>replays.json</c>, and that is what everybody else goes by.</summary>
internal static class ReplayRules
{
    /// <summary>The list is one small object that every visitor of the page reads.</summary>
    public const int Most = 1000;

    /// <param name="list">In any order.</param>
    /// <param name="options">With none of them set, all that is listed stays: switching replays off deletes nothing.</param>
    /// <param name="now">By the store's clock.</param>
    /// <returns>
    /// The newest first. What is on air is always kept; its bytes count. Size keeps the newest that fit: after the first that
    /// does not, none that is older is kept either. A size that is not known counts as nothing.
    /// </returns>
    public static IReadOnlyList<ReplayEntry> Kept(IEnumerable<ReplayEntry> list, ReplayOptions options, DateTimeOffset now)
    {
        var newest = list.OrderByDescending(static entry => entry.Begin)
            .ThenByDescending(static entry => entry.Broadcast, StringComparer.Ordinal)
            .ToList();
        if (!options.IsOn)
            return newest;
        var most = options.Count > 0 ? options.Count : Most;
        var room = options.Size.Bytes > 0 ? options.Size.Bytes : long.MaxValue;
        room -= newest.Where(static entry => entry.OnAir).Sum(static entry => entry.Bytes ?? 0);
        var kept = new List<ReplayEntry>();
        var ended = 0;
        foreach (var entry in newest)
        {
            if (entry.OnAir)
            {
                kept.Add(entry);
                continue;
            }
            room -= entry.Bytes ?? 0;
            if (++ended > most || room < 0)
                continue;
            if (options.Keep > TimeSpan.Zero && (entry.End ?? entry.Begin) + options.Keep <= now)
                continue;
            kept.Add(entry);
        }
        return kept;
    }
}
