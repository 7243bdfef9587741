using System.Text;
using System.Text.Unicode;
using static Spillway.Playlists.PlaylistParser;

namespace Spillway.Playlists;

/// <summary>The state of reading one playlist line by line: tells its kind, and hands each line to that kind's reading.</summary>
internal sealed class PlaylistReading(PlaylistLimits limits)
{
    private const string Mixed = "tags of media playlists and of multivariant playlists are mixed.";

    private readonly MediaPlaylistReading _media = new(limits);
    private readonly List<Variant> _variants = [];
    private bool _begun;
    private bool _isMedia;
    private bool _isMultivariant;
    private bool _independentSegments;
    private Stamp? _stamp;
    private Variant? _variant;

    /// <summary>Whether a last line without a line end can be taken for whole: nothing longer could have been meant.</summary>
    public bool IsWhole(ReadOnlySpan<byte> line)
    {
        if (line.SequenceEqual("#EXT-X-ENDLIST"u8))
            return true;
        if (!_begun)
            return !"#EXTM3U"u8.StartsWith(line);
        if (line[0] == '#')
            return !line.StartsWith("#EXT"u8) && !"#EXT"u8.StartsWith(line);
        return _media.EndsLikeTheOthers(line);
    }

    /// <summary>Takes one line, trimmed and not empty.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    public string? Line(ReadOnlySpan<byte> line)
    {
        if (!_begun)
        {
            _begun = line.SequenceEqual("#EXTM3U"u8);
            return _begun ? null
                // What answers instead of a source may repeat what it was asked, password and token included.
                : line[0] == '<' ? $"this is HTML or XML, not a playlist: it begins with {Quote(FirstWord(line))}."
                : line[0] == '#' ? $"a playlist begins with #EXTM3U, not with {Quote(FirstWord(line))}."
                : "a playlist begins with #EXTM3U, and this does not.";
        }

        if (line[0] != '#')
            return Long(line) ?? Uri(line);
        var colon = line.IndexOf((byte)':');
        var name = colon < 0 ? line : line[..colon];
        var value = colon < 0 ? default : line[(colon + 1)..].Trim(" \t"u8);
        return name.StartsWith("#EXT"u8) ? Tag(name, value) : Comment(name, value);
    }

    public PlaylistParse Finish()
    {
        if (_isMultivariant)
        {
            if (_variant is not null)
                return Failed("The playlist is torn: its last EXT-X-STREAM-INF has no URI.");
            if (_variants.Count == 0)
                return Failed("The multivariant playlist names no variant, or is torn.");
            var multivariant = new MultivariantPlaylist
            {
                IndependentSegments = _independentSegments,
                Variants = _variants,
                Stamp = _stamp,
            };
            return new(null, multivariant, null);
        }

        var (media, error) = _media.Finish();
        return media is null
            ? Failed(error!)
            : new(media with { IndependentSegments = _independentSegments, Stamp = _stamp }, null, null);
    }

    private string? Long(ReadOnlySpan<byte> line) =>
        line.Length > limits.MaxLineBytes ? $"has {line.Length} bytes; at most {limits.MaxLineBytes} are read." : null;

    private string? Uri(ReadOnlySpan<byte> line)
    {
        if (!Utf8.IsValid(line))
            return $"the URI {QuoteUri(line)} is not UTF-8.";
        if (line.ContainsAnyInRange((byte)1, (byte)31))
            return $"the URI {QuoteUri(line)} holds control characters.";
        if (!_isMultivariant)
            return _media.Uri(line);
        if (_variant is null)
            return $"the URI {QuoteUri(line)} has no EXT-X-STREAM-INF before it.";
        if (_variants.Count == limits.MaxSegments)
            return $"more than {limits.MaxSegments} variants are listed.";
        _variants.Add(_variant with { Uri = Encoding.UTF8.GetString(line) });
        _variant = null;
        return null;
    }

    private static ReadOnlySpan<byte> FirstWord(ReadOnlySpan<byte> line)
    {
        var end = line.IndexOfAny(" \t>?"u8);
        return end < 0 ? line : line[..end];
    }

    private string? Comment(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (
            name.SequenceEqual("#SPILLWAY"u8)
            && AttributeList.TryGet(value, "EPOCH"u8, out var epoch)
            && AttributeList.TryGet(value, "REVISION"u8, out var revision)
            && PlaylistNumbers.TryInteger(epoch, out var parsedEpoch)
            && PlaylistNumbers.TryInteger(revision, out var parsedRevision)
        )
            _stamp = new(parsedEpoch, parsedRevision);
        return null;
    }

    private string? Tag(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.SequenceEqual("#EXT-X-INDEPENDENT-SEGMENTS"u8))
        {
            _independentSegments = true;
            return null;
        }

        if (name.SequenceEqual("#EXT-X-DEFINE"u8))
            return "EXT-X-DEFINE (variables in playlists) is not supported.";
        if (IsOfMultivariant(name))
        {
            _isMultivariant = true;
            if (_isMedia)
                return Mixed;
            return name.SequenceEqual("#EXT-X-STREAM-INF"u8) ? Long(value) ?? StreamInf(value) : null;
        }

        if (!MediaPlaylistReading.Knows(name))
            return null;
        _isMedia = true;
        return _isMultivariant ? Mixed : Long(value) ?? _media.Tag(name, value);
    }

    private static bool IsOfMultivariant(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("#EXT-X-STREAM-INF"u8)
        || name.SequenceEqual("#EXT-X-MEDIA"u8)
        || name.SequenceEqual("#EXT-X-I-FRAME-STREAM-INF"u8)
        || name.SequenceEqual("#EXT-X-SESSION-DATA"u8)
        || name.SequenceEqual("#EXT-X-SESSION-KEY"u8)
        || name.SequenceEqual("#EXT-X-CONTENT-STEERING"u8);

    private string? StreamInf(ReadOnlySpan<byte> list)
    {
        if (_variant is not null)
            return "EXT-X-STREAM-INF follows another one that has no URI.";
        if (AttributeList.Fault(list) is { } fault)
            return $"EXT-X-STREAM-INF: {fault}";
        if (!AttributeList.TryGet(list, "BANDWIDTH"u8, out var value) || !PlaylistNumbers.TryInteger(value, out var bandwidth))
            return "EXT-X-STREAM-INF has no BANDWIDTH that is a whole number.";
        _variant = new()
        {
            Uri = "",
            Bandwidth = bandwidth,
            AverageBandwidth =
                AttributeList.TryGet(list, "AVERAGE-BANDWIDTH"u8, out value) && PlaylistNumbers.TryInteger(value, out var average)
                    ? average
                    : null,
            Codecs = AttributeList.TryGet(list, "CODECS"u8, out value) && !value.IsEmpty ? Encoding.UTF8.GetString(value) : null,
            Resolution = AttributeList.TryGet(list, "RESOLUTION"u8, out value) ? PlaylistNumbers.Resolution(value) : null,
            FrameRate =
                AttributeList.TryGet(list, "FRAME-RATE"u8, out value) && PlaylistNumbers.TryDecimal(value, out var rate)
                    ? rate
                    : null,
        };
        return null;
    }
}
