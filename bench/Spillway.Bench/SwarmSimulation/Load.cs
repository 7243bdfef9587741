namespace Spillway.Bench.SwarmSimulation;

/// <summary>A segment on its way to a viewer.</summary>
/// <param name="to">The viewer.</param>
/// <param name="number">The segment's.</param>
/// <param name="link">To the peer it is asked of; null: from the edge.</param>
/// <param name="since">When it was asked for.</param>
internal sealed class Load(SimulatedViewer to, int number, PeerLink? link, double since)
{
    public SimulatedViewer To { get; } = to;
    public int Number { get; } = number;
    public PeerLink? Link { get; } = link;
    public SimulatedViewer? From => Link?.Other;
    public double Since { get; } = since;

    /// <summary>It has arrived, was refused or broken off.</summary>
    public bool IsOver { get; set; }

    /// <summary>Bytes flow: the request has reached its target.</summary>
    public bool Flows { get; set; }

    /// <summary>Some of it has been sent, or could have been.</summary>
    public bool WasSent { get; set; }

    /// <summary>Bits still to come at the moment <see cref="At"/>.</summary>
    public double Left { get; set; }
    public double At { get; set; }

    /// <summary>Bits a second.</summary>
    public double Rate { get; set; }

    /// <summary>Raised at each new rate: an end that was worked out before does not count.</summary>
    public int Version { get; set; }
}
