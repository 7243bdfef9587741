using System.Globalization;
using Spillway.Configuration;

namespace Spillway.Replays;

/// <summary>Replays in words, for operators.</summary>
internal static class ReplayText
{
    private const int Named = 10;

    public static string NoSuch(string stream, string broadcast, IReadOnlyList<ReplayEntry> there)
    {
        var which =
            there.Count == 0
                ? $"{stream} has no replays."
                : $"There {(there.Count == 1 ? "is" : "are")}: {string.Join(", ", there.Take(Named).Select(static entry => entry.Broadcast))}"
                    + (there.Count > Named ? $" and {there.Count - Named} older ones." : ".");
        return $"{stream} has no replay of a broadcast {Shown.Value(broadcast)}. {which}";
    }

    /// <summary>One line a replay, under a line of headings.</summary>
    public static IEnumerable<string> Table(IReadOnlyList<ReplayEntry> replays)
    {
        string[][] rows =
        [
            ["BROADCAST", "BEGAN (UTC)", "LENGTH", "GAPS", "SIZE", "TITLE"],
            .. replays.Select(static entry =>
                new[]
                {
                    entry.Broadcast,
                    entry.Begin.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                    Length(entry.Duration) + (entry.OnAir ? " (on air)" : ""),
                    entry.Gaps.Count == 0
                        ? "none"
                        : string.Create(CultureInfo.InvariantCulture, $"{entry.Gaps.Count} ({entry.Gaps.Seconds:0.#} s)"),
                    Size(entry),
                    Shown.Name(entry.Title),
                }
            ),
        ];
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        return rows.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    /// <summary><c>1:02:03</c>, <c>2:03</c>.</summary>
    public static string Length(double seconds)
    {
        var time = TimeSpan.FromSeconds(Math.Round(seconds));
        return time.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time:mm\\:ss}")
            : string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}:{time:ss}");
    }

    private static string Size(ReplayEntry entry) =>
        entry.Bytes is not { } bytes
            ? "not known"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{(entry.BytesEstimated ? "about " : "")}{(bytes >= 1_000_000_000 ? $"{bytes / 1e9:0.00} GB" : $"{bytes / 1e6:0.0} MB")}"
            );
}
