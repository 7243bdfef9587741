namespace Spillway.Cost;

/// <summary>An event to be planned: who comes, for how long, to see what.</summary>
internal sealed record CostPlan
{
    public required int Viewers { get; init; }
    public required double Minutes { get; init; }

    /// <summary>Of each rendition as it is sent, kbit/s, the best first.</summary>
    public required IReadOnlyList<double> Kilobits { get; init; }

    /// <summary>Part of the segments that come from other viewers, 0 to 1; 0: sharing is off.</summary>
    public double PeerShare { get; init; }

    public double SegmentSeconds { get; init; } = 4;

    /// <summary>How often each WebSocket is lost and opened again, on average.</summary>
    public double Reconnects { get; init; } = 0.15;

    /// <summary>Caches of the edge that each ask for themselves; 0: there is no cache.</summary>
    public int Locations { get; init; } = 20;

    /// <summary>All locations ask the store through one more cache.</summary>
    public bool Tiered { get; init; } = true;

    /// <summary>Days for which the replay is kept; 0: there is none, and all is deleted about an hour after the end.</summary>
    public double KeepDays { get; init; }

    /// <summary>Tracker nodes beside the server, which show in the bucket that they live.</summary>
    public int Nodes { get; init; }

    /// <summary>Part of the time for which a viewer is there, on average.</summary>
    public double Present { get; init; } = 1;

    public double Seconds => Minutes * 60;

    /// <summary>Of each rendition.</summary>
    public double Segments => Seconds / SegmentSeconds;

    public int Renditions => Kilobits.Count;

    /// <summary>All viewers' together.</summary>
    public double ViewerSeconds => Viewers * Seconds * Present;
}
