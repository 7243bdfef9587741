using System.Globalization;

namespace Spillway.Bench.Event.Result;

/// <summary>What is promised of an event.</summary>
internal static class Bounds
{
    /// <summary>Of one player started on the origin's playlist.</summary>
    private const int MostStarts = 2;

    /// <summary>Requests by which the relay's and Spillway's own count may differ: what is on its way at the moments of counting.</summary>
    private const int Count = 2;

    /// <returns>Which are broken, in words.</returns>
    public static IReadOnlyList<string> Broken(EventPlan plan, EventResult result)
    {
        var broken = new List<string>();
        var (origin, viewers) = (result.Origin.InAll, result.Viewers);
        Check(
            origin.Requests < (plan.MostRequests ?? double.MaxValue),
            $"{origin.Requests} requests at the origin, {plan.MostRequests:0} allowed"
        );
        Check(
            origin.Bytes < (plan.MostBytes ?? double.MaxValue),
            $"{origin.Bytes / 1e6:0.0} MB at the origin, {plan.MostBytes / 1e6:0.0} allowed"
        );
        Check(
            Math.Abs(origin.Requests - result.Origin.RequestsBySpillway) <= Count,
            $"Spillway counted {result.Origin.RequestsBySpillway} requests, the relay {origin.Requests}"
        );
        Check(viewers.NotFound == 0, $"{viewers.NotFound} answers of 404");
        Check(viewers.Missing == 0, $"{viewers.Missing} missing answers");
        Check(viewers.Wrong == 0, $"{viewers.Wrong} wrong answers");
        Check(viewers.SocketFaults == 0, $"{viewers.SocketFaults} WebSockets refused or closed");
        Check(viewers.Stale == 0, $"{viewers.Stale} times a viewer was more than two target durations behind");
        Check(viewers.SegmentsFromEdge > 0 && viewers.Offers > 0, $"the viewers did not play or did not meet");
        Check(result.EdgeInAll.NotOk == 0, $"{result.EdgeInAll.NotOk} bad answers in the edge's log");
        Check(
            result.Starters.OriginRequestsMost <= MostStarts,
            $"a player on the origin's playlist made {result.Starters.OriginRequestsMost} requests there"
        );
        Check(result.Starters.Failures == 0, $"{result.Starters.Failures} failures of players on the origin's playlist");
        Check(result.Findings.Count == 0, $"the checker or the decoder found: {string.Join(" | ", result.Findings.Take(5))}");
        if (plan.IsWhole)
        {
            var most = plan.Renditions == 1 ? 0.01 : 0.03;
            foreach (
                var cost in result.Costs.Where(static cost =>
                    cost.Edge.Contains("tier", StringComparison.Ordinal)
                    && !cost.Edge.Contains("no tier", StringComparison.Ordinal)
                )
            )
                Check(cost.ProRata < most, $"${cost.ProRata:0.0000} pro rata behind {cost.Edge}, ${most} allowed");
        }
        return broken;

        void Check(bool holds, FormattableString otherwise)
        {
            if (!holds)
                broken.Add(otherwise.ToString(CultureInfo.InvariantCulture));
        }
    }
}
