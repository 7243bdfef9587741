namespace Spillway.Tests.Storage;

/// <summary>The model behind docs/decisions/0012: which order of a backlog leaves viewers with less missing.</summary>
public sealed class UploadOrderTests
{
    private const double Segment = 2;
    private const double OutageAt = 60;
    private const double Total = 7200;

    /// <summary>How far behind the playlist's end a player is; and from when on one that wants to be live jumps.</summary>
    private const double Delay = 6;
    private const double Jump = 12;

    /// <summary>Segments that are not given up when the newest go first.</summary>
    private const int Window = 6;

    [Theory]
    [InlineData(20, 1.1, false, 0, 0, 8, 120)]
    [InlineData(20, 1.1, true, 10, 10, 10, 20)]
    [InlineData(20, 3, false, 0, 0, 8, 7)]
    [InlineData(20, 3, true, 10, 10, 10, 1)]
    [InlineData(300, 1.1, false, 0, 0, 288, 2922)]
    [InlineData(300, 1.1, true, 290, 290, 290, 20)]
    [InlineData(300, 3, false, 0, 0, 288, 147)]
    [InlineData(300, 3, true, 290, 290, 290, 1)]
    public void Oldest_first_never_leaves_less(
        double outage,
        double speed,
        bool newestFirst,
        double lost,
        double missedByWaiting,
        double missedByJumping,
        double behindFor
    )
    {
        var stored = Upload(outage, speed, newestFirst);
        Assert.Equal(lost, stored.Count(static s => s.IsGap) * Segment);
        Assert.Equal(missedByWaiting, Missed(stored, jumps: false));
        Assert.Equal(missedByJumping, Missed(stored, jumps: true));
        Assert.Equal(behindFor, BehindFor(stored, OutageAt + outage), 1.0);
    }

    /// <summary>Numbers in order, with the time from which on each may be listed.</summary>
    private static List<(double ListedAt, bool IsGap)> Upload(double outage, double speed, bool newestFirst)
    {
        var count = (int)(Total / Segment);
        var answers = new SortedDictionary<int, (double At, bool IsGap)>();
        var waiting = new List<int>();
        var next = 0;
        for (var now = 0.0; now < Total; )
        {
            for (; next < count && (next + 1) * Segment <= now; next++)
                waiting.Add(next);
            if (now is >= OutageAt && now < OutageAt + outage)
            {
                now = OutageAt + outage;
                continue;
            }
            foreach (var old in newestFirst ? waiting.Where(number => next - number > Window).ToList() : [])
            {
                answers[old] = (now, true);
                waiting.Remove(old);
            }
            if (waiting.Count == 0 && next >= count)
                break;
            if (waiting.Count == 0)
            {
                now = (next + 1) * Segment;
                continue;
            }
            var took = Segment / speed;
            if (now < OutageAt && OutageAt < now + took)
            {
                now = OutageAt + outage;
                continue;
            }
            now += took;
            answers[waiting[0]] = (now, false);
            waiting.RemoveAt(0);
        }
        var listed = new List<(double ListedAt, bool IsGap)>();
        foreach (var (at, isGap) in answers.Values)
            listed.Add((listed.Count == 0 ? at : Math.Max(at, listed[^1].ListedAt), isGap));
        return listed;
    }

    /// <summary>Seconds a player never sees.</summary>
    private static double Missed(List<(double ListedAt, bool IsGap)> listed, bool jumps)
    {
        var now = listed[0].ListedAt + Delay;
        var missed = 0.0;
        for (var at = 0; at < listed.Count; at++)
        {
            now = Math.Max(now, listed[at].ListedAt);
            var end = at;
            while (end + 1 < listed.Count && listed[end + 1].ListedAt <= now)
                end++;
            if (jumps && (end - at) * Segment > Jump)
            {
                var to = end - (int)(Delay / Segment);
                missed += (to - at) * Segment;
                at = to;
            }
            if (listed[at].IsGap)
                missed += Segment;
            else
                now += Segment;
        }
        return missed;
    }

    /// <summary>From the end of the outage until the playlist's end is less than 10 s behind real time.</summary>
    private static double BehindFor(List<(double ListedAt, bool IsGap)> listed, double back) =>
        listed
            .Select(static (segment, number) => (segment.ListedAt, Behind: segment.ListedAt - (number + 1) * Segment))
            .First(segment => segment.ListedAt > back && segment.Behind < 10)
            .ListedAt - back;
}
