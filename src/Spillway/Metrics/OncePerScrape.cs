namespace Spillway.Metrics;

/// <summary>Something that is worked out once a scrape, though many instruments read from it.</summary>
/// <param name="read">Works it out.</param>
internal sealed class OncePerScrape<T>(Func<T> read, TimeProvider time)
    where T : class
{
    /// <summary>A scrape takes a few milliseconds; two are seconds apart.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private T? _value;
    private long _readAt;

    public T Value
    {
        get
        {
            lock (_gate)
            {
                if (_value is not null && time.GetElapsedTime(_readAt) < Fresh)
                    return _value;
                _value = read();
                _readAt = time.GetTimestamp();
                return _value;
            }
        }
    }
}
