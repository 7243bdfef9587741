namespace Spillway.AdaptiveWindow;

/// <summary>Between what a stream's live delay and window may move. All in seconds.</summary>
/// <param name="LeastDelay">The live delay is never shorter.</param>
/// <param name="MostDelay">Nor longer.</param>
/// <param name="LeastWindow">The window is never shorter, whatever the delay.</param>
/// <param name="MostWindow">Nor longer.</param>
/// <param name="Segment">Typical length of a segment.</param>
/// <param name="Target">The target duration.</param>
internal sealed record WindowBounds(
    double LeastDelay,
    double MostDelay,
    double LeastWindow,
    double MostWindow,
    double Segment,
    int Target
)
{
    /// <param name="options">The stream's.</param>
    /// <param name="segment">Seconds, typical.</param>
    /// <param name="target">Seconds.</param>
    /// <param name="window">Seconds that the window has without any of this.</param>
    /// <param name="sharing">
    /// Viewers share: what is urgent is not asked of peers, and nearer to the live edge than usual they would get little from each other.
    /// </param>
    public static WindowBounds Of(LiveDelayOptions options, double segment, int target, double window, bool sharing)
    {
        // With less than that a player would have to ask for a segment before it is listed.
        var lowest = Math.Round((1.5 * segment) + 1, 1);
        var (least, most) = options.Mode switch
        {
            LiveDelayOptions.Fixed => (options.Delay.TotalSeconds, options.Delay.TotalSeconds),
            LiveDelayOptions.Adaptive => (
                options.Min > TimeSpan.Zero ? options.Min.TotalSeconds
                : sharing ? DefaultDelay(segment)
                : DefaultDelay(segment) - 2,
                options.Max > TimeSpan.Zero
                    ? options.Max.TotalSeconds
                    : Math.Round(DefaultDelay(segment) + Math.Max(2 * segment, 5), 1)
            ),
            _ => (DefaultDelay(segment), DefaultDelay(segment)),
        };
        least = Math.Max(least, lowest);
        most = Math.Max(most, least);
        if (options.Mode is not (LiveDelayOptions.Fixed or LiveDelayOptions.Adaptive))
            return new WindowBounds(least, most, window, window, segment, target);
        var needed = Math.Max(window, WindowFor(most, target));
        var set = options.MaxWindow.TotalSeconds;
        // So far a player may fall behind before it jumps to the live edge (hls-options.ts).
        var lag = Math.Max(8, 4 * target);
        var widest =
            options.Mode == LiveDelayOptions.Fixed ? needed
            : set > 0 ? Math.Max(set, needed)
            : Math.Max(needed, most + lag + (2 * target));
        return new WindowBounds(least, most, Math.Max(window, WindowFor(least, target)), widest, segment, target);
    }

    /// <summary>
    /// Three segments behind the live edge; with short segments some more, since what is urgent is not asked of peers. Starting costs a viewer a
    /// second beyond it, and what is more it makes up for: with segments of 2 s all are within 7 s, with segments of 4 s within 13 s.
    /// What less would cost, and more: docs/decisions/0017.
    /// </summary>
    public static double DefaultDelay(double segment) => Math.Round(Math.Max(3 * segment, 6), 1);

    /// <summary>
    /// Who plays so far behind may fall back by three target durations more. HLS itself asks a player to stay three behind the
    /// end (RFC 8216bis 6.3.3): so it asks no more of the window than of any other.
    /// </summary>
    public static double WindowFor(double delay, int target) => delay + (3 * target);

    public double Within(double delay) => Math.Clamp(delay, LeastDelay, MostDelay);

    /// <summary>Where a stream begins about whose viewers nothing is known.</summary>
    public double Start => Within(DefaultDelay(Segment));
}
