using System.Runtime.CompilerServices;
using System.Text;

namespace Spillway.Playlists;

/// <summary>
/// Writes playlists as UTF-8; the same playlist gives the same bytes. What no valid playlist can say is the caller's bug and
/// throws <see cref="ArgumentException"/>: nothing invalid is ever published.
/// </summary>
internal static class PlaylistWriter
{
    /// <summary>
    /// The highest that anything written here can need (RFC 8216bis 8: 3 decimal EXTINF, 4 BYTERANGE, 6 EXT-X-MAP). It does not
    /// follow what the window happens to list, since a header tag must not change between two versions of a playlist (6.2.1).
    /// EXT-X-GAP needs no version: section 8 does not name it, and it is newer than RFC 8216.
    /// </summary>
    private const int Version = 6;

    /// <summary>Why <see cref="Write(MediaPlaylist)"/> would not write what was read from somewhere; null when it would.</summary>
    public static string? Refusal(MediaPlaylist playlist)
    {
        try
        {
            PlaylistCheck.Check(playlist);
            return null;
        }
        catch (ArgumentException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>A live playlist always has EXT-X-DISCONTINUITY-SEQUENCE: null is written as 0.</summary>
    /// <exception cref="ArgumentException">No valid playlist says that; the message names the segment.</exception>
    public static byte[] Write(MediaPlaylist playlist)
    {
        PlaylistCheck.Check(playlist);
        var text = new StringBuilder(256 + playlist.Segments.Count * 128);
        Line(text, $"#EXTM3U");
        Line(text, $"#EXT-X-VERSION:{Version}");
        Line(text, $"#EXT-X-TARGETDURATION:{playlist.TargetDuration}");
        Line(text, $"#EXT-X-MEDIA-SEQUENCE:{playlist.MediaSequence}");
        if (playlist.DiscontinuitySequence is not null || playlist.Type is PlaylistType.Live)
            Line(text, $"#EXT-X-DISCONTINUITY-SEQUENCE:{playlist.DiscontinuitySequence ?? 0}");
        if (playlist.Type is not PlaylistType.Live)
            Line(text, $"#EXT-X-PLAYLIST-TYPE:{(playlist.Type is PlaylistType.Event ? "EVENT" : "VOD")}");
        if (playlist.IndependentSegments)
            Line(text, $"#EXT-X-INDEPENDENT-SEGMENTS");
        Write(text, playlist.Stamp);

        EncryptionKey? key = null;
        InitializationSectionReference? map = null;
        foreach (var segment in playlist.Segments)
        {
            if (segment.Discontinuity)
                Line(text, $"#EXT-X-DISCONTINUITY");
            if (segment.Key != key)
                Write(text, segment.Key);
            key = segment.Key;
            // After a discontinuity it is said again: players set up their decoder there, and some forget.
            if (segment.Map is { } section && (section != map || segment.Discontinuity))
                Write(text, map = section);
            if (segment.ProgramDateTime is { } date)
                Line(text, $"#EXT-X-PROGRAM-DATE-TIME:{PlaylistDate.Write(date)}");
            if (segment.Gap)
                Line(text, $"#EXT-X-GAP");
            if (segment.Range is { } range)
                Line(text, $"#EXT-X-BYTERANGE:{range.Length}@{range.Offset}");
            var micros = Microseconds(segment.Duration);
            Line(text, $"#EXTINF:{micros / 1_000_000}.{micros % 1_000_000:D6},");
            Line(text, $"{segment.Uri}");
        }

        if (playlist.Ended)
            Line(text, $"#EXT-X-ENDLIST");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <exception cref="ArgumentException">No valid playlist says that; the message names the variant.</exception>
    public static byte[] Write(MultivariantPlaylist playlist)
    {
        PlaylistCheck.Check(playlist);
        var text = new StringBuilder();
        Line(text, $"#EXTM3U");
        Line(text, $"#EXT-X-VERSION:{Version}");
        if (playlist.IndependentSegments)
            Line(text, $"#EXT-X-INDEPENDENT-SEGMENTS");
        Write(text, playlist.Stamp);
        foreach (var variant in playlist.Variants)
        {
            text.Append($"#EXT-X-STREAM-INF:BANDWIDTH={variant.Bandwidth}");
            if (variant.AverageBandwidth is { } average)
                text.Append($",AVERAGE-BANDWIDTH={average}");
            if (variant.Codecs is { } codecs)
                text.Append($",CODECS=\"{codecs}\"");
            if (variant.Resolution is { } resolution)
                text.Append($",RESOLUTION={resolution.Width}x{resolution.Height}");
            if (variant.FrameRate is { } rate)
                text.Append($",FRAME-RATE={rate:F3}");
            Line(text, $"\n{variant.Uri}");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>
    /// EXTINF as it is written: to the nearest microsecond, but never so that it rounds to a higher whole second than the
    /// duration itself does, which could lift it over the target duration (RFC 8216bis 4.4.3.1).
    /// </summary>
    public static long Microseconds(TimeSpan duration)
    {
        var nearest = (duration.Ticks + TimeSpan.TicksPerMicrosecond / 2) / TimeSpan.TicksPerMicrosecond;
        var rounded = WholeSeconds(TimeSpan.FromTicks(nearest * TimeSpan.TicksPerMicrosecond));
        return rounded > WholeSeconds(duration) ? nearest - 1 : nearest;
    }

    /// <summary>To the nearest second, half up, as EXTINF is compared with the target duration.</summary>
    public static long WholeSeconds(TimeSpan duration) =>
        (duration.Ticks + TimeSpan.TicksPerSecond / 2) / TimeSpan.TicksPerSecond;

    /// <summary>Numbers come out the same everywhere: the program runs with invariant globalization.</summary>
    private static void Line(
        StringBuilder text,
        [InterpolatedStringHandlerArgument(nameof(text))] ref StringBuilder.AppendInterpolatedStringHandler line
    ) => text.Append(ref line).Append('\n');

    private static void Write(StringBuilder text, Stamp? stamp)
    {
        if (stamp is var (epoch, revision))
            Line(text, $"#SPILLWAY:EPOCH={epoch},REVISION={revision}");
    }

    private static void Write(StringBuilder text, InitializationSectionReference map)
    {
        if (map.Range is { } range)
            Line(text, $"#EXT-X-MAP:URI=\"{map.Uri}\",BYTERANGE=\"{range.Length}@{range.Offset}\"");
        else
            Line(text, $"#EXT-X-MAP:URI=\"{map.Uri}\"");
    }

    private static void Write(StringBuilder text, EncryptionKey? key)
    {
        text.Append($"#EXT-X-KEY:METHOD={key?.Method ?? "NONE"}");
        if (key?.Uri is { } uri)
            text.Append($",URI=\"{uri}\"");
        if (key?.Iv is { } iv)
            text.Append($",IV={iv}");
        text.Append('\n');
    }
}
