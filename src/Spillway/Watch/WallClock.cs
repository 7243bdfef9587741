using System.Globalization;
using Spillway.Watch.Checking;

namespace Spillway.Watch;

/// <summary>W1 and W2: one live media playlist against the clock on the wall, from the first segment that was seen to come.</summary>
internal sealed class WallClock(string url, Action<Finding> report)
{
    private TimeSpan? _from;
    private long _highest = -1;
    private double _listed;

    /// <summary>Seconds of media listed more (or less) than have passed; null: not known yet.</summary>
    public double? Drift { get; private set; }

    /// <summary>Seconds from the live edge's date to its arrival here, by this machine's clock; null: it has no date.</summary>
    public double? Latency { get; private set; }

    /// <param name="now">Wall time of this machine.</param>
    public void Add(PlaylistText text, Fetch fetch, DateTimeOffset now)
    {
        if (text.Ended || text.Segments.Count == 0 || text.TargetDuration == 0)
            return;
        Age(text, fetch);
        var fresh = text.Segments.Where(segment => segment.Number > _highest).ToList();
        if (fresh.Count == 0)
            return;
        Latency = (now - text.Edge)?.TotalSeconds;
        if (_from is { } from)
        {
            _listed += (double)fresh.Sum(static segment => segment.Seconds);
            Judge(text, _listed - (fetch.ReceivedAt - from).TotalSeconds);
        }
        else if (_highest >= 0)
            // What was there at first says nothing of when it came.
            _from = fetch.ReceivedAt;
        _highest = text.Last;
    }

    private void Judge(PlaylistText text, double drift)
    {
        Drift = drift;
        var off = Math.Abs(drift);
        var targets = off / text.TargetDuration;
        if (targets <= 2 || off < 4)
            return;
        report(
            new(
                "W2",
                targets > 4 ? Severity.Error : Severity.Warning,
                url,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the durations listed run {(drift > 0 ? "ahead of" : "behind")} the clock by more than {Math.Floor(targets):0} target durations"
                )
            )
        );
    }

    private void Age(PlaylistText text, Fetch fetch)
    {
        if (fetch.Headers is null || PollerTally.Age(fetch.Headers) is not { } age || age <= text.TargetDuration)
            return;
        report(
            new(
                "W1",
                age >= 1.5 * text.TargetDuration ? Severity.Error : Severity.Warning,
                url,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"came from a cache that has kept it for more than {(age >= 1.5 * text.TargetDuration ? 1.5 : 1)} target durations (Age)"
                )
            )
        );
    }
}
