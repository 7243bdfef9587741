namespace Spillway.Configuration;

/// <summary>Finds the known name that somebody most likely meant.</summary>
internal static class NearestName
{
    private const int LongestName = 64;

    /// <summary>The nearest of the names, or null when none is near: at most a third of its letters may differ, or two.</summary>
    public static string? Find(string written, IEnumerable<string> names)
    {
        if (written.Length is 0 or > LongestName)
            return null;
        string? best = null;
        var bestDistance = int.MaxValue;
        foreach (var name in names)
        {
            var distance = Distance(Plain(written), Plain(name));
            // A short name may not be changed into something else altogether.
            if (distance < bestDistance && distance <= Math.Max(Math.Min(2, name.Length / 2), name.Length / 3))
                (best, bestDistance) = (name, distance);
        }
        return best;
    }

    private static string Plain(string name) =>
        name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();

    /// <summary>Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).</summary>
    internal static int Distance(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        for (var j = 1; j <= b.Length; j++)
        {
            var changed = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            rows[i, j] = Math.Min(changed, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
        }
        return rows[a.Length, b.Length];
    }
}
