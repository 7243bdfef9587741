using System.Globalization;
using Spillway.AdaptiveWindow;

namespace Spillway.Audience;

/// <content>What follows from the reports. All of it under the lock.</content>
internal sealed partial class StreamAudience
{
    private const string Peers = "viewers who share, as this instance's tracker counts them";

    /// <summary>Standard deviations beyond which the tracker is taken to miss viewers.</summary>
    private const double Impossible = 3;

    /// <summary>After it was switched on, viewers come to the tracker at their next look at player.json.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromSeconds(90);

    public AudienceSummary Summary()
    {
        lock (_gate)
        {
            return new AudienceSummary(
                _reporters.Count,
                options.Reporters == 0 ? 0 : _share.Value,
                _switch.IsOn && sharing,
                Viewers(_now),
                FromPeers(_recent.Totals(), RecentWords())
            );
        }
    }

    public AudienceView View(string stream)
    {
        lock (_gate)
        {
            var recent = _recent.Totals();
            var words = RecentWords();
            return new AudienceView
            {
                Stream = stream,
                Broadcast = _broadcast.Length > 0 ? _broadcast : null,
                Reporters = _reporters.Count,
                Share = options.Reporters == 0 ? 0 : _share.Value,
                PeersOn = _switch.IsOn && sharing,
                PeersAtTracker = _inputs.AtTracker,
                Viewers = Viewers(_now),
                Sharing = Sharing(),
                Now = new CurrentAudience(
                    FromPeers(recent, words),
                    recent
                        .Ratio(
                            Measure.Stalls,
                            [Measure.Hours],
                            double.PositiveInfinity,
                            $"stalls in an hour of one viewer, {words}"
                        )
                        ?.Rounded(3),
                    Latency(0.5),
                    Latency(0.95),
                    Quantile(
                        _reporters.Select(static r => ((double)r.Peers, r.Weight)),
                        0.5,
                        "connected peers, median of viewers"
                    ),
                    Renditions()
                ),
                WholeBroadcast = Whole(),
                Messages = new MessageCounts(
                    _verdicts[(int)Verdict.Taken],
                    _verdicts[(int)Verdict.Malformed],
                    _verdicts[(int)Verdict.Implausible],
                    _verdicts[(int)Verdict.TooOften],
                    _refused
                ),
                Advice = Advice,
            };
        }
    }

    /// <summary>Of a broadcast so far; null: not the one on air, or nobody has reported of it.</summary>
    public BroadcastAudience? Of(string broadcast)
    {
        lock (_gate)
            return broadcast == _broadcast ? Whole() : null;
    }

    /// <summary>What viewers have suffered lately; for the live delay.</summary>
    /// <param name="from">What was before says nothing any more.</param>
    /// <param name="now">As for <see cref="Advance"/>.</param>
    public PlaybackTrouble Trouble(TimeSpan from, TimeSpan now)
    {
        lock (_gate)
        {
            _recent.Forget(now);
            var since = from > now - RecentReports.Span ? from : now - RecentReports.Span;
            return PlaybackTrouble.Of(
                _recent.Stalls(since),
                _reporters
                    .Where(static reporter => reporter.Latency is not null)
                    .Select(static reporter => reporter.Latency!.Value)
            );
        }
    }

    private BroadcastAudience? Whole()
    {
        var totals = _left.Copy();
        foreach (var reporter in _reporters)
            totals.Add(reporter.Sums, 1 - reporter.Share);
        if (totals.Viewers == 0)
            return null;
        var words =
            $"of the whole broadcast, from {Count(totals.Viewers, "viewer")} who reported; those who left within minutes are missing";
        return new BroadcastAudience
        {
            FromPeers = totals.Sum(Measure.FromPeers, $"bytes {words}")!.Rounded(0),
            FromEdge = totals.Sum(Measure.FromEdge, $"bytes {words}")!.Rounded(0),
            ToPeers = totals.Sum(Measure.ToPeers, $"bytes {words}")!.Rounded(0),
            ShareFromPeers = FromPeers(totals, words),
            ViewerHours = totals.Sum(Measure.Hours, $"hours in which the picture went on, {words}")!.Rounded(3),
            StallsPerHour = totals
                .Ratio(Measure.Stalls, [Measure.Hours], double.PositiveInfinity, $"stalls in an hour of one viewer, {words}")
                ?.Rounded(3),
            StalledShare = totals
                .Ratio(
                    Measure.Stalled,
                    [Measure.Stalled, Measure.Hours],
                    1,
                    $"part of the time in which the picture stood still against the viewer's will, {words}"
                )
                ?.Rounded(5),
            StartUp = Quantile(_startUps, 0.5, "seconds to the first picture, median of viewers"),
            StartUp95 = Quantile(_startUps, 0.95, "seconds to the first picture, 95 of 100 viewers are below"),
            Latency = Latency(0.5),
            Latency95 = Latency(0.95),
            PeakViewers = _samples == 0 ? null : Math.Round(_peak),
            MeanViewers = _samples == 0 ? null : Math.Round(_sum / _samples, 1),
        };
    }

    /// <summary>
    /// How many watch. The tracker counts those who share at once and without an error, and the reports say which part that is. Where it
    /// does not see them all, or nobody shares, the reports alone: each stands for one divided by the share.
    /// </summary>
    private Estimate? Viewers(TimeSpan now)
    {
        var atTracker = sharing && _switch.IsOn ? _inputs.AtTracker : null;
        if (_reporters.Count == 0)
        {
            return atTracker is > 0 and { } peers
                ? new Estimate(peers, peers, null, $"{Peers}; nobody reports yet, so those who do not share are missing")
                : null;
        }
        var (n, whole, share) = Weights();
        var (low, high) = Sampling.Whole(n, share);
        var words = string.Create(
            CultureInfo.InvariantCulture,
            $"viewers who have watched for some minutes: {Count(n, "report")}, a share of {share:0.####}"
        );
        var byReports = new Estimate(Math.Round(whole), Math.Floor(low), Math.Ceiling(high), words);
        var shares = _reporters.Sum(static reporter => reporter.SharesWithPeers ? reporter.Weight : 0) / whole;
        if (atTracker is not > 0 || shares == 0 || (peersFrom > 0 && now - _switch.Since < Gathering))
            return byReports;
        var byTracker = atTracker.Value / shares;
        // A tracker that many do not reach, or that others stand beside: it would be a part of them only.
        if (byTracker < Sampling.Whole(n, share, Impossible).Low)
            return byReports;
        var (fewest, most) = Sampling.Part(shares, EffectiveSize(), share);
        return new Estimate(
            Math.Round(byTracker),
            Math.Floor(atTracker.Value / most),
            fewest > 0 ? Math.Ceiling(atTracker.Value / fewest) : null,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Peers} ({atTracker}), divided by their part of {Count(n, "report")} ({shares:0.###})"
            )
        );
    }

    /// <summary>How many may be there at most: that many must not all report.</summary>
    private double? Expected(Estimate? viewers)
    {
        var waiting = _refusedAt.Count == 0 ? 0 : Weights().Whole + (_refusedAt.Count / _share.Value);
        var most = Math.Max(Math.Max(viewers?.Value ?? 0, sharing && _switch.IsOn ? _inputs.AtTracker ?? 0 : 0), waiting);
        return most > 0 ? most : null;
    }

    private Estimate? Sharing()
    {
        if (_reporters.Count == 0)
            return null;
        var (n, whole, share) = Weights();
        var shares = _reporters.Sum(static reporter => reporter.SharesWithPeers ? reporter.Weight : 0) / whole;
        var (low, high) = Sampling.Part(shares, EffectiveSize(), share);
        return new Estimate(shares, low, high, $"part of the viewers who share, from {Count(n, "report")}").Rounded(4);
    }

    private static Estimate? FromPeers(WeightedTotals totals, string words) =>
        totals
            .Ratio(
                Measure.FromPeers,
                [Measure.FromPeers, Measure.FromEdge],
                1,
                $"part of the bytes that came from peers, {words}"
            )
            ?.Rounded(4);

    private Estimate? Latency(double quantile) =>
        Quantile(
            _reporters.Where(static r => r.Latency is not null).Select(static r => (r.Latency!.Value, r.Weight)),
            quantile,
            quantile == 0.5
                ? "seconds behind the live edge, median of viewers now"
                : "seconds behind the live edge, 95 of 100 viewers are below now"
        );

    private Estimate? Quantile(IEnumerable<(double Value, double Weight)> values, double quantile, string words)
    {
        var all = values.ToList();
        return Sampling.Quantile(all, quantile, $"{words}, from {Count(all.Count, "report")}")?.Rounded(2);
    }

    private IReadOnlyList<RenditionAudience> Renditions() =>
        [
            .. _reporters
                .GroupBy(static reporter => reporter.Rendition)
                .OrderBy(static group => group.Key, StringComparer.Ordinal)
                .Select(static group =>
                {
                    var (n, whole) = (group.Count(), group.Sum(static reporter => reporter.Weight));
                    var (low, high) = Sampling.Whole(n, n / whole);
                    var words = $"viewers of this rendition who have watched for some minutes, from {Count(n, "report")}";
                    return new RenditionAudience(group.Key, new Estimate(whole, low, high, words).Rounded(0));
                }),
        ];

    private string RecentWords() =>
        $"in the last {RecentReports.Span.TotalMinutes:0} minutes, from {Count(_reporters.Count, "report")}";

    private (int Count, double Whole, double Share) Weights()
    {
        var whole = _reporters.Sum(static reporter => reporter.Weight);
        return (_reporters.Count, whole, _reporters.Count == 0 ? 1 : Math.Min(1, _reporters.Count / whole));
    }

    /// <summary>Of reporters who stand for different numbers of viewers: as good as so many who stand for the same.</summary>
    private double EffectiveSize()
    {
        var whole = Weights().Whole;
        return whole * whole / _reporters.Sum(static reporter => reporter.Weight * reporter.Weight);
    }

    private static string Count(int n, string what) => n == 1 ? $"1 {what}" : $"{n} {what}s";
}
