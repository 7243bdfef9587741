using Spillway.Configuration;

namespace Spillway.Tracker;

internal sealed class TrackerOptions
{
    /// <summary>STUN servers given to players; empty: none (peers in one network, or with public addresses).</summary>
    public string[] Stun { get; set; } = ["stun:stun.cloudflare.com:3478", "stun:stun.l.google.com:19302"];

    /// <summary>
    /// Names of the tracker nodes (<c>spillway tracker</c>) that the players of a server are led to, as the nodes call themselves;
    /// empty: players use the server's own tracker.
    /// </summary>
    public string[] Nodes { get; set; } = [];

    /// <summary>A node's own name; empty: the first part of the host in <see cref="PublicUrl"/>.</summary>
    public string Node { get; set; } = "";

    /// <summary>
    /// Address of this process's tracker as players reach it, without <c>/tracker/…</c>, such as <c>wss://t1.example.org</c>. Empty: a
    /// server's is made of its own public address, and nobody is led to a node.
    /// </summary>
    public string PublicUrl { get; set; } = "";

    /// <summary>Time between a node's signs of life in the bucket, each a paid PUT. One that is silent for 2.5 times as long is dead.</summary>
    [Bounds(5, 300)]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Pages whose players may connect, by their origins, such as <c>https://tv.example.org</c>; empty: any.</summary>
    public string[] Origins { get; set; } = [];

    /// <summary>
    /// Serves any info hash, up to <see cref="MaxSwarms"/>, and not only those of the streams' own playlists: for players that make
    /// up their own swarm ids.
    /// </summary>
    public bool AnySwarm { get; set; }

    /// <summary>
    /// Networks whose viewers are near each other, such as <c>10.20.0.0/16</c>; an item with several, separated by spaces, is one
    /// place.
    /// </summary>
    public string[] Networks { get; set; } = [];

    /// <summary>
    /// Seconds between announces of a peer; at least 5. A peer that stays silent for 2.5 times the interval it was told has left.
    /// </summary>
    [Bounds(TrackerCore.ShortestInterval, 3600)]
    public int Interval { get; set; } = 60;

    /// <summary>Seconds between announces of a peer that is well connected; never less than <see cref="Interval"/>.</summary>
    [Bounds(TrackerCore.ShortestInterval, 3600)]
    public int LongInterval { get; set; } = 900;

    /// <summary>Messages taken from one WebSocket; more are dropped. Like all limits a minute: a minute's worth may come at once.</summary>
    [Bounds(1, 1_000_000)]
    public int MessagesPerMinute { get; set; } = 300;

    /// <summary>Offers of one WebSocket that are passed on.</summary>
    [Bounds(1, 1_000_000)]
    public int OffersPerMinute { get; set; } = 120;

    /// <summary>Offers of all WebSockets of one address that are passed on. A venue may stand behind one address, hence generous.</summary>
    [Bounds(1, 100_000_000)]
    public int OffersPerMinutePerAddress { get; set; } = 12_000;

    /// <summary>Offers passed to one WebSocket: a browser builds a connection for each.</summary>
    [Bounds(1, 1_000_000)]
    public int OffersPerMinuteToPeer { get; set; } = 30;

    /// <summary>WebSockets at one time, over all streams. An idle one costs 13 to 22 KB.</summary>
    [Bounds(1, 10_000_000)]
    public int MaxConnections { get; set; } = 50_000;

    /// <summary>WebSockets from one address (IPv6: one /64). A venue may stand behind one address, hence generous.</summary>
    [Bounds(1, 10_000_000)]
    public int MaxConnectionsPerAddress { get; set; } = 2_000;

    /// <summary>Swarms at one time in one stream's tracker.</summary>
    [Bounds(1, 1_000_000)]
    public int MaxSwarms { get; set; } = 1_000;

    /// <summary>Peers in one swarm.</summary>
    [Bounds(1, 10_000_000)]
    public int MaxPeersPerSwarm { get; set; } = 50_000;

    /// <summary>Info hashes that one WebSocket may be a member of: renditions and audio tracks, of each player in the page.</summary>
    [Bounds(1, 1000)]
    public int MaxHashesPerConnection { get; set; } = 32;

    /// <summary>Time between pings to a client, and how long it may take to answer one.</summary>
    [Bounds(1, 3600)]
    public TimeSpan Ping { get; set; } = TimeSpan.FromSeconds(30);
}
