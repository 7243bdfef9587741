using System.Globalization;
using Spillway.EndToEnd.Viewers;
using Spillway.TestSupport;
using Spillway.Watch.Checking;

namespace Spillway.EndToEnd.Reliability;

/// <summary>
/// Sees a stream through deaths of its writers as an anonymous viewer does: a <see cref="Judge"/> that polls the bucket itself, with no
/// cache between, and reads each listed key at once. Times are those of its poller.
/// </summary>
internal sealed class Witness : IAsyncDisposable
{
    private readonly Judge _judge;
    private readonly List<(TimeSpan From, TimeSpan To)> _deaths = [];

    private Witness(Judge judge) => _judge = judge;

    public TimeSpan Now => _judge.Poller.Elapsed;

    /// <summary>Within which something new must be listed after a death: three target durations or 10 s, whichever is longer.</summary>
    public TimeSpan Allowed
    {
        get
        {
            lock (_judge.Poller.Checker)
            {
                var target = _judge.Poller.Checker.Media.Values.Max(static media => media.Latest?.TargetDuration) ?? 0;
                return TimeSpan.FromSeconds(Math.Max(10, 3 * target));
            }
        }
    }

    public static Witness Watch(CephBucket bucket) => new(Judge.Watch($"{bucket.PublicUrl}/"));

    /// <summary>The writer dies now, is cut off or stopped: what is late because of it is excused once.</summary>
    /// <param name="how">For the findings.</param>
    /// <param name="lasting">How long nobody can publish, whatever they do: an outage of the store.</param>
    public void Died(string how, TimeSpan lasting = default)
    {
        _deaths.Add((Now, Now + lasting));
        _judge.Poller.Excuse(lasting + Allowed, how);
    }

    /// <summary>The renditions of the broadcast that is on air have all listed something new since then.</summary>
    public bool ListsSince(TimeSpan moment)
    {
        lock (_judge.Poller.Checker)
        {
            var checker = _judge.Poller.Checker;
            var named = checker
                .Multivariants.Values.SelectMany(static text =>
                    text.Variants.Select(variant => PlaylistChecker.Resolve(text.Url, variant.Uri))
                )
                .ToList();
            return named.Count > 0
                && named.TrueForAll(url =>
                    checker.Media.GetValueOrDefault(url) is { Listings.Count: > 0 } media
                    && media.Listings.Values[^1].FirstReceived > moment
                );
        }
    }

    /// <returns>Whether all renditions list something new in time.</returns>
    public async Task<bool> ListsAgainAsync(TimeSpan since, TimeSpan within)
    {
        var end = Now + within;
        while (!ListsSince(since))
        {
            if (Now > end)
                return false;
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
        return true;
    }

    /// <summary>The longest time with nothing new in any rendition that had a part between two moments.</summary>
    public TimeSpan LongestPause(TimeSpan from, TimeSpan to) =>
        Pauses()
            .Where(pause => pause.To >= from && pause.From <= to)
            .Select(static pause => pause.To - pause.From)
            .DefaultIfEmpty()
            .Max();

    /// <summary>When each hash was first listed, by rendition.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<Listing>> Listings()
    {
        lock (_judge.Poller.Checker)
        {
            return _judge
                .Poller.Checker.Media.Values.GroupBy(static media => new Uri(media.Url).Segments[^2].TrimEnd('/'))
                .ToDictionary(
                    static rendition => rendition.Key,
                    static rendition =>
                        (IReadOnlyList<Listing>)
                            [
                                .. rendition
                                    .SelectMany(static media => media.Listings.Values)
                                    .OrderBy(static listing => listing.Segment.Number),
                            ],
                    StringComparer.Ordinal
                );
        }
    }

    public async Task<Verdict> ConcludeAsync()
    {
        await _judge.StopAsync();
        var findings = _judge.Poller.Checker.Findings;
        var late = Pauses().Where(static pause => pause.Deaths.Count > 0).Where(pause => pause.To > Deadline(pause)).ToList();
        var listings = Listings();
        var first = listings.Values.FirstOrDefault() ?? [];
        return new Verdict
        {
            Loaded = _judge.Poller.Loaded.Count,
            Lies = [.. findings.Where(IsLie)],
            Broken =
            [
                .. findings.Where(static finding =>
                    finding.Severity == Severity.Error && finding.Rule != "B11" && !IsLie(finding)
                ),
            ],
            Late =
            [
                .. late.Select(Describe),
                .. findings
                    .Where(static finding => finding is { Rule: "B11", Severity: Severity.Error })
                    .Select(static finding => finding.ToString()),
            ],
            LongestPause = Pauses().Select(static pause => pause.To - pause.From).DefaultIfEmpty().Max(),
            Allowed = Allowed,
            Broadcasts = _judge
                .Poller.Checker.Media.Keys.Select(static url => new Uri(url).Segments[^3])
                .Distinct(StringComparer.Ordinal)
                .Count(),
            Listed = first.Count,
            Discontinuities = first.Count(static listing => listing.Segment.Discontinuity),
            Gaps = listings.Values.Sum(static all => all.Count(static listing => listing.Segment.Gap)),
        };
    }

    public ValueTask DisposeAsync() => _judge.DisposeAsync();

    /// <summary>
    /// A 404, 403 or short body for a listed key, other bytes than its name promises, or gone while viewers may still want it. No
    /// answer at all is none: the store answers nobody then.
    /// </summary>
    private static bool IsLie(Finding finding) =>
        finding.Severity == Severity.Error
        && (
            finding.Rule is "D1" or "D7" or "D8" or "D11" or "X1" or "B13" or "A13"
            || (finding.Rule == "F2" && finding.Message.StartsWith("status ", StringComparison.Ordinal))
        )
        && !finding.Message.Contains("status 0", StringComparison.Ordinal);

    private TimeSpan Deadline(Pause pause)
    {
        // Once for each death; the first counts from the last segment, a further one gives the time anew.
        var deadline = pause.From + Allowed;
        foreach (var (from, to) in pause.Deaths)
        {
            if (from <= deadline && (to > from || (from, to) != pause.Deaths[0]))
                deadline = to + Allowed;
        }
        return deadline;
    }

    /// <summary>Times without anything new, of each rendition over all broadcasts, with the deaths in them.</summary>
    private List<Pause> Pauses() =>
        [
            .. Listings()
                .SelectMany(pair =>
                {
                    var times = pair.Value.Select(static listing => listing.FirstReceived).Order().ToList();
                    return times
                        .Zip(times.Skip(1))
                        .Select(next => new Pause(
                            pair.Key,
                            next.First,
                            next.Second,
                            _deaths.FindAll(death => death.To >= next.First && death.From <= next.Second)
                        ));
                }),
        ];

    private string Describe(Pause pause) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"rendition {pause.Rendition}: nothing new for {(pause.To - pause.From).TotalSeconds:F1} s from {pause.From.TotalSeconds:F1} s, "
                + $"with deaths at {string.Join(", ", pause.Deaths.Select(static death => $"{death.From.TotalSeconds:F1}"))}; "
                + $"until {Deadline(pause).TotalSeconds:F1} s would be in time"
        );

    private sealed record Pause(string Rendition, TimeSpan From, TimeSpan To, IReadOnlyList<(TimeSpan From, TimeSpan To)> Deaths);
}
