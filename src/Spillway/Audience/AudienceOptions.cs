using Spillway.Configuration;

namespace Spillway.Audience;

internal sealed class AudienceOptions
{
    /// <summary>Viewers of one stream who report on their playback, whatever the audience; 0: nobody does, and nothing is estimated.</summary>
    [Bounds(10, 1000, OrZero = true)]
    public int Reporters { get; set; } = 60;

    /// <summary>How long viewers have watched before they decide whether they report: so long at least, and two thirds more at most.</summary>
    [Bounds(1, 3600)]
    public TimeSpan After { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>Between two reports of one viewer.</summary>
    [Bounds(1, 600)]
    public TimeSpan Every { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>WebSockets of reporting viewers at one time, over all streams.</summary>
    [Bounds(1, 1_000_000)]
    public int MaxConnections { get; set; } = 2_000;

    /// <summary>The same for one stream.</summary>
    [Bounds(1, 1_000_000)]
    public int MaxConnectionsPerStream { get; set; } = 300;

    /// <summary>The same from one address (IPv6: one /64). A venue may stand behind one address, hence generous.</summary>
    [Bounds(1, 1_000_000)]
    public int MaxConnectionsPerAddress { get; set; } = 150;
}
