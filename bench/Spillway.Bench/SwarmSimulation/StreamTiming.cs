namespace Spillway.Bench.SwarmSimulation;

/// <summary>
/// A stream's times in seconds, by the formulas of the server (<c>WindowBounds.DefaultDelay</c>) and of the player (<c>time-windows.ts</c>,
/// <c>edge-turns.ts</c>, <c>hls-options.ts</c>).
/// </summary>
/// <param name="Segment">Length of a segment.</param>
/// <param name="Bitrate">Bits a second.</param>
/// <param name="LiveDelay">Behind the live edge. The player's windows are those of a server whose usual delay it is.</param>
internal sealed record StreamTiming(double Segment, double Bitrate, double LiveDelay)
{
    /// <summary>What starts so near ahead of the playhead is fetched from the edge.</summary>
    public double HighDemand => Math.Min(Math.Max(LiveDelay / 3, Segment), 1.5 * Segment);

    /// <summary>Who has fallen back so far jumps to the live edge. The target duration is a second longer than a segment.</summary>
    public double MostLatency => LiveDelay + Math.Max(8, 4 * (Segment + 1));

    /// <summary>From one place in the row to the next.</summary>
    public double Step => Math.Clamp(Spare / 8, 0.15, 0.4);

    /// <summary>How long a peer may say that it is fetching.</summary>
    public double Patience => Math.Clamp(Spare / 3, 0.5, 2);

    /// <summary>After the first peer has come.</summary>
    public const double Settling = 2;

    public double SegmentBits => Segment * Bitrate;

    private double Spare => Math.Max(LiveDelay - Segment - HighDemand, 0);
}
