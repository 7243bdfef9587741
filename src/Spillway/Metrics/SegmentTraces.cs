using System.Diagnostics;
using System.Globalization;

namespace Spillway.Metrics;

/// <summary>
/// A rendition's segments on their way: a trace each, from the arrival to the acknowledged playlist that lists it. Any thread.
/// </summary>
internal sealed class SegmentTraces
{
    /// <summary>Beyond it the oldest are let go of: those of a broadcast that never got a playlist.</summary>
    private const int Most = 500;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, Activity> _open = [];

    /// <returns>What the requests to the store belong under; null: nobody takes traces.</returns>
    public Activity? Begin(string stream, string rendition, long number, TimeSpan duration, int bytes)
    {
        if (!Traces.Source.HasListeners())
            return null;
        // A trace of its own, whatever brought it here.
        var around = Activity.Current;
        Activity.Current = null;
        var activity = Traces.Source.StartActivity("segment");
        Activity.Current = around;
        if (activity is null)
            return null;
        activity.SetTag("spillway.stream", stream);
        activity.SetTag("spillway.rendition", rendition);
        activity.SetTag("spillway.segment.number", number);
        activity.SetTag("spillway.segment.duration", duration.TotalSeconds);
        activity.SetTag("spillway.segment.size", bytes);
        lock (_gate)
        {
            _open[number] = activity;
            if (_open.Count > Most)
                _open.Remove(_open.Keys.First());
        }
        return activity;
    }

    public void NoteStored(long number)
    {
        lock (_gate)
            _open.GetValueOrDefault(number)?.AddEvent(new ActivityEvent("stored"));
    }

    /// <summary>It could not be stored, and is listed as a gap.</summary>
    public void NoteGap(long number)
    {
        lock (_gate)
        {
            if (!_open.Remove(number, out var activity))
                return;
            activity.SetStatus(ActivityStatusCode.Error, string.Create(CultureInfo.InvariantCulture, $"{number} is a gap"));
            activity.Dispose();
        }
    }

    /// <summary>The store has a playlist with all numbers before <paramref name="end"/>.</summary>
    public void NoteListed(long end)
    {
        lock (_gate)
        {
            while (_open.Count > 0 && _open.First() is var (number, activity) && number < end)
            {
                _open.Remove(number);
                activity.AddEvent(new ActivityEvent("listed"));
                activity.Dispose();
            }
        }
    }
}
