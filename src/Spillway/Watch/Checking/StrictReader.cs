using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Spillway.Watch.Checking;

/// <summary>
/// Reads a playlist to the letter and reports every breach of the rules of text (A). It shares nothing with the product's
/// reader: a fault that both had would hide itself.
/// </summary>
internal sealed partial class StrictReader(string url, Action<Finding> report)
{
    private const string MediaTags =
        "EXTINF EXT-X-BYTERANGE EXT-X-DISCONTINUITY EXT-X-KEY EXT-X-MAP EXT-X-PROGRAM-DATE-TIME EXT-X-GAP EXT-X-BITRATE EXT-X-PART "
        + "EXT-X-TARGETDURATION EXT-X-MEDIA-SEQUENCE EXT-X-DISCONTINUITY-SEQUENCE EXT-X-ENDLIST EXT-X-PLAYLIST-TYPE "
        + "EXT-X-I-FRAMES-ONLY EXT-X-PART-INF EXT-X-SERVER-CONTROL EXT-X-DATERANGE EXT-X-SKIP EXT-X-PRELOAD-HINT "
        + "EXT-X-RENDITION-REPORT";

    private static readonly HashSet<string> OfMedia = [.. MediaTags.Split(' ')];

    private static readonly HashSet<string> OfMultivariant =
    [
        .. "EXT-X-MEDIA EXT-X-STREAM-INF EXT-X-I-FRAME-STREAM-INF EXT-X-SESSION-DATA EXT-X-SESSION-KEY EXT-X-CONTENT-STEERING".Split(
            ' '
        ),
    ];

    private static readonly HashSet<string> OfBoth =
    [
        .. "EXTM3U EXT-X-VERSION EXT-X-INDEPENDENT-SEGMENTS EXT-X-START EXT-X-DEFINE".Split(' '),
    ];

    private static readonly HashSet<string> Once =
    [
        .. (
            "EXTM3U EXT-X-VERSION EXT-X-INDEPENDENT-SEGMENTS EXT-X-START EXT-X-TARGETDURATION EXT-X-MEDIA-SEQUENCE "
            + "EXT-X-DISCONTINUITY-SEQUENCE EXT-X-ENDLIST EXT-X-PLAYLIST-TYPE EXT-X-I-FRAMES-ONLY EXT-X-PART-INF EXT-X-SERVER-CONTROL "
            + "EXT-X-SKIP EXT-X-CONTENT-STEERING"
        ).Split(' '),
    ];

    private static readonly HashSet<string> HeaderTags =
    [
        .. (
            "EXT-X-VERSION EXT-X-INDEPENDENT-SEGMENTS EXT-X-START EXT-X-DEFINE EXT-X-I-FRAMES-ONLY EXT-X-PART-INF EXT-X-SERVER-CONTROL"
        ).Split(' '),
    ];

    /// <summary>Seconds.</summary>
    private const long LongestTarget = 86_400;

    /// <summary>Of a multivariant playlist; each is compared with others.</summary>
    private const int MostVariants = 1_000;

    private readonly PlaylistText _text = new() { Url = url };
    private readonly Dictionary<string, int> _seen = new(StringComparer.Ordinal);
    private readonly SegmentReader _segments = new();
    private Dictionary<string, string>? _streamInf;
    private (int Version, string Why) _needed = (1, "");
    private string _line = "";
    private int _number;
    private bool _isMixed;

    public PlaylistText Read(byte[] body)
    {
        var lines = Lines(body);
        if (lines.Count == 0 || lines[0] != "#EXTM3U")
            Error("A1", $"the first line is '{(lines.Count > 0 ? lines[0] : "")}'");
        foreach (var line in lines)
        {
            _number++;
            _line = line;
            if (line.Length > 0 && (char.IsWhiteSpace(line[0]) || char.IsWhiteSpace(line[^1])))
                Error("A3", "stray whitespace");
            if (line.StartsWith("#EXT", StringComparison.Ordinal))
                Tag(line);
            else if (line.Length > 0 && line[0] != '#')
                Uri(line);
        }

        Finish();
        return _text;
    }

    private List<string> Lines(byte[] body)
    {
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(body);
        }
        catch (DecoderFallbackException)
        {
            Error("A2", "not UTF-8");
            text = Encoding.Latin1.GetString(body);
        }

        if (text.StartsWith('\uFEFF'))
        {
            Error("A2", "begins with a byte order mark");
            text = text[1..];
        }

        if (text.Any(c => char.IsControl(c) && c is not ('\r' or '\n')))
            Error("A2", "holds control characters");
        // IsNormalized() says yes to everything where globalization is invariant; a combining mark is the sign that can be seen.
        if (text.Any(c => CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark))
            Error("A2", "holds combining marks: not in Unicode normalization form C");
        if (!text.EndsWith('\n'))
            Error("A13", "the last line has no end: a part of the text is missing");
        var lines = text.Split('\n');
        var clean = lines.Select(line => line.EndsWith('\r') ? line[..^1] : line).ToList();
        if (clean.Exists(line => line.Contains('\r', StringComparison.Ordinal)))
            Error("A3", "holds CR without LF");
        if (clean[^1].Length == 0)
            clean.RemoveAt(clean.Count - 1);
        return clean;
    }

    private void Tag(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? line[1..] : line[1..colon];
        var value = colon < 0 ? "" : line[(colon + 1)..];
        if (!OfMedia.Contains(name) && !OfMultivariant.Contains(name) && !OfBoth.Contains(name))
            Warning("X2", $"unknown tag {name}");
        _seen[name] = _seen.GetValueOrDefault(name) + 1;
        if (_seen[name] == 2 && Once.Contains(name))
            Error("A4", $"{name} stands more than once");
        if (HeaderTags.Contains(name))
            _text.Header.Add(line);
        _text.IsMultivariant |= OfMultivariant.Contains(name);
        if (!_isMixed && (_isMixed = _seen.Keys.Any(OfMedia.Contains) && _seen.Keys.Any(OfMultivariant.Contains)))
            Error("A6", $"{name}: tags of media and multivariant playlists are mixed");

        switch (name)
        {
            case "EXT-X-VERSION":
                _text.Version = (int)Whole("A4", name, value);
                break;
            case "EXT-X-TARGETDURATION":
                _text.TargetDuration = Whole("A7", name, value);
                if (_text.TargetDuration > LongestTarget)
                {
                    Error("A7", $"{name} is longer than a day");
                    _text.TargetDuration = LongestTarget;
                }
                break;
            case "EXT-X-MEDIA-SEQUENCE":
                _text.MediaSequence = Whole("A9", name, value);
                if (_text.Segments.Count > 0)
                    Error("A9", $"{name} stands after a segment");
                break;
            case "EXT-X-DISCONTINUITY-SEQUENCE":
                _text.DiscontinuitySequence = Whole("A9", name, value);
                if (_text.Segments.Count > 0 || _seen.ContainsKey("EXT-X-DISCONTINUITY"))
                    Error("A9", $"{name} stands after a segment or an EXT-X-DISCONTINUITY");
                break;
            case "EXT-X-PLAYLIST-TYPE":
                _text.Type = value;
                if (value is not ("EVENT" or "VOD"))
                    Error("B7", $"{name} is '{value}'");
                break;
            case "EXT-X-ENDLIST":
                _text.Ended = true;
                break;
            case "EXT-X-PRELOAD-HINT":
                _text.HasPreloadHint = true;
                break;
            case "EXT-X-I-FRAMES-ONLY":
                Need(4, name);
                break;
            case "EXT-X-DEFINE":
                Need(Attributes(value).ContainsKey("QUERYPARAM") ? 11 : 8, name);
                break;
            case "EXT-X-SKIP":
                Need(Attributes(value).ContainsKey("RECENTLY-REMOVED-DATERANGES") ? 10 : 9, name);
                break;
            case "EXT-X-START":
                StartOffset = Attributes(value).GetValueOrDefault("TIME-OFFSET");
                if (StartOffset is null)
                    Error("A15", "EXT-X-START has no TIME-OFFSET");
                break;
            case "EXT-X-SERVER-CONTROL":
                _text.ServerControl = Attributes(value);
                break;
            case "EXT-X-DATERANGE":
                _text.DateRanges.Add(Attributes(value));
                break;
            case "EXT-X-MEDIA":
                Rendition(Attributes(value));
                break;
            case "EXT-X-STREAM-INF":
                if (_streamInf is not null)
                    Error("E1", "EXT-X-STREAM-INF without a URI");
                _streamInf = Attributes(value);
                if (_streamInf.Keys.Any(key => key.StartsWith("REQ-", StringComparison.Ordinal)))
                    Need(12, "REQ-");
                break;
            default:
                if (OfMedia.Contains(name))
                    _segments.Tag(this, name, value);
                break;
        }
    }

    private string? StartOffset { get; set; }

    private void Rendition(Dictionary<string, string> attributes)
    {
        if (_text.Renditions.Count < MostVariants)
            _text.Renditions.Add(attributes);
        if (attributes.GetValueOrDefault("INSTREAM-ID")?.StartsWith("SERVICE", StringComparison.Ordinal) == true)
            Need(7, "INSTREAM-ID SERVICE");
    }

    private void Uri(string line)
    {
        if (line.Contains(' ', StringComparison.Ordinal))
            Error("A3", "whitespace in a URI");
        if (_streamInf is not null)
        {
            if (_text.Variants.Count < MostVariants)
                _text.Variants.Add(new(line, _streamInf));
            _streamInf = null;
        }
        else if (_text.IsMultivariant)
            Error("E1", "a URI without EXT-X-STREAM-INF");
        else
            _text.Segments.Add(_segments.Uri(this, line, _text.Segments.Count > 0 ? _text.Segments[^1] : null));
    }

    private void Finish()
    {
        _line = "";
        _number = 0;
        if (_segments.HasPending)
            Error("A13", "the last EXTINF has no URI: a part of the text is missing");
        if (_streamInf is not null)
            Error("A13", "the last EXT-X-STREAM-INF has no URI: a part of the text is missing");
        if (_needed.Version > _text.Version)
            Error("A5", $"{_needed.Why} needs version {_needed.Version}, not {_text.Version}");
        if (_text.IsMultivariant)
            return;
        if (_text.TargetDuration < 1)
            Error("A7", "EXT-X-TARGETDURATION is missing or below 1");
        SegmentReader.Number(_text);
        SnapshotRules.Check(_text, StartOffset, report);
    }

    internal long Whole(string rule, string name, string value)
    {
        if (value.Length is > 0 and < 19 && value.All(char.IsAsciiDigit))
            return long.Parse(value, CultureInfo.InvariantCulture);
        Error(rule, $"{name} is '{value}', not a whole number");
        return 0;
    }

    internal Dictionary<string, string> Attributes(string list)
    {
        if (list.Length == 0)
            Error("A10", "an empty attribute list");
        return StrictAttributes.Read(list, fault => Error("A10", fault));
    }

    internal void Need(int version, string why)
    {
        if (version > _needed.Version)
            _needed = (version, why);
    }

    internal bool IFramesOnly => _seen.ContainsKey("EXT-X-I-FRAMES-ONLY");

    internal void Error(string rule, string message) => Report(rule, Severity.Error, message);

    internal void Warning(string rule, string message) => Report(rule, Severity.Warning, message);

    private void Report(string rule, Severity severity, string message) =>
        report(
            new(
                rule,
                severity,
                url,
                _number == 0 ? message : $"line {_number}: {message}: {(_line.Length > 200 ? _line[..200] : _line)}"
            )
        );
}
