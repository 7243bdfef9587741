namespace Spillway.EndToEnd.Rebuffer;

/// <summary>How the picture of a page has gone on, as <c>picture.js</c> has seen it from outside the player.</summary>
/// <param name="Now">Milliseconds since 1970, as all moments here.</param>
/// <param name="First">When the picture first moved; null: it has not.</param>
/// <param name="Played">Seconds by which the position rose while it was playing.</param>
/// <param name="Skipped">Seconds by which it jumped.</param>
/// <param name="Stalls">Each time at which it stood still for 0.3 s or more, for whatever reason; the last may go on.</param>
/// <param name="IsStill">It stands still.</param>
/// <param name="Buffer">Seconds of media ahead.</param>
/// <param name="Latency">Seconds behind the live edge, as the player says.</param>
/// <param name="FromPeers">Bytes; 0 for a player that has no peers.</param>
/// <param name="FromEdge">Bytes; 0 for a player that does not count them.</param>
/// <param name="Own">What our player says of its stalls.</param>
/// <param name="Errors">The last ones, as our player tells them.</param>
internal sealed record Picture(
    double Now,
    double? First,
    double Played,
    double Skipped,
    IReadOnlyList<Stall> Stalls,
    bool IsStill,
    double Buffer,
    double? Latency,
    int Peers,
    long FromPeers,
    long FromEdge,
    OwnCount? Own,
    IReadOnlyList<string> Errors
)
{
    /// <summary>For want of media, or since the player paused or sought.</summary>
    public IEnumerable<Stall> Starved => Stalls.Where(static stall => stall.Starved);

    /// <summary>With media ahead: the machine was busy elsewhere.</summary>
    public IEnumerable<Stall> Hiccups => Stalls.Where(static stall => !stall.Starved);

    public double Stalled => Starved.Sum(static stall => stall.Seconds);

    /// <summary>Stalled seconds of all since the first picture, 0 to 1.</summary>
    public double Ratio => Stalled + Played > 0 ? Stalled / (Stalled + Played) : 0;
}

/// <param name="At">When the picture last moved before it, milliseconds since 1970.</param>
/// <param name="Starved">There was nothing to show, or the player had paused, sought or jumped.</param>
internal sealed record Stall(double At, double Seconds, bool Starved);

internal sealed record OwnCount(int Stalls, double Seconds);
