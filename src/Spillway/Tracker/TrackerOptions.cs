namespace Spillway.Tracker;

internal sealed class TrackerOptions
{
    /// <summary>STUN servers given to players; empty: none (peers in one network, or with public addresses).</summary>
    public string[] Stun { get; set; } = ["stun:stun.cloudflare.com:3478", "stun:stun.l.google.com:19302"];

<<<<<<< HEAD
    /// <summary>Seconds between announces of a peer.</summary>
    [Configuration.Bounds(1, 3600)]
=======
    /// <summary>Seconds between announces of a peer; at least 5. A peer that stays silent for 2.5 times as long has left.</summary>
>>>>>>> tracker
    public int Interval { get; set; } = 60;

    /// <summary>WebSockets at one time, over all streams. An idle one costs 13 to 22 KB.</summary>
    public int MaxConnections { get; set; } = 50_000;

    /// <summary>WebSockets from one address (IPv6: one /64). A venue may stand behind one address, hence generous.</summary>
    public int MaxConnectionsPerAddress { get; set; } = 2_000;

    /// <summary>Swarms at one time in one stream's tracker.</summary>
    public int MaxSwarms { get; set; } = 1_000;

    /// <summary>Peers in one swarm.</summary>
    public int MaxPeersPerSwarm { get; set; } = 50_000;

    /// <summary>Info hashes that one WebSocket may be a member of: renditions and audio tracks, of each player in the page.</summary>
    public int MaxHashesPerConnection { get; set; } = 32;

    /// <summary>Time between pings to a client, and how long it may take to answer one.</summary>
    public TimeSpan Ping { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>All that is wrong, one sentence an error, each beginning with the setting's key.</summary>
    public IEnumerable<string> Errors()
    {
        // Each announce makes a browser build five connections.
        if (Interval is < TrackerCore.ShortestInterval or > 3_600)
            yield return $"'Tracker:Interval' must be from {TrackerCore.ShortestInterval} to 3600 seconds";
        if (Ping < TimeSpan.FromSeconds(1) || Ping > TimeSpan.FromHours(1))
            yield return "'Tracker:Ping' must be from 1 second to 1 hour";
        foreach (
            var (key, value) in new (string, int)[]
            {
                (nameof(MaxConnections), MaxConnections),
                (nameof(MaxConnectionsPerAddress), MaxConnectionsPerAddress),
                (nameof(MaxSwarms), MaxSwarms),
                (nameof(MaxPeersPerSwarm), MaxPeersPerSwarm),
                (nameof(MaxHashesPerConnection), MaxHashesPerConnection),
            }
        )
        {
            if (value < 1)
                yield return $"'Tracker:{key}' must be at least 1";
        }
        foreach (var url in Stun)
        {
            if (!url.StartsWith("stun:", StringComparison.Ordinal) && !url.StartsWith("stuns:", StringComparison.Ordinal))
                yield return $"'Tracker:Stun' must hold addresses such as stun:stun.example.org:3478, not '{url}'";
        }
    }
}
