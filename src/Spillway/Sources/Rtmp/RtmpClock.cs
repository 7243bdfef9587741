namespace Spillway.Sources.Rtmp;

/// <summary>
/// Makes 64-bit times of a publisher's 32-bit milliseconds, across their wraps: 49.7 days, or 24.9 days with encoders that keep
/// the sign bit of FLV clear (ffmpeg does).
/// </summary>
internal sealed class RtmpClock
{
    /// <summary>Longest step that is taken for a wrap at 31 bits: ten minutes.</summary>
    private const int LongestStep = 600_000;

    private const long HalfRange = 1L << 31;

    private long? _last;

    /// <summary>
    /// The nearest 64-bit time that fits: audio a little behind video goes back a little, and a clock that was set back stays set
    /// back, which its reader must tell from a wrap no more.
    /// </summary>
    public long Widen(uint time)
    {
        if (_last is not { } last)
            return time;
        var step = (long)unchecked((int)(time - (uint)last));
        // From 2^31 - 1 to 0 is half the circle: as 32 bits have it, a jump of 24.9 days.
        if (step < LongestStep - HalfRange)
            step += HalfRange;
        else if (step > HalfRange - LongestStep)
            step -= HalfRange;
        return last + step;
    }

    /// <summary>What comes next is near this time. Not for configurations: encoders give them any time, often 0.</summary>
    public void Follow(long time) => _last = time;
}
