using System.Globalization;
using System.Text;

namespace Spillway.Playlists;

/// <summary>EXT-X-PROGRAM-DATE-TIME (RFC 8216bis 4.4.4.6): ISO 8601.</summary>
internal static class PlaylistDate
{
    private const int LongestText = 40;

    // zzz reads a zone with and without a colon, zz one of hours alone.
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzz",
    ];

    /// <summary>Every zone form in use: <c>Z</c>, <c>+00:00</c>, ffmpeg's <c>+0000</c>, <c>+00</c>, and none, which is taken for UTC.</summary>
    /// <returns>The date in UTC, or null if it cannot be read.</returns>
    public static DateTimeOffset? Parse(ReadOnlySpan<byte> text)
    {
        if (text.Length is < 16 or > LongestText)
            return null;
        return DateTimeOffset.TryParseExact(
            Encoding.UTF8.GetString(text),
            Formats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var parsed
        )
            ? parsed
            : null;
    }

    /// <summary>UTC with milliseconds, cut off, not rounded: no date is written later than it is.</summary>
    public static string Write(DateTimeOffset date) =>
        date.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
