using System.Text;

namespace Spillway.Playlists;

/// <summary>
/// Reads playlists from sources that are not trusted: never throws, in linear time, forgiving where nothing can be mistaken
/// (byte order mark, CRLF, stray blanks, unknown tags and comments of any length) and clear about the rest.
/// </summary>
internal static class PlaylistParser
{
    private static readonly PlaylistLimits Defaults = new();

    public static PlaylistParse Parse(ReadOnlySpan<byte> text, PlaylistLimits? limits = null)
    {
        limits ??= Defaults;
        if (text.Length > limits.MaxBytes)
            return Failed($"The playlist has {text.Length} bytes; at most {limits.MaxBytes} are read.");
        // RFC 8216bis 4.1 forbids the mark, and Windows tools write it all the same.
        if (text.StartsWith("\uFEFF"u8))
            text = text["\uFEFF"u8.Length..];
        if (text.Trim(" \t\r\n"u8).IsEmpty)
            return Failed("The playlist is torn: it is empty.");

        var reading = new PlaylistReading(limits);
        var number = 0;
        while (!text.IsEmpty)
        {
            number++;
            var end = text.IndexOf((byte)'\n');
            var line = (end < 0 ? text : text[..end]).Trim(" \t\r"u8);
            text = end < 0 ? default : text[(end + 1)..];
            if (line.IsEmpty)
                continue;
            // A file that is truncated and written anew can be read with a hole of zeros in it.
            if (line.Contains((byte)0))
                return Failed($"The playlist is torn: line {number} holds zero bytes.");
            if (end < 0 && !reading.IsWhole(line))
                return Failed($"The playlist is torn: it ends in the middle of line {number}.");
            if (reading.Line(line) is { } error)
                return Failed($"Line {number}: {error}");
        }

        return reading.Finish();
    }

    internal static PlaylistParse Failed(string error) => new(null, null, error);

    /// <summary>An address without its user information and its query: tokens stand there.</summary>
    internal static string QuoteUri(ReadOnlySpan<byte> uri)
    {
        var query = uri.IndexOf((byte)'?');
        return Quote(
            Encoding.UTF8.GetBytes(Configuration.Shown.Address(Encoding.UTF8.GetString(query < 0 ? uri : uri[..query])))
        );
    }

    /// <summary>Untrusted text for a message: short and printable.</summary>
    internal static string Quote(ReadOnlySpan<byte> text)
    {
        const int longest = 60;
        var quoted = new StringBuilder("'");
        foreach (var rune in Encoding.UTF8.GetString(text[..Math.Min(text.Length, longest)]).EnumerateRunes())
        {
            if (Rune.IsControl(rune))
                quoted.Append('?');
            else
                quoted.Append(rune.ToString());
        }

        return quoted.Append(text.Length > longest ? "…'" : "'").ToString();
    }
}

/// <summary>Exactly one member is set.</summary>
internal readonly record struct PlaylistParse(MediaPlaylist? Media, MultivariantPlaylist? Multivariant, string? Error);

/// <param name="MaxBytes">Of the whole text. 100,000 segments with dates are about 10 MB.</param>
/// <param name="MaxLineBytes">Of a line that is kept: a URI or a tag that is understood. Others are skipped whatever their length.</param>
/// <param name="MaxSegments">Listed segments or variants.</param>
internal sealed record PlaylistLimits(int MaxBytes = 16 << 20, int MaxLineBytes = 1 << 20, int MaxSegments = 100_000);
