namespace Spillway.Tracker;

/// <summary>A client as the core sees it: where messages to it go. The socket is behind it; in tests, a list.</summary>
/// <param name="place">Whose connection it is, and whose neighbour. The same address may take over a peer id.</param>
internal abstract class TrackerConnection(NetworkPlace place)
{
    private TokenBucket _messages;

    public NetworkPlace Place { get; } = place;

    /// <summary>False once the connection is known to be gone, though the core may not have been told yet.</summary>
    public abstract bool IsOpen { get; }

    /// <summary>The core's own: at most one a swarm.</summary>
    internal List<Membership> Memberships { get; } = [];

    /// <summary>The core's own: offers from this connection that are passed on.</summary>
    internal TokenBucket OffersOut;

    /// <summary>The core's own: offers passed to this connection. A browser builds a connection for each.</summary>
    internal TokenBucket OffersIn;

    /// <summary>The core's own: the same by the addresses they come from.</summary>
    internal SourceShares OffersInFrom;

    /// <summary>The stream's own: the next one that is to be flushed.</summary>
    internal TrackerConnection? NextToFlush { get; set; }

    /// <summary>The stream's own: it is in a list of those to be flushed.</summary>
    internal int IsToFlush;

    /// <summary>
    /// Takes the message or, at once, says no: gone, or its queue is full. Must not call back into the core, nor keep
    /// <paramref name="reply"/>. It is called under the stream's lock, so it must not wait, nor run anything of others.
    /// </summary>
    public abstract bool TrySend(in TrackerReply reply);

    /// <summary>Sends what was taken; called after the lock is left, from any thread.</summary>
    public virtual void Flush() { }

    /// <summary>Whether one more message is within its limit. For the one who receives from it; not for two threads at once.</summary>
    public bool TakeMessage(int perMinute, TimeSpan now) => _messages.Take(1, perMinute, now) == 1;
}
