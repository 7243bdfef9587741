using Spillway.AdaptiveWindow;

namespace Spillway.Bench.SwarmSimulation;

/// <summary>One row of the table: an event with so many viewers.</summary>
/// <param name="Viewers">At a time, once all have come.</param>
/// <param name="SegmentSeconds">Length of a segment.</param>
/// <param name="Audience">Who they are.</param>
/// <param name="Seeds">Events with different luck, taken together: a small swarm says little.</param>
/// <param name="MeasuredSeconds">Of the stream, in each event.</param>
internal sealed record Scenario(int Viewers, double SegmentSeconds, Audience Audience, int Seeds, double MeasuredSeconds)
{
    public const double UsualBitrate = 2.5e6;

    /// <summary>Bits a second.</summary>
    public double Bitrate { get; init; } = UsualBitrate;

    /// <summary>Seconds.</summary>
    public double LiveDelay { get; init; } = WindowBounds.DefaultDelay(SegmentSeconds);

    /// <summary>In which viewers come, evenly.</summary>
    public const double JoinSeconds = 180;

    /// <summary>After the last has come, before the measurement.</summary>
    public const double SettleSeconds = 60;

    /// <summary>Mean of the time that a viewer stays (exponential); another one comes in its place.</summary>
    public const double StaySeconds = 1_200;

    /// <summary>One way, between any two, in seconds.</summary>
    public double PeerDelay { get; } = Audience == Audience.OneMachine ? 0.005 : 0.04;

    /// <summary>From the request to the edge's first byte.</summary>
    public double EdgeDelay { get; } = Audience == Audience.OneMachine ? 0.01 : 0.06;

    /// <summary>From an answer's arrival to an open data channel: ICE, DTLS, SCTP.</summary>
    public const double ConnectDelay = 0.6;

    /// <summary>Viewers leave after a while, and others come in their place.</summary>
    public bool HasChurn => Audience == Audience.Public;

    /// <summary>From the end of a segment to its being listed at the edge.</summary>
    public const double PublishDelay = 0.1;

    /// <summary>Beyond the live delay by so many segments at most (evenly drawn), from starting.</summary>
    public const double MostBehind = 0.75;

    /// <summary>Of a segment: the reload of the playlist comes so much later at most.</summary>
    public const double ReloadSpread = 0.5;

    /// <summary>Seconds by which a reload comes later than the viewer's others, at most.</summary>
    public const double ReloadJitter = 0.2;

    public static readonly IReadOnlyList<Scenario> All =
    [
        .. ((double[])[4, 2]).SelectMany(static seconds =>
            ((int[])[2, 4, 8, 12]).Select(viewers => Of(viewers, seconds, Audience.OneMachine))
        ),
        .. ((int[])[2, 8, 60, 250, 600, 2_000, 10_000]).Select(static viewers => Of(viewers, 4, Audience.Public)),
        .. ((int[])[8, 250, 2_000, 10_000]).Select(static viewers => Of(viewers, 2, Audience.Public)),
        .. ((int[])[250, 2_000, 10_000]).Select(static viewers => Of(viewers, 4, Audience.Reachable)),
    ];

    private static Scenario Of(int viewers, double seconds, Audience audience) =>
        new(viewers, seconds, audience, Math.Clamp(500 / viewers, 1, 50), viewers > 5_000 ? 120 : 300);
}
