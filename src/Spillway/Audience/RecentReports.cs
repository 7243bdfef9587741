namespace Spillway.Audience;

/// <summary>The reports of the last minutes: what happens now, and whether peers give anything at all.</summary>
internal sealed class RecentReports
{
    public static readonly TimeSpan Span = TimeSpan.FromMinutes(3);

    /// <summary>Fewer viewers may well have nothing for each other.</summary>
    private const int EnoughViewers = 3;

    /// <summary>What is 0 % when it is rounded.</summary>
    private const double Nothing = 0.005;

    private readonly Queue<Entry> _entries = new();

    /// <param name="FromPeers">Bytes.</param>
    /// <param name="FromEdge">Bytes.</param>
    /// <param name="Stalled">Seconds of the stalls.</param>
    /// <param name="Covers">The time before <paramref name="At"/> that it tells of.</param>
    private readonly record struct Entry(
        TimeSpan At,
        Reporter From,
        double Weight,
        bool Shares,
        double FromPeers,
        double FromEdge,
        double Stalls,
        double Hours,
        double Stalled,
        TimeSpan Covers
    );

    public void Add(Reporter from, PlaybackReport report, TimeSpan now) =>
        _entries.Enqueue(
            new Entry(
                now,
                from,
                from.Weight,
                report.SharesWithPeers,
                report.FromPeers,
                report.FromEdge,
                report.Stalls,
                report.Played / 3600,
                report.Stalled,
                TimeSpan.FromSeconds(report.Seconds)
            )
        );

    public void Forget(TimeSpan now)
    {
        while (_entries.TryPeek(out var oldest) && now - oldest.At > Span)
            _entries.Dequeue();
    }

    public void Clear() => _entries.Clear();

    public WeightedTotals Totals()
    {
        var totals = new WeightedTotals();
        Span<double> viewer = stackalloc double[WeightedTotals.Measures];
        foreach (var entries in _entries.GroupBy(static entry => entry.From))
        {
            viewer.Clear();
            foreach (var entry in entries)
            {
                viewer[(int)Measure.FromPeers] += entry.Weight * entry.FromPeers;
                viewer[(int)Measure.FromEdge] += entry.Weight * entry.FromEdge;
                viewer[(int)Measure.Stalls] += entry.Weight * entry.Stalls;
                viewer[(int)Measure.Hours] += entry.Weight * entry.Hours;
            }
            totals.Add(viewer, 1 - entries.Key.Share);
        }
        return totals;
    }

    /// <summary>For each viewer how many seconds its picture stood still at a time, at worst; 0: it went on.</summary>
    /// <param name="from">What tells of any time before is left out.</param>
    public IEnumerable<double> Stalls(TimeSpan from) =>
        _entries
            .Where(entry => entry.At - entry.Covers >= from)
            .GroupBy(static entry => entry.From)
            .Select(static entries => entries.Max(static entry => entry.Stalled / Math.Max(1, entry.Stalls)));

    /// <summary>Several viewers who share have got nothing from each other in all this time, while the edge gave them something.</summary>
    public bool PeersGiveNothing()
    {
        var (peers, edge) = (0.0, 0.0);
        foreach (var entry in _entries)
        {
            if (!entry.Shares)
                continue;
            peers += entry.FromPeers;
            edge += entry.FromEdge;
        }
        return edge > 0
            && peers < Nothing * (peers + edge)
            && _entries.Where(static entry => entry.Shares).Select(static entry => entry.From).Distinct().Count()
                >= EnoughViewers;
    }
}
