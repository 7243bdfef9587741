using System.Text;
using Spillway.Media;

namespace Spillway.Watch.Checking;

/// <summary>
/// Judges a live stream by what a viewer gets: fed with every answer for its playlists, in the order of the requests for each
/// URL, it finds every breach of the rules of HLS that text and headers can show. Not for several threads at once.
/// </summary>
internal sealed class PlaylistChecker
{
    /// <summary>For clocks and scheduling of the machine that polls.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(0.3);

    /// <summary>Removed segments that <see cref="Take"/> leaves, and breaches that it remembers.</summary>
    private const int Kept = 100;
    private const int MostTold = 20_000;

    private readonly List<Finding> _findings = [];
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private readonly List<(TimeSpan From, TimeSpan To, string Reason)> _excuses = [];
    private readonly Dictionary<string, MediaHistory> _media = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PlaylistText> _multivariants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MediaRules> _mediaRules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, BandwidthRules> _bandwidths = new(StringComparer.Ordinal);
    private readonly VariantRules _variants;
    private readonly SegmentRules _segments;
    private readonly StreamNumbers _numbers;

    public PlaylistChecker()
    {
        _variants = new(Report, Excused);
        _segments = new(Report);
        _numbers = new(Report);
    }

    /// <summary>Everything found so far, the same breach of one URL once.</summary>
    public IReadOnlyList<Finding> Findings =>
        [
            .. _findings
                .Concat(_media.Values.SelectMany(Lateness))
                .Concat(_variants.Mappings(_multivariants.Values, _mediaRules))
                .Distinct(),
        ];

    public IReadOnlyDictionary<string, MediaHistory> Media => _media;
    public IReadOnlyDictionary<string, PlaylistText> Multivariants => _multivariants;

    /// <summary>Lateness (B11; an ENDLIST's, E10) in that time is excused: the writer died or handed over, or the store refused everybody.</summary>
    public void Excuse(TimeSpan from, TimeSpan to, string reason) => _excuses.Add((from, to, reason));

    /// <summary>A snapshot that did not come by HTTP.</summary>
    public PlaylistText? Add(string url, TimeSpan at, string text) => Add(url, at, Encoding.UTF8.GetBytes(text));

    /// <inheritdoc cref="Add(string, TimeSpan, string)"/>
    public PlaylistText? Add(string url, TimeSpan at, byte[] body) =>
        Add(
            new()
            {
                Url = url,
                RequestedAt = at,
                ReceivedAt = at,
                Body = body,
            }
        );

    /// <returns>What the answer said, or null when it was no playlist.</returns>
    public PlaylistText? Add(Fetch fetch)
    {
        // Before a stream is on air there is nothing; afterwards its playlists stay.
        var isKnown = _media.ContainsKey(fetch.Url) || _multivariants.ContainsKey(fetch.Url) || Names(fetch.Url);
        if (!HttpRules.Answer(fetch, !isKnown, Report))
            return null;
        var text = new StrictReader(fetch.Url, Report).Read(fetch.Body);
        HttpRules.Playlist(fetch, text, Report);
        if (text.IsMultivariant)
        {
            _multivariants[fetch.Url] = text;
            _variants.Multivariant(text);
            return text;
        }

        if (!_media.TryGetValue(fetch.Url, out var history))
            _media[fetch.Url] = history = new(fetch.Url, Report);
        history.Add(text, fetch);
        _numbers.Added(history);
        foreach (var multivariant in _multivariants.Values)
        {
            var variants = multivariant.Variants.ConvertAll(variant => Resolve(multivariant.Url, variant.Uri));
            if (variants.Contains(fetch.Url))
                _variants.Across([.. variants.Where(_media.ContainsKey).Select(url => _media[url])], history);
        }

        return text;
    }

    /// <param name="fetch">The answer for a segment that was listed when it was asked for.</param>
    /// <param name="isListed">It still is, in an answer asked for after this one came: only then a failure counts.</param>
    public void AddSegment(SegmentFetch fetch, bool isListed = true) => _segments.Listed(fetch, isListed);

    /// <summary>What is in a listed segment; null for a GAP or one that did not load. In any order.</summary>
    /// <param name="body">Its bytes; without them neither continuity counters (D5) nor bandwidth (E3) are judged.</param>
    public void AddMedia(string playlistUrl, ListedSegment segment, MediaReport? media, byte[]? body = null)
    {
        if (!_mediaRules.TryGetValue(playlistUrl, out var rules))
            _mediaRules[playlistUrl] = rules = new(playlistUrl, FirstNumber(playlistUrl) ?? segment.Number, Report);
        rules.Add(segment, media, body);
        if (media is null || _variants.Attributes(playlistUrl) is not { } attributes)
            return;
        FormatRules.Check(playlistUrl, attributes, media, Report);
        if (body is null || _media.GetValueOrDefault(playlistUrl)?.Latest is not { } latest)
            return;
        if (!_bandwidths.TryGetValue(playlistUrl, out var bandwidth))
            _bandwidths[playlistUrl] = bandwidth = new(playlistUrl, latest.TargetDuration, attributes, Report);
        bandwidth.Add(segment, body.Length);
    }

    /// <summary>The answer for a segment that is no longer listed (B13).</summary>
    public void AddRemovedSegment(SegmentFetch fetch)
    {
        if (_media.GetValueOrDefault(fetch.PlaylistUrl)?.Listings.GetValueOrDefault(fetch.Number) is { } listing)
            _segments.Removed(fetch, listing);
    }

    public void Report(Finding finding) => _findings.Add(finding);

    /// <exception cref="InvalidDataException">One is an error; the message has all findings.</exception>
    public void AssertClean(bool andWithoutWarnings = false)
    {
        var findings = Findings;
        if (
            findings.Any(finding =>
                finding.Severity == Severity.Error || (andWithoutWarnings && finding.Severity == Severity.Warning)
            )
        )
            throw new InvalidDataException(string.Join('\n', findings.OrderByDescending(finding => finding.Severity).Take(100)));
    }

    /// <summary>
    /// What has been found since the last call, the same breach once; what no rule needs any more is forgotten. For runs of hours, and in
    /// place of <see cref="Findings"/>.
    /// </summary>
    /// <param name="now">On the clock of the answers.</param>
    public IReadOnlyList<Finding> Take(TimeSpan now)
    {
        if (_told.Count >= MostTold)
            _told.Clear();
        List<Finding> fresh = [.. _findings.Where(finding => !IsForeignName(finding) && _told.Add(finding.ToString()))];
        _findings.Clear();
        foreach (var history in _media.Values)
        {
            foreach (var stall in history.Stalls.Where(stall => IsLate(stall) && _told.Add($"B11 {history.Url} {stall.Number}")))
                fresh.Add(Late(history, stall));
            history.Forget(now, Kept);
        }
        fresh.AddRange(
            _variants
                .Mappings(_multivariants.Values, _mediaRules)
                .Where(finding => _told.Add($"{finding.Rule} {finding.Severity} {finding.Url}"))
        );
        return fresh;
    }

    /// <summary>Nobody asks for this playlist any more.</summary>
    public void Forget(string url)
    {
        _media.Remove(url);
        _mediaRules.Remove(url);
        _bandwidths.Remove(url);
    }

    /// <summary>
    /// Relative names without a base, as in tests of text alone, are put next to the playlist. What is no address is given back as it
    /// is: nobody will be able to ask for it.
    /// </summary>
    public static string Resolve(string playlistUrl, string uri)
    {
        var isAddress = Uri.TryCreate(playlistUrl, UriKind.Absolute, out var url) && url.Scheme != Uri.UriSchemeFile;
        var root = isAddress ? url! : new Uri("http://text/" + playlistUrl.TrimStart('/'));
        return !Uri.TryCreate(root, uri, out var resolved) ? uri
            : isAddress ? resolved.AbsoluteUri
            : resolved.AbsolutePath[1..];
    }

    private long? FirstNumber(string url) => _media.GetValueOrDefault(url)?.Listings.Keys[0];

    private bool Names(string url) =>
        _multivariants.Values.Any(multivariant =>
            multivariant.Variants.Exists(variant => Resolve(multivariant.Url, variant.Uri) == url)
        );

    private IEnumerable<Finding> Lateness(MediaHistory history) =>
        history.Stalls.Where(static stall => stall.To - stall.From > Allowed(stall)).Select(stall => Late(history, stall));

    private static TimeSpan Allowed(Stall stall) => TimeSpan.FromSeconds(1.5 * stall.TargetDuration) + Tolerance;

    private bool IsLate(Stall stall) => stall.To - stall.From - Excused(stall.From, stall.To) > Allowed(stall);

    private Finding Late(MediaHistory history, Stall stall)
    {
        var reasons = _excuses.Where(excuse => excuse.From < stall.To && excuse.To > stall.From).OrderBy(static e => e.From);
        return new(
            "B11",
            IsLate(stall) ? Severity.Error : Severity.Excused,
            history.Url,
            $"nothing came after number {stall.Number} for {(stall.To - stall.From).TotalSeconds:F1} s, from {stall.From}; "
                + $"allowed are {Allowed(stall).TotalSeconds:F1} s{string.Concat(reasons.Select(static excuse => $"; {excuse.Reason}"))}"
        );
    }

    /// <summary>Names of GAPs are our own rule.</summary>
    private static bool IsForeignName(Finding finding) => finding.Rule == "X3" && !StreamNumbers.IsOurs(finding.Url);

    /// <summary>How much of a time is excused.</summary>
    private TimeSpan Excused(TimeSpan from, TimeSpan to)
    {
        var covered = TimeSpan.Zero;
        var until = from;
        foreach (var excuse in _excuses.Where(excuse => excuse.From < to && excuse.To > from).OrderBy(static e => e.From))
        {
            var begin = excuse.From > until ? excuse.From : until;
            var end = excuse.To < to ? excuse.To : to;
            if (end <= begin)
                continue;
            covered += end - begin;
            until = end;
        }
        return covered;
    }
}
