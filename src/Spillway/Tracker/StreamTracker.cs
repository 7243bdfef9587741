namespace Spillway.Tracker;

/// <summary>One stream's core with the lock that makes its callers one owner, and what is used only under that lock.</summary>
internal sealed class StreamTracker(
    string stream,
    TrackerOptions options,
    Func<TrackerId, bool>? isAllowed,
    TimeProvider time,
    Random random
) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TrackerCore _core = new(options, isAllowed, random);
    private readonly TrackerWriter _writer = new();
    private readonly long _start = time.GetTimestamp();
    private TrackerConnection? _toFlush;
    private long _dropped;

    public string Stream { get; } = stream;

    public void Receive(TrackerConnection from, ReadOnlySpan<byte> json)
    {
        if (!from.TakeMessage(options.MessagesPerMinute, time.GetElapsedTime(_start)))
        {
            Interlocked.Increment(ref _dropped);
            return;
        }
        // Reading is most of the work and touches nothing shared.
        var message = TrackerReader.Read(json);
        TrackerConnection? toFlush;
        lock (_gate)
        {
            _core.Receive(from, in message, time.GetElapsedTime(_start));
            toFlush = TakeToFlush();
        }
        Flush(toFlush);
    }

    public void Close(TrackerConnection connection)
    {
        TrackerConnection? toFlush;
        lock (_gate)
        {
            _core.Close(connection);
            toFlush = TakeToFlush();
        }
        Flush(toFlush);
    }

    public void RemoveSilent()
    {
        TrackerConnection? toFlush;
        lock (_gate)
        {
            _core.RemoveSilent(time.GetElapsedTime(_start));
            toFlush = TakeToFlush();
        }
        Flush(toFlush);
    }

    /// <summary>See <see cref="TrackerCore.Viewers"/>.</summary>
    public int CountViewers()
    {
        lock (_gate)
            return _core.Viewers;
    }

    public StreamTrackerCount Count()
    {
        lock (_gate)
            return new StreamTrackerCount(
                _core.Swarms,
                _core.Peers,
                _core.OffersRelayed,
                _core.AnswersRelayed,
                _core.Failed,
                _core.Malformed,
                Interlocked.Read(ref _dropped),
                _core.OffersLimited
            );
    }

    /// <summary>The message in UTF-8, until the next call. For a connection's <c>TrySend</c>, which the core calls under the lock.</summary>
    public ReadOnlySpan<byte> Encode(in TrackerReply reply) => _writer.Write(in reply);

    /// <summary>
    /// Notes that the connection has taken a message. For a connection's <c>TrySend</c>, which the core calls under the lock; it is
    /// flushed when the lock is left, since that sends, and with inline scheduling runs what waits for the send.
    /// </summary>
    public void FlushLater(TrackerConnection connection)
    {
        // Another thread may have it in its list still: it takes the mark off before it flushes, so it will flush this message too.
        if (Interlocked.Exchange(ref connection.IsToFlush, 1) == 1)
            return;
        connection.NextToFlush = _toFlush;
        _toFlush = connection;
    }

    public void Dispose() => _writer.Dispose();

    private TrackerConnection? TakeToFlush()
    {
        var all = _toFlush;
        _toFlush = null;
        return all;
    }

    private static void Flush(TrackerConnection? connection)
    {
        while (connection is not null)
        {
            var next = connection.NextToFlush;
            connection.NextToFlush = null;
            // From here on it may be in another thread's list.
            Interlocked.Exchange(ref connection.IsToFlush, 0);
            connection.Flush();
            connection = next;
        }
    }
}

/// <param name="Offers">Relayed since start.</param>
/// <param name="Answers">Relayed since start.</param>
/// <param name="Failed">Messages answered with a failure reason since start.</param>
/// <param name="Malformed">Messages dropped as unreadable since start.</param>
/// <param name="Dropped">Messages over a connection's limit, dropped unread since start.</param>
/// <param name="OffersLimited">Offers over a connection's or an address's limit, not passed on since start.</param>
internal readonly record struct StreamTrackerCount(
    int Swarms,
    int Peers,
    long Offers,
    long Answers,
    long Failed,
    long Malformed,
    long Dropped,
    long OffersLimited
);
