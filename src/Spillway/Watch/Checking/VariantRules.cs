using System.Globalization;

namespace Spillway.Watch.Checking;

/// <summary>A multivariant playlist's own rules (E1, E2, E6, X5) and those across its variants (C5, E7 to E10).</summary>
/// <param name="report">Takes what is found.</param>
/// <param name="excused">How much of a time nothing could be published in.</param>
internal sealed class VariantRules(Action<Finding> report, Func<TimeSpan, TimeSpan, TimeSpan> excused)
{
    /// <summary>Playlists that are named; one that names others all the time must not fill the memory.</summary>
    private const int MostRemembered = 5_000;

    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, string>> _attributes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _behind = new(StringComparer.Ordinal);

    public void Multivariant(PlaylistText text)
    {
        void Error(string rule, string message) => report(new(rule, Severity.Error, text.Url, message));
        if (text.Variants.Count == 0)
            Error("E1", "no variant");
        foreach (var (uri, attributes) in text.Variants)
        {
            var bandwidth = Number(attributes, "BANDWIDTH");
            if (bandwidth is not > 0)
                Error("E1", $"{uri} has no BANDWIDTH above 0");
            if (Number(attributes, "AVERAGE-BANDWIDTH") > bandwidth)
                Error("E1", $"{uri}: AVERAGE-BANDWIDTH is above BANDWIDTH");
            var codecs = attributes.GetValueOrDefault("CODECS");
            var isVideo =
                codecs is null
                || codecs
                    .Split(',')
                    .Any(codec =>
                        codec.Trim()[..Math.Min(4, codec.Trim().Length)]
                            is "avc1"
                                or "avc3"
                                or "hvc1"
                                or "hev1"
                                or "av01"
                                or "vp09"
                                or "dvh1"
                    );
            foreach (
                var name in isVideo
                    ? new[] { "AVERAGE-BANDWIDTH", "CODECS", "RESOLUTION", "FRAME-RATE" }
                    : ["AVERAGE-BANDWIDTH", "CODECS"]
            )
            {
                if (!attributes.ContainsKey(name))
                    Error("E2", $"{uri} has no {name}");
            }

            foreach (var type in new[] { "AUDIO", "VIDEO", "SUBTITLES", "CLOSED-CAPTIONS" })
            {
                if (
                    attributes.TryGetValue(type, out var group)
                    && group != "NONE"
                    && !text.Renditions.Exists(x =>
                        x.GetValueOrDefault("TYPE") == type && x.GetValueOrDefault("GROUP-ID") == group
                    )
                )
                    Error("E6", $"{uri} names the group {group}, which does not exist");
            }

            var absolute = PlaylistChecker.Resolve(text.Url, uri);
            if (
                _attributes.TryGetValue(absolute, out var before)
                && !before.OrderBy(x => x.Key).SequenceEqual(attributes.OrderBy(x => x.Key))
            )
                report(new("X5", Severity.Warning, text.Url, $"the attributes of {uri} changed"));
            if (_attributes.Count >= MostRemembered)
                _attributes.Clear();
            _attributes[absolute] = attributes;
        }

        Renditions(text, Error);
    }

    /// <summary>EXT-X-STREAM-INF's of a media playlist, as last seen; null when none names it.</summary>
    public IReadOnlyDictionary<string, string>? Attributes(string playlistUrl) => _attributes.GetValueOrDefault(playlistUrl);

    /// <param name="variants">The histories of the variants that the multivariant playlist names now.</param>
    /// <param name="added">The one that has a new snapshot.</param>
    public void Across(IReadOnlyList<MediaHistory> variants, MediaHistory added)
    {
        foreach (var other in variants)
        {
            if (other == added || other.Latest is not { Segments.Count: > 0 } || added.Latest is not { Segments.Count: > 0 })
                continue;
            Settings(added, other);
            Discontinuities(added, other);
            Skew(added, other);
            if (other.EndedAt is { } ended && added.EndedAt is null)
            {
                var grace = TimeSpan.FromSeconds(3 * other.Latest.TargetDuration);
                var at = added.LatestFetch!.RequestedAt;
                if (at - ended - excused(ended, at) > grace)
                    Once(
                        "E10",
                        added,
                        other,
                        Severity.Error,
                        $"no EXT-X-ENDLIST {grace.TotalSeconds} s after {other.Url} has it"
                    );
            }
        }
    }

    /// <summary>C5: at one discontinuity number, date and media time differ by the same amount in all variants.</summary>
    public IEnumerable<Finding> Mappings(IEnumerable<PlaylistText> multivariants, Dictionary<string, MediaRules> media)
    {
        foreach (var text in multivariants)
        {
            var variants = text
                .Variants.ConvertAll(variant => PlaylistChecker.Resolve(text.Url, variant.Uri))
                .FindAll(media.ContainsKey);
            foreach (var url in variants.Skip(1))
            {
                foreach (var (discontinuity, offsets) in media[url].Offsets)
                {
                    if (!media[variants[0]].Offsets.TryGetValue(discontinuity, out var others))
                        continue;
                    var off = Math.Abs(Median(offsets) - Median(others));
                    if (off > 0.1)
                        yield return new(
                            "C5",
                            off > 0.5 ? Severity.Error : Severity.Warning,
                            url,
                            $"at discontinuity number {discontinuity} its dates are {off:F3} s off those of {variants[0]}"
                        );
                }
            }
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private void Settings(MediaHistory added, MediaHistory other)
    {
        var (a, b) = (added.Latest!, other.Latest!);
        if (a.TargetDuration != b.TargetDuration)
            Once("E7", added, other, Severity.Error, $"target duration {a.TargetDuration}; {other.Url} has {b.TargetDuration}");
        if (a.Type != b.Type)
            Once("E7", added, other, Severity.Error, $"type '{a.Type}'; {other.Url} has '{b.Type}'");
        if (!Text(a.ServerControl).SequenceEqual(Text(b.ServerControl)))
            Once("E7", added, other, Severity.Error, $"EXT-X-SERVER-CONTROL differs from that of {other.Url}");
        if (a.Segments.Exists(x => x.WrittenDate is not null) != b.Segments.Exists(x => x.WrittenDate is not null))
            Once("C5", added, other, Severity.Error, $"only one of this and {other.Url} has dates");

        static IEnumerable<string> Text(Dictionary<string, string>? control) =>
            (control ?? []).Select(pair => $"{pair.Key}={pair.Value}").Order(StringComparer.Ordinal);
    }

    /// <summary>By date: the middle of a segment, where well inside a segment of the other, has the same discontinuity number.</summary>
    private void Discontinuities(MediaHistory added, MediaHistory other)
    {
        var margin = TimeSpan.FromMilliseconds(250);
        var index = 0;
        var theirs = other.Latest!.Segments;
        foreach (var segment in added.Latest!.Segments)
        {
            var middle = ListedSegment.Shift(segment.Date, segment.Length / 2);
            while (index < theirs.Count && theirs[index].End - middle <= margin)
                index++;
            if (index == theirs.Count)
                return;
            var match = theirs[index];
            if (middle is null || !(middle - match.Date >= margin) || match.DiscontinuityNumber == segment.DiscontinuityNumber)
                continue;
            Once(
                "E8",
                added,
                other,
                Severity.Error,
                $"at {middle:O} the discontinuity number is {segment.DiscontinuityNumber} (number {segment.Number}), "
                    + $"that of {other.Url} is {match.DiscontinuityNumber} (number {match.Number})"
            );
            return;
        }
    }

    /// <summary>The newer answer must not be behind the older one by more than a target duration: that much is certain.</summary>
    private void Skew(MediaHistory added, MediaHistory other)
    {
        if (other.LatestFetch!.ReceivedAt > added.LatestFetch!.RequestedAt || added.Latest!.Ended || other.Latest!.Ended)
            return;
        var target = added.Latest.TargetDuration;
        var edge = (other.Latest.Edge - added.Latest.Edge)?.TotalSeconds ?? 0;
        var start = (other.Latest.Start - added.Latest.Start)?.TotalSeconds ?? 0;
        var behind = Math.Max(edge, start);
        var key = $"{added.Url} {other.Url}";
        if (_behind.Count >= MostRemembered)
            _behind.Clear();
        _behind[key] = behind > 2 * target ? _behind.GetValueOrDefault(key) + 1 : 0;
        if (_behind[key] >= 3)
            Once("E9", added, other, Severity.Error, $"{behind:F1} s behind {other.Url} in three answers");
        else if (behind > target + 0.1)
            Once("E9", added, other, Severity.Warning, $"{behind:F1} s behind {other.Url}");
    }

    private static void Renditions(PlaylistText text, Action<string, string> error)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var rendition in text.Renditions)
        {
            var type = rendition.GetValueOrDefault("TYPE");
            var name = $"{type} {rendition.GetValueOrDefault("GROUP-ID")} {rendition.GetValueOrDefault("NAME")}";
            if (type is null || !rendition.ContainsKey("GROUP-ID") || !rendition.ContainsKey("NAME"))
                error("E6", $"EXT-X-MEDIA {name} lacks TYPE, GROUP-ID or NAME");
            if (!names.Add(name))
                error("E6", $"EXT-X-MEDIA {name} stands twice");
            if (type == "CLOSED-CAPTIONS" && (rendition.ContainsKey("URI") || !rendition.ContainsKey("INSTREAM-ID")))
                error("E6", $"EXT-X-MEDIA {name} must have INSTREAM-ID and no URI");
            if (type == "SUBTITLES" && !rendition.ContainsKey("URI"))
                error("E6", $"EXT-X-MEDIA {name} has no URI");
            if (rendition.GetValueOrDefault("DEFAULT") == "YES" && rendition.GetValueOrDefault("AUTOSELECT") == "NO")
                error("E6", $"EXT-X-MEDIA {name} is the default and not selected");
        }
    }

    /// <summary>A difference stays for many snapshots and shows from both sides: once for each pair.</summary>
    private void Once(string rule, MediaHistory added, MediaHistory other, Severity severity, string message)
    {
        var pair = string.CompareOrdinal(added.Url, other.Url) < 0 ? $"{added.Url} {other.Url}" : $"{other.Url} {added.Url}";
        if (_reported.Count >= MostRemembered)
            _reported.Clear();
        if (_reported.Add($"{rule} {severity} {pair}"))
            report(new(rule, severity, added.Url, message));
    }

    private static long? Number(Dictionary<string, string> attributes, string name) =>
        attributes.TryGetValue(name, out var value) && long.TryParse(value, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
