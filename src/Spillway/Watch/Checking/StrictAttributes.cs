using System.Text.RegularExpressions;

namespace Spillway.Watch.Checking;

/// <summary>Attribute lists to the letter (RFC 8216bis 4.2).</summary>
internal static partial class StrictAttributes
{
    private static readonly HashSet<string> Quoted =
    [
        .. (
            "URI CODECS SUPPLEMENTAL-CODECS AUDIO VIDEO SUBTITLES GROUP-ID LANGUAGE ASSOC-LANGUAGE NAME INSTREAM-ID CHARACTERISTICS "
            + "CHANNELS KEYFORMAT KEYFORMATVERSIONS ID CLASS CUE START-DATE END-DATE VALUE IMPORT QUERYPARAM DATA-ID STABLE-VARIANT-ID "
            + "STABLE-RENDITION-ID PATHWAY-ID SERVER-URI REQ-VIDEO-LAYOUT BYTERANGE ALLOWED-CPC"
        ).Split(' '),
    ];

    private static readonly HashSet<string> Whole =
    [
        .. (
            "BANDWIDTH AVERAGE-BANDWIDTH PROGRAM-ID LAST-MSN LAST-PART SKIPPED-SEGMENTS BYTERANGE-START BYTERANGE-LENGTH BIT-DEPTH "
            + "SAMPLE-RATE"
        ).Split(' '),
    ];

    private static readonly HashSet<string> Fractions =
    [
        .. ("FRAME-RATE DURATION PLANNED-DURATION HOLD-BACK PART-HOLD-BACK CAN-SKIP-UNTIL PART-TARGET TIME-OFFSET SCORE").Split(
            ' '
        ),
    ];

    private static readonly HashSet<string> YesOrNo =
    [
        .. "DEFAULT AUTOSELECT FORCED PRECISE CAN-BLOCK-RELOAD CAN-SKIP-DATERANGES INDEPENDENT GAP END-ON-NEXT".Split(' '),
    ];

    private static readonly Dictionary<string, string[]> Choices = new()
    {
        ["METHOD"] = ["NONE", "AES-128", "SAMPLE-AES", "SAMPLE-AES-CTR"],
        ["TYPE"] = ["AUDIO", "VIDEO", "SUBTITLES", "CLOSED-CAPTIONS", "PART", "MAP"],
        ["VIDEO-RANGE"] = ["SDR", "HLG", "PQ"],
        ["HDCP-LEVEL"] = ["NONE", "TYPE-0", "TYPE-1"],
    };

    /// <summary>Reads a list; each fault goes to <paramref name="fault"/>, and what could be read is returned, quotes taken off.</summary>
    public static Dictionary<string, string> Read(string list, Action<string> fault)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        var at = 0;
        while (at < list.Length)
        {
            var match = Attribute().Match(list, at);
            if (!match.Success || match.Index != at)
            {
                fault($"'{list[at..]}' is not an attribute");
                break;
            }

            var name = match.Groups["name"].Value;
            var value = match.Groups["value"].Value;
            at += match.Length;
            if (at < list.Length && (list[at++] != ',' || at == list.Length))
            {
                fault($"'{list}' is not separated by commas after {name}");
                break;
            }

            var isQuoted = value[0] == '"';
            if (Wrong(name, isQuoted, value) is { } wrong)
                fault($"{name}={value}: {wrong}");
            if (!attributes.TryAdd(name, isQuoted ? value[1..^1] : value))
                fault($"{name} stands twice");
        }

        return attributes;
    }

    private static string? Wrong(string name, bool isQuoted, string value) =>
        name.StartsWith("X-", StringComparison.Ordinal) ? null
        : name == "CLOSED-CAPTIONS" ? (isQuoted || value == "NONE" ? null : "must be quoted or NONE")
        : Quoted.Contains(name) ? (isQuoted ? null : "must be quoted")
        : isQuoted ? "must not be quoted"
        : Whole.Contains(name) ? (Digits().IsMatch(value) ? null : "must be a whole number")
        : Fractions.Contains(name) ? (Number().IsMatch(value) ? null : "must be a decimal number")
        : YesOrNo.Contains(name) ? (value is "YES" or "NO" ? null : "must be YES or NO")
        : name == "RESOLUTION" ? (Size().IsMatch(value) ? null : "must be a size")
        : name == "IV" ? (Hex().IsMatch(value) ? null : "must be hexadecimal, 128 bits at most")
        : Choices.TryGetValue(name, out var choices) && !choices.Contains(value) ? "is not one of its values"
        : null;

    [GeneratedRegex("""\G(?<name>[A-Z0-9-]+)=(?<value>"[^"\r\n]*"|[^"\s,]+)""", RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Attribute();

    [GeneratedRegex("^[0-9]{1,20}$", RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Digits();

    [GeneratedRegex(@"^-?[0-9]+(?:\.[0-9]+)?$", RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Number();

    [GeneratedRegex("^[1-9][0-9]*x[1-9][0-9]*$", RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Size();

    [GeneratedRegex("^0[xX][0-9A-Fa-f]{1,32}$", RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Hex();
}
