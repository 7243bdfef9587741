using System.Text.RegularExpressions;

namespace Spillway.Watch.Checking;

/// <summary>B3 and B9 over a stream's life: numbers and discontinuities go on from broadcast to broadcast, for each rendition.</summary>
internal sealed partial class StreamNumbers(Action<Finding> report)
{
    private readonly Dictionary<string, List<MediaHistory>> _broadcasts = new(StringComparer.Ordinal);

    /// <summary>Broadcasts of a rendition: only neighbours are compared.</summary>
    private const int MostKept = 50;

    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);

    public void Added(MediaHistory history)
    {
        var match = OurUrl().Match(history.Url);
        if (!match.Success)
            return;
        var rendition = $"{match.Groups["stream"].Value} {match.Groups["rendition"].Value}";
        if (!_broadcasts.TryGetValue(rendition, out var broadcasts))
            _broadcasts[rendition] = broadcasts = [];
        if (!broadcasts.Contains(history))
            broadcasts.Add(history);
        if (broadcasts.Count > MostKept)
            broadcasts.RemoveAt(0);
        for (var index = 1; index < broadcasts.Count; index++)
            Compare(broadcasts[index - 1], broadcasts[index]);
    }

    public static bool IsOurs(string playlistUrl) => OurUrl().IsMatch(playlistUrl);

    private void Compare(MediaHistory earlier, MediaHistory later)
    {
        if (earlier.Listings.Count == 0 || later.Listings.Count == 0)
            return;
        var last = earlier.Listings.Values[^1].Segment;
        var first = later.Listings.Values[0].Segment;
        if (first.Number <= last.Number && _reported.Add($"B3 {later.Url}"))
            report(
                new(
                    "B3",
                    Severity.Error,
                    later.Url,
                    $"begins with number {first.Number}; the broadcast before it got to {last.Number}"
                )
            );
        if (first.DiscontinuityNumber < last.DiscontinuityNumber && _reported.Add($"B9 {later.Url}"))
            report(
                new(
                    "B9",
                    Severity.Error,
                    later.Url,
                    $"begins with discontinuity {first.DiscontinuityNumber}; the broadcast before it got to {last.DiscontinuityNumber}"
                )
            );
    }

    /// <summary>Ours: <c>{stream}/{broadcast}/{rendition}/playlist.m3u8</c>.</summary>
    [GeneratedRegex(
        @"^(?<stream>.*?)/?[0-9]{8}T[0-9]{6}Z-[0-9a-z]+/(?<rendition>[^/]+)/playlist\.m3u8$",
        RegexOptions.CultureInvariant,
        10_000
    )]
    private static partial Regex OurUrl();
}
