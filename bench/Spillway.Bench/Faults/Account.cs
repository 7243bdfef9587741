namespace Spillway.Bench.Faults;

/// <summary>The arithmetic of what viewers could not have. Pure; times of any origin.</summary>
internal static class Account
{
    /// <summary>How much of the source's media is in nothing of what could be had, however often that holds the rest.</summary>
    /// <param name="source">Spans that do not overlap.</param>
    /// <param name="had">In any order; they may overlap and repeat.</param>
    public static TimeSpan Lost(IEnumerable<MediaSpan> source, IEnumerable<MediaSpan> had)
    {
        var sorted = had.OrderBy(static span => span.From).ToList();
        var lost = TimeSpan.Zero;
        foreach (var (from, to) in source)
        {
            var reached = from;
            foreach (var span in sorted)
            {
                if (span.From >= to)
                    break;
                if (span.From > reached)
                    lost += span.From - reached;
                if (span.To > reached)
                    reached = span.To;
            }
            if (reached < to)
                lost += to - reached;
        }
        return lost;
    }

    /// <summary>The longest time without one of these moments, the ends of the watch included.</summary>
    public static TimeSpan LongestPause(IEnumerable<TimeSpan> moments, TimeSpan from, TimeSpan to)
    {
        var (longest, last) = (TimeSpan.Zero, from);
        foreach (var moment in moments.Where(moment => moment > from && moment < to).Order().Append(to))
        {
            longest = moment - last > longest ? moment - last : longest;
            last = moment;
        }
        return longest;
    }
}
