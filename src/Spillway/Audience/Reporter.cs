using Spillway.Tracker;

namespace Spillway.Audience;

/// <summary>One viewer who reports, for as long as its connection is open. It has no name.</summary>
internal sealed class Reporter
{
    /// <summary>All it has reported of the broadcast on air, weighted; by <see cref="Measure"/>.</summary>
    public double[] Sums { get; } = new double[WeightedTotals.Measures];

    /// <summary>Reports that were taken; before the first it counts nowhere.</summary>
    public long Reports { get; set; }

    /// <summary>Of the last one; see <see cref="PlaybackReport.Share"/>.</summary>
    public double Share { get; set; } = 1;

    /// <summary>How many viewers it stands for.</summary>
    public double Weight => 1 / Share;

    public bool SharesWithPeers { get; set; }
    public double? Latency { get; set; }
    public string Rendition { get; set; } = "";
    public int Peers { get; set; }

    /// <summary>When it was connected, or its last report came.</summary>
    public TimeSpan HeardAt { get; set; }

    /// <summary>When its first report came, and the seconds that those after it cover.</summary>
    public TimeSpan FirstAt { get; set; }
    public double Covered { get; set; }

    public TokenBucket Allowed;

    /// <summary>Messages that were no good, less those that were.</summary>
    public int Faults { get; set; }
}
