using System.Globalization;

namespace Spillway.EndToEnd.Reliability;

/// <summary>Many values in a few.</summary>
internal static class Figures
{
    /// <summary>Such as <c>7.6 s (median of 12), 8.3 s (max)</c>.</summary>
    public static string Of(IEnumerable<double> values, string unit)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0
            ? "(none)"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{sorted[sorted.Count / 2]:F1} {unit} (median of {sorted.Count}), {sorted[^1]:F1} {unit} (max)"
            );
    }
}
