using System.Globalization;
using System.Text.RegularExpressions;

namespace Spillway.Watch.Checking;

/// <summary>The tags of segments (RFC 8216bis 4.4.4), for <see cref="StrictReader"/>.</summary>
internal sealed partial class SegmentReader
{
    /// <summary>18 digits, as those that are written may have.</summary>
    private const long LastOffset = 1_000_000_000_000_000_000;

    private decimal? _seconds;
    private bool _discontinuity;
    private bool _gap;
    private string? _range;
    private string? _date;
    private string? _map;
    private string? _mapUri;
    private string? _key;

    public bool HasPending => _seconds is not null;

    public void Tag(StrictReader reader, string name, string value)
    {
        switch (name)
        {
            case "EXTINF":
                if (_seconds is not null)
                    reader.Error("A8", "EXTINF after another one without a URI");
                var match = Inf().Match(value);
                if (!match.Success)
                    reader.Error("A8", "not a decimal number that is not negative, and a comma");
                if (match.Groups["part"].Success)
                    reader.Need(3, "decimal EXTINF");
                _seconds = match.Success ? decimal.Parse(match.Groups["seconds"].Value, CultureInfo.InvariantCulture) : 0;
                break;
            case "EXT-X-DISCONTINUITY":
                _discontinuity = true;
                break;
            case "EXT-X-GAP":
                _gap = true;
                break;
            case "EXT-X-BYTERANGE":
                reader.Need(4, name);
                _range = value;
                if (!Range().IsMatch(value))
                {
                    reader.Error("A11", "EXT-X-BYTERANGE is not length[@offset]");
                    _range = null;
                }
                break;
            case "EXT-X-PROGRAM-DATE-TIME":
                _date = value;
                if (!Date().IsMatch(value) || Parse(value) is null)
                    reader.Error("A12", "not ISO 8601 with milliseconds and a zone");
                break;
            case "EXT-X-MAP":
                Map(reader, value);
                break;
            case "EXT-X-KEY":
                Key(reader, value);
                break;
        }
    }

    public ListedSegment Uri(StrictReader reader, string uri, ListedSegment? previous)
    {
        if (_seconds is null)
            reader.Error("A8", "a URI without EXTINF");
        if (_range is not null && !_range.Contains('@', StringComparison.Ordinal))
        {
            if (
                previous?.Uri == uri
                && previous.Range?.Split('@') is [var length, var offset]
                && long.Parse(offset, CultureInfo.InvariantCulture) + long.Parse(length, CultureInfo.InvariantCulture)
                    is >= 0
                        and < LastOffset
                        and var next
            )
                _range = $"{_range}@{next}";
            else
            {
                reader.Error("A11", "EXT-X-BYTERANGE without an offset does not follow a range of the same resource");
                _range = null;
            }
        }

        var segment = new ListedSegment
        {
            Uri = uri,
            Range = _range,
            Seconds = _seconds ?? 0,
            Discontinuity = _discontinuity,
            Gap = _gap,
            Map = _map,
            MapUri = _mapUri,
            Key = _key,
            WrittenDate = _date is null ? null : Parse(_date),
        };
        (_seconds, _discontinuity, _gap, _range, _date) = (null, false, false, null, null);
        return segment;
    }

    /// <summary>Gives each segment its number, its discontinuity number and, where any date is written, its date.</summary>
    public static void Number(PlaylistText text)
    {
        var discontinuities = text.DiscontinuitySequence ?? 0;
        for (var index = 0; index < text.Segments.Count; index++)
        {
            var segment = text.Segments[index];
            discontinuities += segment.Discontinuity ? 1 : 0;
            text.Segments[index] = segment with
            {
                Number = text.First + index,
                DiscontinuityNumber = discontinuities,
                Date = segment.WrittenDate ?? (index > 0 ? text.Segments[index - 1].End : null),
            };
        }

        for (var index = text.Segments.Count - 2; index >= 0; index--)
        {
            var segment = text.Segments[index];
            text.Segments[index] = segment with
            {
                Date = segment.Date ?? ListedSegment.Shift(text.Segments[index + 1].Date, -segment.Length),
            };
        }
    }

    private void Map(StrictReader reader, string value)
    {
        reader.Need(reader.IFramesOnly ? 5 : 6, "EXT-X-MAP");
        var attributes = reader.Attributes(value);
        _mapUri = attributes.GetValueOrDefault("URI");
        if (string.IsNullOrEmpty(_mapUri))
            reader.Error("A11", "EXT-X-MAP without URI");
        var range = attributes.GetValueOrDefault("BYTERANGE");
        if (range is not null && (!Range().IsMatch(range) || !range.Contains('@', StringComparison.Ordinal)))
        {
            reader.Error("A11", "the BYTERANGE of EXT-X-MAP is not length@offset");
            range = null;
        }
        if (
            _key is not null
            && _key.Contains("AES-128", StringComparison.Ordinal)
            && !_key.Contains("IV=", StringComparison.Ordinal)
        )
            reader.Error("A11", "EXT-X-MAP encrypted with AES-128 needs an IV");
        _map = $"{_mapUri} {range}";
    }

    private void Key(StrictReader reader, string value)
    {
        var attributes = reader.Attributes(value);
        var method = attributes.GetValueOrDefault("METHOD");
        if (method is null)
            reader.Error("A11", "EXT-X-KEY without METHOD");
        else if (method == "NONE" && attributes.Count > 1)
            reader.Error("A11", "METHOD=NONE does not stand alone");
        else if (method != "NONE" && !attributes.ContainsKey("URI"))
            reader.Error("A11", "EXT-X-KEY without URI");
        if (attributes.ContainsKey("IV"))
            reader.Need(2, "IV");
        if (method == "SAMPLE-AES" || attributes.ContainsKey("KEYFORMAT") || attributes.ContainsKey("KEYFORMATVERSIONS"))
            reader.Need(5, "KEYFORMAT or SAMPLE-AES");
        _key = method == "NONE" ? null : value;
    }

    private static DateTimeOffset? Parse(string date)
    {
        if (date.Length > 5 && date[^5] is '+' or '-')
            date = date.Insert(date.Length - 2, ":");
        return DateTimeOffset.TryParse(date, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var parsed)
            ? parsed
            : null;
    }

    [GeneratedRegex(@"^(?<seconds>[0-9]{1,9}(?<part>\.[0-9]{1,9})?),", RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Inf();

    [GeneratedRegex("^[1-9][0-9]{0,17}(?:@[0-9]{1,18})?$", RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Range();

    [GeneratedRegex(
        @"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3,7}(?:Z|[+-][0-9]{2}:?[0-9]{2})$",
        RegexOptions.CultureInvariant,
        10_000
    )]
    private static partial Regex Date();
}
