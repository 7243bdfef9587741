using System.Globalization;

namespace Spillway.Watch.Checking;

/// <summary>
/// E3: a variant's BANDWIDTH against the peak bit rate of its segments, that of any contiguous ones of 0.5 to 1.5 target durations
/// (RFC 8216bis 4.1), and AVERAGE-BANDWIDTH against all of them.
/// </summary>
internal sealed class BandwidthRules(
    string playlistUrl,
    long targetDuration,
    IReadOnlyDictionary<string, string> attributes,
    Action<Finding> report
)
{
    private const double MostPeak = 1.25;
    private const double MostAverage = 1.1;
    private const int EnoughForAverage = 10;

    /// <summary>For the peaks, which are of some that follow each other.</summary>
    private const int MostKept = 500;

    private readonly SortedDictionary<long, (double Seconds, double Bits)> _segments = [];
    private int _count;
    private double _seconds;
    private double _bits;

    public void Add(ListedSegment segment, int bytes)
    {
        if (!_segments.TryAdd(segment.Number, ((double)segment.Seconds, bytes * 8.0)))
            return;
        (_count, _seconds, _bits) = (_count + 1, _seconds + (double)segment.Seconds, _bits + (bytes * 8.0));
        if (_segments.Count > MostKept)
            _segments.Remove(_segments.First().Key);
        if (Number("BANDWIDTH") is { } bandwidth)
        {
            var peak = Math.Max(Peak(segment.Number, -1), Peak(segment.Number, 1));
            if (peak > MostPeak * bandwidth)
                report(
                    new(
                        "E3",
                        Severity.Error,
                        playlistUrl,
                        $"BANDWIDTH is {bandwidth}; at number {segment.Number} the peak is {peak:F0} bit/s"
                    )
                );
        }

        var average = _bits / _seconds;
        if (Number("AVERAGE-BANDWIDTH") is { } declared && _count >= EnoughForAverage && average > MostAverage * declared)
            report(new("E3", Severity.Warning, playlistUrl, $"AVERAGE-BANDWIDTH is {declared}, and more comes"));
    }

    /// <summary>The highest rate of a run that ends or begins at a number.</summary>
    private double Peak(long number, int step)
    {
        var (seconds, bits, peak) = (0.0, 0.0, 0.0);
        for (
            ;
            _segments.TryGetValue(number, out var segment) && seconds + segment.Seconds <= 1.5 * targetDuration;
            number += step
        )
        {
            seconds += segment.Seconds;
            bits += segment.Bits;
            if (seconds >= 0.5 * targetDuration)
                peak = Math.Max(peak, bits / seconds);
        }

        return peak;
    }

    private long? Number(string name) =>
        attributes.TryGetValue(name, out var value) && long.TryParse(value, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
