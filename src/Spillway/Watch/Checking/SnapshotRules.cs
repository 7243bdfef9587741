using System.Globalization;
using System.Text.RegularExpressions;

namespace Spillway.Watch.Checking;

/// <summary>Rules of one snapshot of a media playlist that need its segments: A14, A15, B2, C1, C3, C4, G4, X3, X4.</summary>
internal static partial class SnapshotRules
{
    public static void Check(PlaylistText text, string? startOffset, Action<Finding> report)
    {
        void Error(string rule, string message) => report(new(rule, Severity.Error, text.Url, message));
        void Warning(string rule, string message) => report(new(rule, Severity.Warning, text.Url, message));

        var gaps = new HashSet<string>(StringComparer.Ordinal);
        foreach (var segment in text.Segments)
        {
            if (text.TargetDuration > 0 && decimal.Floor(segment.Seconds + 0.5m) > text.TargetDuration)
                Error("B2", $"number {segment.Number} lasts {segment.Seconds} s; the target duration is {text.TargetDuration} s");
            if (segment.Discontinuity && segment.WrittenDate is null)
                Warning("C4", $"number {segment.Number} has EXT-X-DISCONTINUITY but no date");
            var name = Name().Match(segment.Uri);
            if (segment.Gap && (!name.Groups["gap"].Success || !gaps.Add(segment.Uri)))
                Error(
                    "X3",
                    $"the GAP number {segment.Number} is named '{segment.Uri}', not '{segment.Number}-gap', or like another"
                );
            else if (!segment.Gap && segment.Uri.EndsWith("-gap", StringComparison.Ordinal))
                Error("X3", $"number {segment.Number} is named like a GAP but has no EXT-X-GAP");
            if (
                name.Success
                && !segment.Uri.Contains("slate/", StringComparison.Ordinal)
                && name.Groups["number"].Value != segment.Number.ToString(CultureInfo.InvariantCulture)
            )
                Warning("X4", $"number {segment.Number} is named '{segment.Uri}'");
        }

        if (text.Type != "VOD" && text.Segments.Count > 0 && text.Segments.TrueForAll(segment => segment.WrittenDate is null))
            Error("C1", "no segment has a date");
        Steps(text, Error, Warning);
        DateRanges(text, Error);
        if (startOffset is not null && decimal.TryParse(startOffset, CultureInfo.InvariantCulture, out var offset))
        {
            var fromEnd = offset < 0 ? -offset : text.Duration - offset;
            if (Math.Abs(offset) > text.Duration)
                Error("A15", $"EXT-X-START {offset} lies outside of the playlist's {text.Duration} s");
            else if (!text.Ended && fromEnd < 3 * text.TargetDuration)
                Error("A15", $"EXT-X-START {offset} lies within three target durations of the live end");
        }

        if (text.ServerControl is { } control)
            HoldBack(text, control, Error);
    }

    private static void Steps(PlaylistText text, Action<string, string> error, Action<string, string> warning)
    {
        ListedSegment? dated = null;
        var since = 0m;
        foreach (var segment in text.Segments)
        {
            if (segment is { WrittenDate: { } date, Discontinuity: false } && dated is not null)
            {
                var off = Math.Abs((decimal)(date - dated.WrittenDate!.Value).TotalSeconds - since);
                var message =
                    $"the date of number {segment.Number} is {off} s off the one of {dated.Number} plus {since} s of EXTINF";
                if (off > 1)
                    error("C3", message);
                else if (off > 0.1m)
                    warning("C3", message);
            }

            if (segment.Discontinuity)
                dated = null;
            if (segment.WrittenDate is not null)
                (dated, since) = (segment, 0);
            since += segment.Seconds;
        }
    }

    private static void DateRanges(PlaylistText text, Action<string, string> error)
    {
        var ids = new Dictionary<string, Dictionary<string, string>>(StringComparer.Ordinal);
        foreach (var range in text.DateRanges)
        {
            var id = range.GetValueOrDefault("ID");
            if (string.IsNullOrEmpty(id))
                error("A14", "EXT-X-DATERANGE without ID");
            var start = Date(range.GetValueOrDefault("START-DATE"));
            if (start is null)
                error("A14", $"EXT-X-DATERANGE {id} has no START-DATE that can be read");
            if (range.TryGetValue("END-DATE", out var end) && !(Date(end) >= start))
                error("A14", $"EXT-X-DATERANGE {id} ends before it starts");
            if (range.GetValueOrDefault("DURATION")?.StartsWith('-') == true)
                error("A14", $"EXT-X-DATERANGE {id} has a negative DURATION");
            if (
                range.ContainsKey("END-ON-NEXT")
                && (!range.ContainsKey("CLASS") || range.ContainsKey("DURATION") || range.ContainsKey("END-DATE"))
            )
                error("A14", $"EXT-X-DATERANGE {id}: END-ON-NEXT needs CLASS and neither DURATION nor END-DATE");
            if (id is null || ids.TryAdd(id, range))
                continue;
            if (range.Any(pair => ids[id].TryGetValue(pair.Key, out var other) && other != pair.Value))
                error("A14", $"two EXT-X-DATERANGE {id} contradict each other");
        }
    }

    private static void HoldBack(PlaylistText text, Dictionary<string, string> control, Action<string, string> error)
    {
        decimal? Seconds(string name) =>
            control.TryGetValue(name, out var value) && decimal.TryParse(value, CultureInfo.InvariantCulture, out var seconds)
                ? seconds
                : null;

        if (Seconds("HOLD-BACK") < 3 * text.TargetDuration)
            error("G4", "HOLD-BACK is below three target durations");
        if (Seconds("CAN-SKIP-UNTIL") < 6 * text.TargetDuration)
            error("G4", "CAN-SKIP-UNTIL is below six target durations");
        if (control.ContainsKey("CAN-SKIP-DATERANGES") && !control.ContainsKey("CAN-SKIP-UNTIL"))
            error("G4", "CAN-SKIP-DATERANGES needs CAN-SKIP-UNTIL");
        var part = text.Header.FirstOrDefault(line => line.StartsWith("#EXT-X-PART-INF:PART-TARGET=", StringComparison.Ordinal));
        if (
            part is null
            || !decimal.TryParse(
                part[(part.IndexOf('=', StringComparison.Ordinal) + 1)..],
                CultureInfo.InvariantCulture,
                out var target
            )
        )
            return;
        if (Seconds("PART-HOLD-BACK") is not { } back || back / 2 < target)
            error("G1", "PART-HOLD-BACK is missing or below two parts");
    }

    public static DateTimeOffset? Date(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;

    /// <summary>Our names: <c>{number}-{hash}.ts</c> and <c>{number}-gap</c>, relative or at the end of an address.</summary>
    [GeneratedRegex(@"(?:^|/)(?<number>[0-9]+)-(?:[0-9a-f]{32}\.[a-z0-9]+|(?<gap>gap))$", RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Name();
}
