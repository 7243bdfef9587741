using System.Globalization;

namespace Spillway.Configuration;

/// <summary>Reads the ways in which people write a time span.</summary>
internal static class Durations
{
    // A year: more than any setting means, and far from what a TimeSpan cannot hold.
    private const double Longest = 366 * 86400d;

    private static readonly (string Unit, double Seconds)[] Units =
    [
        ("ms", 0.001),
        ("s", 1),
        ("m", 60),
        ("h", 3600),
        ("d", 86400),
    ];

    // Not TimeSpan.Parse, for which "60" is two months and "1:00" an hour.
    private static readonly string[] Clock = [@"h\:mm\:ss", @"hh\:mm\:ss"];

    /// <summary>Reads <c>60s</c>, <c>1.5m</c>, <c>1h</c>, <c>7d</c>, <c>500ms</c>, <c>00:01:00</c>, or a plain number of seconds.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        text = text.Trim();
        if (TimeSpan.TryParseExact(text, Clock, CultureInfo.InvariantCulture, out duration))
            return true;
        var scale = 1d;
        foreach (var (unit, seconds) in Units)
        {
            if (!text.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
                continue;
            scale = seconds;
            text = text[..^unit.Length].TrimEnd();
            break;
        }
        if (
            !double.TryParse(
                text,
                NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                CultureInfo.InvariantCulture,
                out var number
            ) || !(number * scale <= Longest)
        )
            return false;
        duration = TimeSpan.FromSeconds(number * scale);
        return true;
    }

    /// <summary>The shortest of the ways to write it: <c>90s</c>, <c>2m</c>, <c>1h</c>, <c>7d</c>.</summary>
    public static string Show(TimeSpan duration) =>
        duration switch
        {
            { TotalSeconds: 0 } => "0s",
            _ when duration.Ticks % TimeSpan.TicksPerDay == 0 => string.Create(
                CultureInfo.InvariantCulture,
                $"{duration.TotalDays}d"
            ),
            _ when duration.Ticks % TimeSpan.TicksPerHour == 0 => string.Create(
                CultureInfo.InvariantCulture,
                $"{duration.TotalHours}h"
            ),
            _ when duration.Ticks % TimeSpan.TicksPerMinute == 0 => string.Create(
                CultureInfo.InvariantCulture,
                $"{duration.TotalMinutes}m"
            ),
            _ => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds}s"),
        };
}
