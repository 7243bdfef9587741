namespace Spillway.Streams;

/// <summary>
/// The peak segment bit rate of one rendition as RFC 8216bis 4.1 has it: the highest rate of any run of neighbouring segments
/// that lasts between 0.5 and 1.5 target durations. Pure; fed in the order of the numbers.
/// </summary>
/// <param name="targetDuration">Of the broadcast.</param>
internal sealed class PeakBitRate(TimeSpan targetDuration)
{
    private readonly List<(long Number, long Bytes, TimeSpan Duration)> _last = [];

    /// <summary>Bits per second; 0 before there was a run that is long enough.</summary>
    public long Highest { get; private set; }

    /// <param name="number">Its media sequence number: where one is missing in between, a run ends.</param>
    /// <param name="bytes">Of the segment.</param>
    /// <param name="duration">EXTINF.</param>
    /// <returns>The highest rate has risen.</returns>
    public bool Add(long number, long bytes, TimeSpan duration)
    {
        if (_last.Count > 0 && _last[^1].Number + 1 != number)
            _last.Clear();
        _last.Add((number, bytes, duration));
        var before = Highest;
        var (sum, time) = (0L, TimeSpan.Zero);
        var first = _last.Count;
        while (first > 0 && time + _last[first - 1].Duration <= 1.5 * targetDuration)
        {
            first--;
            sum += _last[first].Bytes;
            time += _last[first].Duration;
            if (time >= 0.5 * targetDuration && time > TimeSpan.Zero)
                Highest = Math.Max(Highest, (long)(sum * 8 / time.TotalSeconds));
        }
        // What lies before can be part of no run that is yet to come.
        _last.RemoveRange(0, first);
        return Highest > before;
    }
}
