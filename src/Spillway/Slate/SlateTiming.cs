namespace Spillway.Slate;

/// <summary>How a slate is cut: the same for all renditions, in whole frames of the slowest one.</summary>
/// <param name="Rate">Of the slowest rendition.</param>
/// <param name="FramesPerSegment">Frames at that rate.</param>
/// <param name="Segments">How many; the slate begins anew after the last.</param>
/// <param name="Repeats">How often a short clip is played in it.</param>
internal sealed record SlateTiming(FrameRate Rate, int FramesPerSegment, int Segments, int Repeats)
{
    /// <summary>A longer clip is cut here.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>Each repetition costs players a DISCONTINUITY: a short clip is played more than once before.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(6);

    /// <summary>One picture of any usual rate.</summary>
    public static readonly TimeSpan NoClip = TimeSpan.FromSeconds(0.06);

    /// <summary>A picture that stands still needs no more.</summary>
    private static readonly TimeSpan OfStill = TimeSpan.FromSeconds(12);

    public TimeSpan Segment => Rate.Of(FramesPerSegment);

    public TimeSpan Total => Rate.Of(FramesPerSegment * Segments);

    /// <param name="rates">Of the renditions that have a picture.</param>
    /// <param name="segment">The show's segment duration.</param>
    /// <param name="targetDuration">Seconds; no segment gets longer.</param>
    /// <param name="clip">How long the slate's clip is; null for a picture that stands still.</param>
    public static SlateTiming For(IEnumerable<FrameRate> rates, TimeSpan segment, int targetDuration, TimeSpan? clip)
    {
        var rate = rates.DefaultIfEmpty(new FrameRate(25, 1)).MinBy(static r => r.Value);
        // To a tenth, so that a show's slightly different segments ask for the same slate.
        var wanted = Math.Clamp(Math.Round(segment.TotalSeconds, 1), 1, targetDuration);
        var frames = Math.Max(1, rate.FrameAt(TimeSpan.FromSeconds(wanted)));
        if (frames > 1 && rate.Of(frames) > TimeSpan.FromSeconds(targetDuration))
            frames--;
        if (clip is not { } length || length < NoClip)
            return new SlateTiming(rate, frames, Count(OfStill), 1);
        if (length > Longest)
            length = Longest;
        var repeats = Math.Max(1, (int)Math.Ceiling(Shortest / length - 1e-6));
        var count = Count(length * repeats);
        // Evenly, instead of a short one at the end.
        var even = (int)Math.Ceiling(length.TotalSeconds * repeats * rate.Value / count - 1e-6);
        return new SlateTiming(rate, Math.Clamp(even, 1, frames), count, repeats);

        int Count(TimeSpan total) => Math.Max(1, (int)Math.Ceiling(total.TotalSeconds * rate.Value / frames - 1e-6));
    }

    /// <summary>Frames of a rendition at which its segments begin, and the one after the last.</summary>
    public IReadOnlyList<int> Boundaries(FrameRate own) =>
        [.. Enumerable.Range(0, Segments + 1).Select(index => own.FrameAt(Rate.Of(FramesPerSegment * index)))];
}
