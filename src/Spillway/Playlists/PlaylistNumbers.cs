using System.Buffers;
using System.Buffers.Text;

namespace Spillway.Playlists;

/// <summary>The number formats of playlists (RFC 8216bis 4.2), from bytes.</summary>
internal static class PlaylistNumbers
{
    /// <summary>Far above any real count, far enough below the largest number that adding a list's length is safe.</summary>
    private const long Largest = 1L << 62;

    private static readonly SearchValues<byte> DigitsAndPoint = SearchValues.Create("0123456789."u8);

    public static bool TryInteger(ReadOnlySpan<byte> text, out long value) =>
        Utf8Parser.TryParse(text, out value, out var used)
        && used == text.Length
        && value is >= 0 and <= Largest
        && text[0] != '+';

    /// <summary>Digits with or without a point: no sign, no exponent, nothing that is not finite.</summary>
    public static bool TryDecimal(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        return !text.IsEmpty
            && text.Length <= 40
            && !text.ContainsAnyExcept(DigitsAndPoint)
            && text.ContainsAnyInRange((byte)'0', (byte)'9')
            && Utf8Parser.TryParse(text, out value, out var used)
            && used == text.Length;
    }

    /// <summary>To the nearest microsecond: no source means more, and its decimals do not show.</summary>
    public static TimeSpan Seconds(double seconds) =>
        TimeSpan.FromTicks((long)Math.Round(seconds * 1e6) * TimeSpan.TicksPerMicrosecond);

    /// <summary><c>length[@offset]</c>, or null.</summary>
    public static (long Length, long? Offset)? Range(ReadOnlySpan<byte> text)
    {
        var at = text.IndexOf((byte)'@');
        if (!TryInteger(at < 0 ? text : text[..at], out var length) || length == 0)
            return null;
        if (at < 0)
            return (length, null);
        return TryInteger(text[(at + 1)..], out var offset) ? (length, offset) : null;
    }

    /// <summary><c>1280x720</c>, or null.</summary>
    public static Resolution? Resolution(ReadOnlySpan<byte> text)
    {
        var x = text.IndexOf((byte)'x');
        return
            x > 0
            && TryInteger(text[..x], out var width)
            && TryInteger(text[(x + 1)..], out var height)
            && width is > 0 and < 100_000
            && height is > 0 and < 100_000
            ? new((int)width, (int)height)
            : null;
    }
}
