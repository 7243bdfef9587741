namespace Spillway.Bench.Event;

/// <summary>Who comes to the event, and for how long. What is not given is that of the event Spillway is made for.</summary>
internal sealed record EventPlan
{
    /// <summary>Of the bounds: 600 viewers, 40 minutes, 0.15 reconnects a socket.</summary>
    private const int WholeViewers = 600;

    private const double BoundedReconnects = 0.15;
    private const int Reporters = 60;

    /// <summary>Requests of the whole event: all sockets once and again at 0.15, a scrape every 15 s, and 50 others.</summary>
    private const double WholeRequests = ((WholeViewers + Reporters) * (1 + BoundedReconnects)) + 160 + Others;

    private const int Others = 50;

    public static TimeSpan WholeLength { get; } = TimeSpan.FromMinutes(40);

    /// <summary>Between two reads of <c>/health</c>, as by a supervisor.</summary>
    public static TimeSpan Scrape { get; } = TimeSpan.FromSeconds(15);

    public int Viewers { get; init; } = WholeViewers;

    /// <summary>From the first viewer's coming.</summary>
    public TimeSpan Length { get; init; } = WholeLength;

    /// <summary>In which all come, evenly.</summary>
    public TimeSpan Joining { get; init; } = WholeLength / 8;

    public int Renditions { get; init; } = 3;

    /// <summary>How often each socket is lost and opened again, on average.</summary>
    public double Reconnects { get; init; } = BoundedReconnects;

    /// <summary>Part of the segments that a viewer reads at the edge, 0 to 1; the others come from peers.</summary>
    public double EdgeShare { get; init; } = 0.243;

    /// <summary>Video of the best rendition, kbit/s; each further one has half of the one before.</summary>
    public int Kilobits { get; init; } = 1_000;

    public int SegmentSeconds { get; init; } = 4;

    public int Seed { get; init; } = 1;

    /// <summary>With the comparison: the crowd at the source's folder.</summary>
    public bool WithBefore { get; init; } = true;

    /// <summary>Players on the origin's <c>/hls/stream.m3u8</c>, after the event.</summary>
    public int Starters { get; init; } = 50;

    /// <summary>Of the whole event.</summary>
    public double Scale => Length / WholeLength;

    public bool IsWhole => this is { Viewers: WholeViewers, Reconnects: BoundedReconnects } && Length == WholeLength;

    /// <summary>
    /// When viewers decide whether they report: three minutes after they came. In a shorter event sooner, but not before the share of
    /// reporters has come down to so many viewers.
    /// </summary>
    public TimeSpan ReportsAfter => TimeSpan.FromSeconds(Math.Round(Math.Clamp(180 * Scale, 30, 180)));

    /// <summary>How long the crowd is at the folder that nginx serves, for the comparison.</summary>
    public TimeSpan Before => TimeSpan.FromSeconds(Math.Clamp(Length.TotalSeconds / 20, 12, 120));

    /// <summary>
    /// HTTP requests at the origin: 1,000 for the whole event, and in proportion to V + R sockets, once and again at the reconnect
    /// rate, T / 15 s scrapes and 50 others for another one. Null: nothing is promised for so many reconnects.
    /// </summary>
    public double? MostRequests =>
        Reconnects > BoundedReconnects
            ? null
            : 1_000
                * (
                    ((Viewers + Math.Min(Viewers, Reporters)) * (1 + Reconnects))
                    + (Length.TotalSeconds / Scrape.TotalSeconds)
                    + Others
                )
                / WholeRequests;

    /// <summary>
    /// Bytes between the origin and viewers: 100 MB for the whole event. Half of it is for coming, when a swarm finds itself, and goes
    /// with the viewers alone; the other half with viewers and time.
    /// </summary>
    public double? MostBytes => Reconnects > BoundedReconnects ? null : 100e6 * Viewers / WholeViewers * (0.5 + (0.5 * Scale));
}
