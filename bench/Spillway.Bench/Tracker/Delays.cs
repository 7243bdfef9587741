namespace Spillway.Bench.Tracker;

/// <summary>Counts durations, from 1 µs to a minute, each to 2 % or better.</summary>
internal sealed class Delays
{
    private const int PerDoubling = 64;
    private readonly long[] _counts = new long[26 * PerDoubling];

    public void Add(TimeSpan delay)
    {
        var bucket = (int)(PerDoubling * Math.Log2(Math.Max(1, delay.TotalMicroseconds)));
        Interlocked.Increment(ref _counts[Math.Min(bucket, _counts.Length - 1)]);
    }

    public void Clear() => Array.Clear(_counts);

    /// <returns>Milliseconds; 0 without any.</returns>
    public double Percentile(double share)
    {
        var wanted = share * _counts.Sum();
        for (var i = 0; i < _counts.Length; i++)
        {
            wanted -= _counts[i];
            if (wanted <= 0 && _counts[i] > 0)
                return Math.Pow(2, (i + 0.5) / PerDoubling) / 1000;
        }
        return 0;
    }
}
