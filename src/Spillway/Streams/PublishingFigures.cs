using Spillway.Storage;

namespace Spillway.Streams;

/// <summary>
/// What publishing costs in time: from the answer of the last upload that a playlist waited for to the sending of that
/// playlist. What passes because of the one write a second a key is not in it, and counted apart. Any thread.
/// </summary>
internal sealed class PublishingFigures(TimeProvider time)
{
    /// <summary>Quantiles are those of the last so many.</summary>
    private const int Kept = 1024;

    private readonly Lock _gate = new();
    private readonly double[] _last = new double[Kept];
    private long _count;
    private long _spaced;

    /// <summary>Is told what each publication cost. Null: nobody wants to know.</summary>
    public Action<TimeSpan>? Measured { get; set; }

    /// <summary>Publications that had to wait for the one write a second a key.</summary>
    public long Spaced
    {
        get
        {
            lock (_gate)
                return _spaced;
        }
    }

    /// <summary>An answer of the store that lets something be listed.</summary>
    /// <param name="answeredAt">Time stamp, by the same clock.</param>
    public Passage Begin(long answeredAt) => new(this, answeredAt);

    public PublishingReport Report()
    {
        double[] sorted;
        lock (_gate)
        {
            sorted = _last[..(int)Math.Min(_count, Kept)];
            Array.Sort(sorted);
            return new PublishingReport(_count, Quantile(0.5), Quantile(0.99), _spaced);
        }

        double? Quantile(double share) =>
            sorted.Length == 0 ? null : Math.Round(sorted[(int)Math.Ceiling(share * sorted.Length) - 1], 2);
    }

    private void Note(long answeredAt, long lastPut)
    {
        var since = time.GetElapsedTime(answeredAt);
        var sinceFree = lastPut == long.MinValue ? TimeSpan.MaxValue : time.GetElapsedTime(lastPut) - MutableObject.Spacing;
        var isSpaced = sinceFree < since;
        var cost = isSpaced ? sinceFree : since;
        if (cost < TimeSpan.Zero)
            cost = TimeSpan.Zero;
        lock (_gate)
        {
            _last[_count++ % Kept] = cost.TotalMilliseconds;
            if (isSpaced)
                _spaced++;
        }
        Measured?.Invoke(cost);
    }

    /// <summary>One answer on its way to a playlist; the first sending of the playlist counts, its retries do not.</summary>
    public sealed class Passage(PublishingFigures figures, long answeredAt)
    {
        private int _isSent;

        /// <param name="lastPut">When the key was last written (<see cref="MutableObject.LastPut"/>).</param>
        public void NoteSent(long lastPut)
        {
            if (Interlocked.Exchange(ref _isSent, 1) == 0)
                figures.Note(answeredAt, lastPut);
        }
    }
}

/// <param name="Count">Publications.</param>
/// <param name="MedianMs">Milliseconds from the answer to the sending, of the last 1,024; null before the first.</param>
/// <param name="P99Ms">The same, exceeded by one in a hundred.</param>
/// <param name="Spaced">Those that had to wait for the one write a second a key; that wait is not in the milliseconds.</param>
internal sealed record PublishingReport(long Count, double? MedianMs, double? P99Ms, long Spaced);
