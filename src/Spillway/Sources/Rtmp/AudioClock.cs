namespace Spillway.Sources.Rtmp;

/// <summary>
/// Puts audio frames on the grid of their samples: RTMP's whole milliseconds (steps of 21, 22, 21 ms) leave neither gaps nor drift.
/// A time stamp more than 60 ms, and more than three frames, off is a real gap and is followed; one so far back overlaps what was
/// heard, and its frame is dropped. A sound card that runs slowly or fast is followed by a sample a frame, which nobody hears.
/// </summary>
/// <param name="sampleRate">Hertz.</param>
/// <param name="frameLength">Samples in a frame.</param>
internal sealed class AudioClock(int sampleRate, int frameLength)
{
    /// <summary>Over some seconds: the jitter of encoders that stamp by arrival averages out.</summary>
    private const double Smoothing = 1 / 256.0;

    private readonly long _jump = Math.Max(3L * frameLength, sampleRate * 60L / 1000);

    /// <summary>5 ms.</summary>
    private readonly double _lag = sampleRate / 200.0;

    private double _average;
    private bool _overlaps;

    /// <summary>Where the frames placed so far end; null before the first.</summary>
    public long? Next { get; private set; }

    /// <param name="time">Milliseconds.</param>
    /// <returns>The frame's first sample; null: it is to be dropped.</returns>
    public long? Place(long time)
    {
        var stamped = (long)(((Int128)time * sampleRate + 500) / 1000);
        if (Next is not { } expected || stamped - expected > _jump)
            return StartAt(stamped);
        var deviation = stamped - expected;
        if (deviation < -_jump || (_overlaps && deviation < -frameLength / 2))
        {
            _overlaps = true;
            return null;
        }
        if (_overlaps)
            return StartAt(expected);
        _average += (deviation - _average) * Smoothing;
        if (Math.Abs(_average) > _lag)
        {
            expected += Math.Sign(_average);
            _average -= Math.Sign(_average);
        }
        Next = expected + frameLength;
        return expected;
    }

    /// <summary>A frame that the encoder did not send; what it sends for that time later is dropped.</summary>
    /// <returns>The frame's first sample; null before the first frame.</returns>
    public long? Skip() => Next is { } position ? StartAt(position) : null;

    private long StartAt(long position)
    {
        (Next, _average, _overlaps) = (position + frameLength, 0, false);
        return position;
    }
}
