using System.Text;
using static Spillway.Playlists.PlaylistParser;

namespace Spillway.Playlists;

/// <summary>Reads the tags and URIs of a media playlist (RFC 8216bis 4.4.3, 4.4.4) in the order they stand in.</summary>
internal sealed class MediaPlaylistReading(PlaylistLimits limits)
{
    private const int LongestSeconds = 86_400;

    private readonly List<MediaSegment> _segments = [];
    private int? _targetDuration;
    private long _mediaSequence;
    private long? _discontinuitySequence;
    private PlaylistType _type;
    private bool _ended;

    // In force until another replaces them.
    private InitializationSectionReference? _map;
    private EncryptionKey? _key;
    private bool _keyStandsAlone = true;

    // Of the next URI.
    private TimeSpan? _duration;
    private bool _discontinuity;
    private bool _gap;
    private DateTimeOffset? _date;
    private (long Length, long? Offset)? _range;

    public static bool Knows(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("#EXTINF"u8)
        || name.SequenceEqual("#EXT-X-PROGRAM-DATE-TIME"u8)
        || name.SequenceEqual("#EXT-X-BYTERANGE"u8)
        || name.SequenceEqual("#EXT-X-DISCONTINUITY"u8)
        || name.SequenceEqual("#EXT-X-GAP"u8)
        || name.SequenceEqual("#EXT-X-MAP"u8)
        || name.SequenceEqual("#EXT-X-KEY"u8)
        || name.SequenceEqual("#EXT-X-TARGETDURATION"u8)
        || name.SequenceEqual("#EXT-X-MEDIA-SEQUENCE"u8)
        || name.SequenceEqual("#EXT-X-DISCONTINUITY-SEQUENCE"u8)
        || name.SequenceEqual("#EXT-X-PLAYLIST-TYPE"u8)
        || name.SequenceEqual("#EXT-X-ENDLIST"u8)
        || name.SequenceEqual("#EXT-X-I-FRAMES-ONLY"u8)
        || name.SequenceEqual("#EXT-X-SKIP"u8);

    /// <summary>A URI cut short lacks the end of its extension; one with the extension of the others, or a usual one, is whole.</summary>
    public bool EndsLikeTheOthers(ReadOnlySpan<byte> uri)
    {
        var extension = uri[(uri.LastIndexOf((byte)'.') + 1)..];
        if (extension.SequenceEqual("ts"u8) || extension.SequenceEqual("m4s"u8) || extension.SequenceEqual("m3u8"u8))
            return true;
        return _segments.Count > 0
            && extension.Length < uri.Length
            && extension.Length is > 0 and <= 5
            && _segments[^1].Uri.EndsWith($".{Encoding.UTF8.GetString(extension)}", StringComparison.Ordinal);
    }

    public string? Tag(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.SequenceEqual("#EXTINF"u8))
            return Inf(value);
        if (name.SequenceEqual("#EXT-X-PROGRAM-DATE-TIME"u8))
        {
            // A date that cannot be read costs nothing: ours are made anew. It must not cost the segment.
            _date = PlaylistDate.Parse(value);
            return null;
        }

        if (name.SequenceEqual("#EXT-X-BYTERANGE"u8))
        {
            _range = PlaylistNumbers.Range(value);
            return _range is null ? $"EXT-X-BYTERANGE: {Quote(value)} is not length[@offset]." : null;
        }

        if (name.SequenceEqual("#EXT-X-DISCONTINUITY"u8))
            _discontinuity = true;
        else if (name.SequenceEqual("#EXT-X-GAP"u8))
            _gap = true;
        else if (name.SequenceEqual("#EXT-X-ENDLIST"u8))
            _ended = true;
        else if (name.SequenceEqual("#EXT-X-MAP"u8))
            return Map(value);
        else if (name.SequenceEqual("#EXT-X-KEY"u8))
            return Key(value);
        else
            return Header(name, value);
        return null;
    }

    public string? Uri(ReadOnlySpan<byte> line)
    {
        if (_duration is not { } duration)
            return $"the URI {QuoteUri(line)} has no EXTINF before it.";
        if (_segments.Count == limits.MaxSegments)
            return $"more than {limits.MaxSegments} segments are listed.";
        var uri = Encoding.UTF8.GetString(line);
        ByteRange? range = null;
        if (_range is var (length, offset))
        {
            // RFC 8216bis 4.4.4.2: without an offset it begins where the previous range of the same resource ends.
            offset ??=
                _segments.Count > 0 && _segments[^1] is { Range: { } previous } segment && segment.Uri == uri
                    ? previous.Offset + previous.Length
                    : null;
            if (offset is not { } start)
                return "EXT-X-BYTERANGE has no offset and no range of the same resource stands before it.";
            if (start > long.MaxValue - length)
                return "EXT-X-BYTERANGE is beyond any file.";
            range = new(start, length);
        }

        _segments.Add(
            new()
            {
                Uri = uri,
                Duration = duration,
                Discontinuity = _discontinuity,
                Gap = _gap,
                ProgramDateTime = _date,
                Map = _map,
                Range = range,
                Key = _key,
            }
        );
        (_duration, _discontinuity, _gap, _date, _range) = (null, false, false, null, null);
        _keyStandsAlone = true;
        return null;
    }

    public (MediaPlaylist? Playlist, string? Error) Finish()
    {
        if (_targetDuration is not { } targetDuration)
            return (null, "The playlist has no EXT-X-TARGETDURATION: it is torn or not an HLS media playlist.");
        if (_duration is not null)
            return (null, "The playlist is torn: its last EXTINF has no URI.");
        var playlist = new MediaPlaylist
        {
            TargetDuration = targetDuration,
            MediaSequence = _mediaSequence,
            DiscontinuitySequence = _discontinuitySequence,
            Type = _type,
            Ended = _ended,
            Segments = _segments,
        };
        return (playlist, null);
    }

    private string? Inf(ReadOnlySpan<byte> value)
    {
        var comma = value.IndexOf((byte)',');
        var number = (comma < 0 ? value : value[..comma]).Trim(" \t"u8);
        if (!PlaylistNumbers.TryDecimal(number, out var seconds))
            return $"EXTINF: {Quote(number)} is not a number of seconds.";
        if (seconds > LongestSeconds)
            return $"EXTINF: {Quote(number)} is longer than a day.";
        if (_duration is not null)
            return "EXTINF follows another one that has no URI.";
        _duration = PlaylistNumbers.Seconds(seconds);
        return null;
    }

    private string? Map(ReadOnlySpan<byte> list)
    {
        if (AttributeList.Fault(list) is { } fault)
            return $"EXT-X-MAP: {fault}";
        if (!AttributeList.TryGet(list, "URI"u8, out var uri) || uri.IsEmpty)
            return "EXT-X-MAP has no URI.";
        ByteRange? range = null;
        if (AttributeList.TryGet(list, "BYTERANGE"u8, out var value))
        {
            if (PlaylistNumbers.Range(value) is not var (length, offset) || (offset ?? 0) > long.MaxValue - length)
                return $"EXT-X-MAP: BYTERANGE {Quote(value)} is not length@offset.";
            range = new(offset ?? 0, length);
        }

        _map = new(Encoding.UTF8.GetString(uri), range, _key);
        _keyStandsAlone = true;
        return null;
    }

    private string? Key(ReadOnlySpan<byte> list)
    {
        if (AttributeList.Fault(list) is { } fault)
            return $"EXT-X-KEY: {fault}";
        if (!AttributeList.TryGet(list, "METHOD"u8, out var method) || method.IsEmpty)
            return "EXT-X-KEY has no METHOD.";
        if (method.SequenceEqual("NONE"u8))
        {
            (_key, _keyStandsAlone) = (null, true);
            return null;
        }

        // Several keys may stand for the same segments, one for each key format; ours is the one that is a plain file.
        var isPlain = !AttributeList.TryGet(list, "KEYFORMAT"u8, out var format) || format.SequenceEqual("identity"u8);
        if (!isPlain && _key is not null && !_keyStandsAlone)
            return null;
        _keyStandsAlone = false;
        _key = new(
            Encoding.UTF8.GetString(method),
            AttributeList.TryGet(list, "URI"u8, out var uri) ? Encoding.UTF8.GetString(uri) : null,
            AttributeList.TryGet(list, "IV"u8, out var iv) ? Encoding.UTF8.GetString(iv) : null,
            isPlain ? null : Encoding.UTF8.GetString(format)
        );
        return null;
    }

    private string? Header(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.SequenceEqual("#EXT-X-I-FRAMES-ONLY"u8))
            return "this is a playlist of I-frames only, which is not followed.";
        if (name.SequenceEqual("#EXT-X-SKIP"u8))
            return "EXT-X-SKIP: a part of the playlist was left out though nobody asked for that.";
        if (name.SequenceEqual("#EXT-X-PLAYLIST-TYPE"u8))
        {
            _type =
                value.SequenceEqual("EVENT"u8) ? PlaylistType.Event
                : value.SequenceEqual("VOD"u8) ? PlaylistType.Vod
                : PlaylistType.Live;
            return null;
        }

        if (name.SequenceEqual("#EXT-X-TARGETDURATION"u8))
        {
            // Some write decimals; what counts is that no segment is longer.
            if (!PlaylistNumbers.TryDecimal(value, out var seconds) || seconds > LongestSeconds)
                return $"EXT-X-TARGETDURATION: {Quote(value)} is not a number of seconds up to a day.";
            _targetDuration = (int)Math.Ceiling(seconds);
            return null;
        }

        if (!PlaylistNumbers.TryInteger(value, out var number))
            return $"{Encoding.UTF8.GetString(name[1..])}: {Quote(value)} is not a whole number.";
        if (name.SequenceEqual("#EXT-X-MEDIA-SEQUENCE"u8))
            _mediaSequence = number;
        else
            _discontinuitySequence = number;
        return null;
    }
}
