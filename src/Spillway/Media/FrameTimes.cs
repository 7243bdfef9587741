using System.Runtime.InteropServices;

namespace Spillway.Media;

/// <summary>Presentation times of one track's frames, in units of its own clock, and the cadence they show.</summary>
internal sealed class FrameTimes
{
    /// <summary>A quarter of an hour at 60 frames a second. More would only cost memory: the cadence is known by then.</summary>
    private const int Kept = 1 << 16;

    private readonly List<long> _times = [];

    public long? Earliest { get; private set; }
    public long? Latest { get; private set; }

    public void Add(long time)
    {
        Earliest = Earliest is { } earliest ? Math.Min(earliest, time) : time;
        Latest = Latest is { } latest ? Math.Max(latest, time) : time;
        if (_times.Count < Kept)
            _times.Add(time);
    }

    /// <summary>
    /// Sorted presentation times rather than decoding times: with B-frames, open GOPs and missing DTS alike they are as far apart as
    /// the frames are long.
    /// </summary>
    /// <param name="unitsPerSecond">Of the track's clock; positive.</param>
    /// <param name="declaredRate">What the parameter set claims; believed only if the times agree.</param>
    public Cadence Measure(double unitsPerSecond, double? declaredRate)
    {
        var steps = Steps();
        if (steps.Count == 0)
            return declaredRate is >= 1 and <= 300 ? new Cadence(1 / declaredRate, Round(declaredRate.Value), 0) : default;
        // RTMP carries whole milliseconds: 29.97 becomes steps of 33 and 34 ms, whose average is right and whose median is not. Steps
        // over frames that were lost, or never made, would spoil the average: they are left out.
        var median = steps[steps.Count / 2];
        var usual = steps.FindAll(step => step > median / 2 && step < median + median / 2);
        var step = usual.Count == 0 ? median / unitsPerSecond : usual.Sum(step => (double)step) / usual.Count / unitsPerSecond;
        var doubt = step * 0.005 + 0.001 / steps.Count;
        var rate = declaredRate is > 0 and var declared && Math.Abs(1 / declared - step) <= doubt ? declared : Usual(1 / step);
        return new Cadence(1 / rate, Round(rate), steps[^1] / unitsPerSecond);
    }

    /// <summary>Sorted by length; frames shown at the same time (two fields in two packets) count as one.</summary>
    private List<long> Steps()
    {
        _times.Sort();
        var steps = new List<long>(_times.Count);
        for (var i = 1; i < _times.Count; i++)
            if (_times[i] > _times[i - 1])
                steps.Add(_times[i] - _times[i - 1]);
        CollectionsMarshal.AsSpan(steps).Sort();
        return steps;
    }

    /// <summary>The usual rate nearby, where only the rounding of time stamps can have made the difference: so it does not flicker.</summary>
    private static double Usual(double rate)
    {
        ReadOnlySpan<double> usual = [24000 / 1001.0, 24, 25, 30000 / 1001.0, 30, 48, 50, 60000 / 1001.0, 60];
        foreach (var candidate in usual)
            if (Math.Abs(rate / candidate - 1) < 0.0004)
                return candidate;
        return rate;
    }

    private static double Round(double rate) => Math.Round(rate, 3);
}

/// <summary>How far apart a track's frames are.</summary>
/// <param name="FrameLength">Seconds of one frame; null if there is nothing to tell it by.</param>
/// <param name="FrameRate">Frames a second, to three decimals.</param>
/// <param name="LargestStep">Seconds between the two frames that are farthest apart.</param>
internal readonly record struct Cadence(double? FrameLength, double? FrameRate, double LargestStep)
{
    /// <summary>Seconds. No player plays over such a hole: the time stamps were set anew inside the segment.</summary>
    public const double Jump = 10;
}
