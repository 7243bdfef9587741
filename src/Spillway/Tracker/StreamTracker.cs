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
        lock (_gate)
            _core.Receive(from, in message, time.GetElapsedTime(_start));
    }

    public void Close(TrackerConnection connection)
    {
        lock (_gate)
            _core.Close(connection);
    }

    public void RemoveSilent()
    {
        lock (_gate)
            _core.RemoveSilent(time.GetElapsedTime(_start));
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

    public void Dispose() => _writer.Dispose();
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
