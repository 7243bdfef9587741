namespace Spillway.Tracker.Nodes;

/// <summary>A node as a server sees it.</summary>
/// <param name="Heartbeat">Its last one; null: none has been seen, or it has said goodbye.</param>
/// <param name="Age">Of that heartbeat when it was last looked at, by the store's clock.</param>
/// <param name="Lives">It gave a heartbeat in time.</param>
internal sealed record NodeSight(string Node, NodeHeartbeat? Heartbeat, TimeSpan Age, bool Lives);

/// <summary>
/// What is known of the nodes, and which of them take viewers. Pure: it is told what was read and when. One owner.
/// </summary>
/// <param name="nodes">Names.</param>
internal sealed class NodeRegister(IReadOnlyList<string> nodes)
{
    /// <summary>
    /// A node that comes, or comes back, takes viewers of others only after so long: one that dies again and again must not drag
    /// an audience to and fro.
    /// </summary>
    public static readonly TimeSpan Settling = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, NodeSight> _sights = nodes.ToDictionary(
        static node => node,
        static node => new NodeSight(node, null, TimeSpan.Zero, false),
        StringComparer.Ordinal
    );
    private readonly Dictionary<string, TimeSpan> _livesSince = new(StringComparer.Ordinal);

    public IReadOnlyList<NodeSight> Sights => [.. nodes.Select(node => _sights[node])];

    public NodeSight Of(string node) => _sights[node];

    /// <summary>What the store has of a node.</summary>
    /// <param name="node">One of those named.</param>
    /// <param name="heartbeat">Null: nothing, or nothing that can be read.</param>
    /// <param name="age">Since it was stored, by the store's clock.</param>
    /// <param name="now">On this machine's monotonic clock.</param>
    /// <param name="isFirst">The first look at all: whoever lives has lived before.</param>
    public void Note(string node, NodeHeartbeat? heartbeat, TimeSpan age, TimeSpan now, bool isFirst)
    {
        var lives = heartbeat is not null && age < heartbeat.LivesFor;
        _sights[node] = new NodeSight(node, heartbeat, age, lives);
        if (!lives)
            _livesSince.Remove(node);
        else
            _livesSince.TryAdd(node, isFirst ? now - Settling : now);
    }

    /// <summary>Addresses by name of those that take viewers; of those that have just come only while there is no other.</summary>
    public IReadOnlyDictionary<string, string> Living(TimeSpan now)
    {
        var settled = _livesSince.Where(pair => now - pair.Value >= Settling).Select(static pair => pair.Key).ToArray();
        return (settled.Length > 0 ? settled : [.. _livesSince.Keys]).ToDictionary(
            static node => node,
            node => _sights[node].Heartbeat!.Address,
            StringComparer.Ordinal
        );
    }
}
