using System.Globalization;

namespace Spillway.Configuration;

/// <summary>Bit rates as settings have them: <c>2500k</c>, or in millions.</summary>
internal static class BitRate
{
    /// <param name="text">A number with its unit.</param>
    /// <param name="million">The letter for millions.</param>
    /// <param name="least">Bits per second.</param>
    /// <param name="most">The same.</param>
    /// <param name="bitsPerSecond">Within these bounds.</param>
    public static bool TryParse(string text, char million, double least, double most, out double bitsPerSecond)
    {
        bitsPerSecond = 0;
        var factor =
            text.EndsWith('k') ? 1_000
            : text.EndsWith(million) ? 1_000_000
            : 0;
        if (
            factor == 0
            || !double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
        )
            return false;
        bitsPerSecond = number * factor;
        return bitsPerSecond >= least && bitsPerSecond <= most;
    }
}
