namespace Spillway.Storage;

/// <summary>
/// A store's wall time, worked out from the <c>Date</c> headers of its answers and this machine's monotonic clock, so that a
/// wrong wall clock here does no harm. Any thread may set and read it.
/// </summary>
internal sealed class StoreClock(TimeProvider time)
{
    /// <summary><c>Date</c> is cut to whole seconds.</summary>
    private static readonly TimeSpan Resolution = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private DateTimeOffset? _then;
    private long _timestamp;

    /// <summary>The store's time now; before the first answer, this machine's.</summary>
    public DateTimeOffset Now
    {
        get
        {
            lock (_lock)
                return _then is { } then ? then + time.GetElapsedTime(_timestamp) : time.GetUtcNow();
        }
    }

    /// <summary>
    /// Takes an answer into account. The store wrote its date between the request's start and now, so its time now lies between
    /// that date and that date plus a second plus the way; an estimate inside these bounds is kept, since taking each date as it
    /// is would make the clock jump by up to a second to and fro.
    /// </summary>
    /// <param name="date">The answer's <c>Date</c>.</param>
    /// <param name="taken">From the request's start until now.</param>
    public void Observe(DateTimeOffset date, TimeSpan taken)
    {
        lock (_lock)
        {
            var latest = date + Resolution + taken;
            var estimate = _then is { } then ? then + time.GetElapsedTime(_timestamp) : date + Resolution / 2;
            _then =
                estimate < date ? date
                : estimate > latest ? latest
                : estimate;
            _timestamp = time.GetTimestamp();
        }
    }
}
