namespace Spillway.Tracker;

/// <summary>A client as the core sees it: where messages to it go. The socket is behind it; in tests, a list.</summary>
/// <param name="network">Whose connection it is: an address, or an IPv6 /64. The same network may take over a peer id.</param>
internal abstract class TrackerConnection(string network)
{
    public string Network { get; } = network;

    /// <summary>False once the connection is known to be gone, though the core may not have been told yet.</summary>
    public abstract bool IsOpen { get; }

    /// <summary>The core's own: at most one a swarm.</summary>
    internal List<Membership> Memberships { get; } = [];

    /// <summary>
    /// Takes the message or, at once, says no: gone, or its queue is full. Must not call back into the core, nor keep
    /// <paramref name="reply"/>.
    /// </summary>
    public abstract bool TrySend(in TrackerReply reply);
}
