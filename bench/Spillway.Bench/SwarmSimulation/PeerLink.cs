namespace Spillway.Bench.SwarmSimulation;

/// <summary>One viewer's end of a connection to another: what it knows of the other.</summary>
internal sealed class PeerLink(SimulatedViewer other)
{
    public SimulatedViewer Other { get; } = other;

    /// <summary>The other's end.</summary>
    public PeerLink Back { get; set; } = null!;

    /// <summary>What the other says that it has, less what it was turned away with since.</summary>
    public SegmentSet Loaded;

    /// <summary>What the other says that it is fetching from the edge.</summary>
    public SegmentSet Fetching;

    /// <summary>What is being fetched from the other: one segment at a time.</summary>
    public Load? Load { get; set; }

    /// <summary>Bits a second of the last segment from the other; 0: none yet.</summary>
    public double Speed { get; set; }
}
