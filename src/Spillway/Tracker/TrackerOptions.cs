namespace Spillway.Tracker;

internal sealed class TrackerOptions
{
    /// <summary>STUN servers given to players; empty: none (peers in one network, or with public addresses).</summary>
    public string[] Stun { get; set; } = ["stun:stun.cloudflare.com:3478", "stun:stun.l.google.com:19302"];

    /// <summary>Seconds between announces of a peer.</summary>
    [Configuration.Bounds(1, 3600)]
    public int Interval { get; set; } = 60;
}
