using System.Globalization;
using Spillway.Configuration;
using Spillway.Reports;
using Spillway.Streams;

namespace Spillway.Dashboard;

/// <summary>What the present broadcast has cost the origin, and what it will have cost.</summary>
internal sealed class OriginBudgets(SpillwayOptions options, OriginCounters counters, OriginWatch watch)
{
    /// <summary>What a show may cost: the promise of docs/how-it-works.md.</summary>
    private const long MostRequests = 1_000;
    private const long MostBytes = 100_000_000;

    /// <summary>A look at the check's address is no player that polls: in a minute.</summary>
    private const long Polled = 20;

    private static readonly TimeSpan Soonest = TimeSpan.FromMinutes(1);

    /// <summary>The one that was counted last.</summary>
    private BroadcastReport? _last;

    /// <param name="onAir">Reports of what is on air.</param>
    /// <param name="find">The newest report of a broadcast: stream, id.</param>
    public OriginBudget Take(IEnumerable<BroadcastReport> onAir, Func<string, string, BroadcastReport?> find)
    {
        var first = onAir
            .Where(static report => report is { Origin: not null, Begin: not null })
            .MinBy(static report => report.Begin);
        // At its end it is shown as it was then.
        _last = first ?? (_last is { } before ? find(before.Stream, before.Broadcast) ?? before : null);
        var polls = watch.MediaPlaylistsOfMinute;
        var budget = new OriginBudget
        {
            MostRequests = MostRequests,
            MostBytes = MostBytes,
            Show = options.Dashboard.Show.TotalSeconds,
            MediaPlaylists = polls,
            SinceStart = new OriginReport(
                counters.Playlists,
                counters.MediaPlaylists,
                counters.Pages,
                counters.Sockets,
                counters.Others,
                counters.Bytes
            ),
        };
        if (_last is not { Origin: { } spent, Begin: { } begin } report)
            return budget with { Advice = Advice(polls, null) };
        var seconds = first is null ? report.Seconds : Math.Max(0, (report.AsOf - begin).TotalSeconds);
        budget = budget with
        {
            Stream = report.Stream,
            Broadcast = report.Broadcast,
            Since = begin,
            Seconds = Math.Round(seconds, 1),
            Requests = spent.Requests,
            Bytes = spent.Bytes,
        };
        return first is null ? budget with { Advice = Advice(polls, budget) } : Project(budget, polls);
    }

    private OriginBudget Project(OriginBudget budget, long polls)
    {
        var so = TimeSpan.FromSeconds(budget.Seconds);
        if (so >= Soonest && watch.Rate(so) is { } rate)
        {
            var left = Math.Max(0, budget.Show - budget.Seconds);
            budget = budget with
            {
                ProjectedRequests = (long)Math.Round(budget.Requests + (rate.Requests * left)),
                ProjectedBytes = (long)Math.Round(budget.Bytes + (rate.Bytes * left)),
                How = string.Create(
                    CultureInfo.InvariantCulture,
                    $"if it goes on as in the last {Math.Max(1, Math.Round(rate.Over.TotalMinutes)):0} min until {budget.Show / 60:0} min (Dashboard:Show)"
                ),
            };
        }
        return budget with { Advice = Advice(polls, budget) };
    }

    private static string? Advice(long polls, OriginBudget? budget) =>
        polls >= Polled
            ? $"Players poll the playlists of this server ({polls} times in the last minute), not the edge's. Give them the address "
                + "of the edge, or the one that ends in /playlist.m3u8 right below the stream's name."
        : budget is { Requests: > MostRequests } or { Bytes: > MostBytes }
            ? "This broadcast has cost the server more than it should. See which kind of request it is: pages should come from the edge."
        : budget is { ProjectedRequests: > MostRequests } or { ProjectedBytes: > MostBytes }
            ? "By the end of the show this will be more than it should. See which kind of request it is: pages should come from the edge."
        : null;
}
