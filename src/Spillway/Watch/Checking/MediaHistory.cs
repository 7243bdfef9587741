using System.Globalization;

namespace Spillway.Watch.Checking;

/// <summary>All snapshots of one media playlist's URL: the rules from one snapshot to the next (B), and overlap of dates (C2).</summary>
internal sealed class MediaHistory(string url, Action<Finding> report)
{
    private const int MostCompared = 5_000;
    private const int MostDateRanges = 1_000;

    private readonly SortedList<long, Listing> _listings = [];
    private readonly Dictionary<string, Dictionary<string, string>> _dateRanges = new(StringComparer.Ordinal);
    private readonly List<Stall> _stalls = [];
    private byte[]? _body;
    private bool _removedAny;
    private bool _brokenOnce;
    private DateTimeOffset? _latestEnd;

    public string Url => url;
    public PlaylistText? Latest { get; private set; }
    public Fetch? LatestFetch { get; private set; }

    /// <summary>When the first answer with ENDLIST was received.</summary>
    public TimeSpan? EndedAt { get; private set; }

    /// <summary>Every segment ever listed, by number.</summary>
    public SortedList<long, Listing> Listings => _listings;

    /// <summary>Times without a new segment, whether too long or not.</summary>
    public IReadOnlyList<Stall> Stalls => _stalls;

    public void Add(PlaylistText text, Fetch fetch)
    {
        if (Latest is { } previous)
        {
            Header(previous, text);
            Ended(previous, text, fetch);
            Numbers(previous, text, fetch);
        }

        Type(text, fetch);
        Discontinuities(text);
        DateRanges(text);
        List(text, fetch);
        Lateness(text, fetch);
        if (text.Ended)
            EndedAt ??= fetch.ReceivedAt;
        (Latest, LatestFetch, _body) = (text, fetch, fetch.Body);
    }

    /// <summary>Lets go of segments that nobody is owed any more, all but so many of them: for runs of hours.</summary>
    public void Forget(TimeSpan now, int kept)
    {
        while (
            _listings.Count > kept + (Latest?.Segments.Count ?? 0)
            && _listings.Values[0] is { GoneAt: not null } oldest
            && oldest.LoadableUntil < now
        )
        {
            _brokenOnce |= oldest.Segment.Discontinuity;
            _listings.RemoveAt(0);
        }
        if (_stalls.Count > kept)
            _stalls.RemoveRange(0, _stalls.Count - kept);
    }

    private void Header(PlaylistText previous, PlaylistText text)
    {
        if (previous.TargetDuration != text.TargetDuration)
            Error("B1", $"the target duration changed from {previous.TargetDuration} to {text.TargetDuration}");
        if (previous.Type != text.Type)
            Error("B7", $"EXT-X-PLAYLIST-TYPE changed from '{previous.Type}' to '{text.Type}'");
        if (!previous.Header.SetEquals(text.Header))
            Error("B14", $"header tags changed: {string.Join(" ", previous.Header)} became {string.Join(" ", text.Header)}");
    }

    private void Ended(PlaylistText previous, PlaylistText text, Fetch fetch)
    {
        if (!previous.Ended)
            return;
        if (!text.Ended)
            Error("B12", "EXT-X-ENDLIST went away");
        if (text.Last > previous.Last)
            Error("B12", $"numbers {previous.Last + 1} to {text.Last} came after EXT-X-ENDLIST");
        if (previous.Type == "VOD" && _body is not null && !_body.AsSpan().SequenceEqual(fetch.Body))
            Error("B7", "a VOD playlist changed");
    }

    private void Numbers(PlaylistText previous, PlaylistText text, Fetch fetch)
    {
        if (text.First < previous.First)
        {
            Error("B3", $"EXT-X-MEDIA-SEQUENCE went back from {previous.First} to {text.First}");
            return;
        }

        if (previous.Segments.Count > 0 && text.Segments.Count == 0)
        {
            Error("B6", "all segments went away");
            return;
        }

        if (text.Last < previous.Last && !IsMiscounted(previous, text))
            Error("B6", $"the last number went back from {previous.Last} to {text.Last}");
        if (previous.Segments.Count > 0 && text.First > previous.Last + 1)
        {
            // Who polls as a player does sees every segment, since three targets are left at each removal (6.2.2).
            var away = fetch.ReceivedAt - LatestFetch!.RequestedAt;
            var severity = away.TotalSeconds < 3 * text.TargetDuration ? Severity.Error : Severity.Warning;
            Report(
                "B6",
                severity,
                $"numbers {previous.Last + 1} to {text.First - 1} were never listed in answers {away.TotalSeconds:F1} s apart"
            );
        }

        Same(previous, text);
        if (text.First == previous.First)
            return;
        _removedAny = true;
        if (text.MediaSequence is null)
            Error("B4", "segments were removed and there is no EXT-X-MEDIA-SEQUENCE");
        if (!text.Ended && text.Duration < 3 * text.TargetDuration)
            Error("B8", $"{text.Duration} s are left after a removal; three target durations are {3 * text.TargetDuration} s");
    }

    /// <summary>A number's segment must be what it was.</summary>
    private void Same(PlaylistText previous, PlaylistText text)
    {
        var changed = text
            .Segments.Where(segment =>
                _listings.TryGetValue(segment.Number, out var listing) && listing.Segment.Facts != segment.Facts
            )
            .ToList();
        if (changed.Count == 0)
        {
            Dates(text);
            return;
        }

        if (IsMiscounted(previous, text))
            return;
        foreach (var segment in changed)
        {
            var before = _listings[segment.Number].Segment;
            Error(
                before.Resource == segment.Resource ? "B5" : "B6",
                $"number {segment.Number} changed from {before.Facts} to {segment.Facts}"
            );
        }
    }

    private void Dates(PlaylistText text)
    {
        foreach (var segment in text.Segments)
        {
            if (!_listings.TryGetValue(segment.Number, out var listing))
                continue;
            var before = listing.Segment;
            var isWritten = before.WrittenDate is not null && segment.WrittenDate is not null;
            // A date that is worked out carries the rounding of the one it comes from.
            if (
                isWritten
                    ? before.WrittenDate != segment.WrittenDate
                    : (before.Date - segment.Date)?.Duration() > TimeSpan.FromMilliseconds(2)
            )
                Error("B5", $"the date of number {segment.Number} changed from {before.Date:O} to {segment.Date:O}");
        }
    }

    /// <summary>The same segments in the same order under other numbers: one fault, not one for each segment.</summary>
    private bool IsMiscounted(PlaylistText previous, PlaylistText text)
    {
        // A quarrel over each of 100,000 would take for ever.
        if (previous.Segments.Count > MostCompared || text.Segments.Count > MostCompared)
            return false;
        var before = previous.Segments.ConvertAll(segment => segment.Resource);
        var now = text.Segments.ConvertAll(segment => segment.Resource);
        var stayed = (int)Math.Clamp(text.First - previous.First, 0, int.MaxValue);
        for (var removed = 0; removed < before.Count; removed++)
        {
            var common = Math.Min(before.Count - removed, now.Count);
            // The list must go on where the old one ends, or nothing tells a miscount from other segments.
            if (removed == stayed || common == 0 || common < before.Count - removed)
                continue;
            if (
                !before.Skip(removed).SequenceEqual(now.Take(common), StringComparer.Ordinal)
                || before.Skip(removed).Distinct().Count() < 2
            )
                continue;
            Error("B4", $"{removed} segments were removed, and EXT-X-MEDIA-SEQUENCE rose by {text.First - previous.First}");
            return true;
        }

        return false;
    }

    private void Type(PlaylistText text, Fetch fetch)
    {
        if (text.Type is not null && Latest is { } previous && text.First > previous.First)
            Error("B7", $"segments were removed from a playlist of type {text.Type}");
        if (text.Ended && text.HasPreloadHint)
            Error("B12", "EXT-X-PRELOAD-HINT stands with EXT-X-ENDLIST");
        if (text.Type == "VOD" && !text.Ended)
            Error("B7", $"a VOD playlist has no EXT-X-ENDLIST at {fetch.ReceivedAt}");
    }

    private void Discontinuities(PlaylistText text)
    {
        if (Latest is { } previous && (text.DiscontinuitySequence ?? 0) < (previous.DiscontinuitySequence ?? 0))
            Error(
                "B9",
                $"EXT-X-DISCONTINUITY-SEQUENCE went back from {previous.DiscontinuitySequence} to {text.DiscontinuitySequence ?? 0}"
            );
        if (text.DiscontinuitySequence is null && text.Type is null && !text.Ended)
        {
            var isNeeded =
                _removedAny
                && (
                    _brokenOnce
                    || text.Segments.Exists(segment => segment.Discontinuity)
                    || _listings.Values.Any(x => x.Segment.Discontinuity)
                );
            Report("B10", isNeeded ? Severity.Error : Severity.Warning, "there is no EXT-X-DISCONTINUITY-SEQUENCE");
        }

        foreach (var segment in text.Segments)
        {
            if (!_listings.TryGetValue(segment.Number, out var listing) || listing.Segment.Resource != segment.Resource)
                continue;
            var before = listing.Segment;
            if (before.DiscontinuityNumber == segment.DiscontinuityNumber)
                continue;
            Error(
                "B9",
                $"the discontinuity number of {segment.Number} changed from {before.DiscontinuityNumber} to {segment.DiscontinuityNumber}"
            );
            break;
        }
    }

    private void DateRanges(PlaylistText text)
    {
        foreach (var range in text.DateRanges.Where(range => range.ContainsKey("ID")))
        {
            var before = _dateRanges.GetValueOrDefault(range["ID"]) ?? [];
            if (range.Any(pair => before.TryGetValue(pair.Key, out var value) && value != pair.Value))
                Error("A14", $"EXT-X-DATERANGE {range["ID"]} contradicts what it said before");
            if (_dateRanges.Count >= MostDateRanges)
                _dateRanges.Clear();
            _dateRanges[range["ID"]] = range;
        }

        foreach (var (id, range) in _dateRanges)
        {
            if (text.DateRanges.Exists(now => now.GetValueOrDefault("ID") == id))
                continue;
            var start = SnapshotRules.Date(range.GetValueOrDefault("START-DATE"));
            if (start >= text.Start && start < text.Edge)
                Error("A14", $"EXT-X-DATERANGE {id} went away while its start is listed");
        }
    }

    private void List(PlaylistText text, Fetch fetch)
    {
        foreach (var segment in text.Segments)
        {
            if (!_listings.TryGetValue(segment.Number, out var listing))
            {
                _listings.Add(segment.Number, listing = new(segment, fetch.ReceivedAt));
                Overlap(segment);
            }

            listing.LastRequested = fetch.RequestedAt;
            listing.GoneAt = null;
            listing.LongestPlaylist = Math.Max(listing.LongestPlaylist, (double)text.Duration);
        }

        foreach (var segment in Latest?.Segments ?? [])
        {
            if (
                (segment.Number < text.First || segment.Number > text.Last) && _listings.TryGetValue(segment.Number, out var gone)
            )
                gone.GoneAt ??= fetch.ReceivedAt;
        }
    }

    private void Overlap(ListedSegment segment)
    {
        var isLater = _listings.Keys[^1] == segment.Number;
        if (isLater && segment.Date is { } start && segment.End is { } end)
        {
            var overlap = _latestEnd - start;
            if (overlap >= TimeSpan.FromSeconds(1) || (overlap > TimeSpan.FromMilliseconds(2) && end <= _latestEnd))
                Error("C2", $"number {segment.Number} is dated {start:O}, before the end of an earlier one at {_latestEnd:O}");
            else if (overlap > TimeSpan.FromMilliseconds(100))
                Report(
                    "C2",
                    Severity.Warning,
                    $"number {segment.Number} is dated {overlap.Value.TotalSeconds:F3} s before the end of an earlier one"
                );
            if (_latestEnd is null || end > _latestEnd)
                _latestEnd = end;
        }
    }

    private void Lateness(PlaylistText text, Fetch fetch)
    {
        if (text.Ended || text.Segments.Count == 0 || !_listings.TryGetValue(text.Last, out var last))
            return;
        // A certain lower bound: the answer is at least as new as its request, and the segment at least as old as its first receipt.
        if (fetch.RequestedAt <= last.FirstReceived)
            return;
        var stall = new Stall(text.Last, last.FirstReceived, fetch.RequestedAt, text.TargetDuration);
        if (_stalls.Count > 0 && _stalls[^1].Number == stall.Number)
            _stalls[^1] = stall;
        else
            _stalls.Add(stall);
    }

    private void Error(string rule, string message) => Report(rule, Severity.Error, message);

    private void Report(string rule, Severity severity, string message) =>
        report(new(rule, severity, url, string.Create(CultureInfo.InvariantCulture, $"{message}")));
}

/// <summary>When a segment was listed, as far as the answers tell.</summary>
internal sealed class Listing(ListedSegment segment, TimeSpan firstReceived)
{
    /// <summary>Seconds; a playlist may say anything.</summary>
    private const double LongestOwed = 1e9;

    public ListedSegment Segment => segment;
    public TimeSpan FirstReceived => firstReceived;

    /// <summary>The request of the last answer that listed it: it cannot have been removed before.</summary>
    public TimeSpan LastRequested { get; set; }

    /// <summary>Receipt of the first answer that no longer listed it.</summary>
    public TimeSpan? GoneAt { get; set; }

    /// <summary>Seconds of the longest playlist seen that listed it.</summary>
    public double LongestPlaylist { get; set; }

    /// <summary>It must stay loadable until then (RFC 8216 6.2.2), counted from the earliest moment it can have been removed.</summary>
    public TimeSpan LoadableUntil =>
        LastRequested + segment.Length + TimeSpan.FromSeconds(Math.Min(LongestPlaylist, LongestOwed));
}

/// <summary>No segment came after <paramref name="Number"/> between two moments.</summary>
internal readonly record struct Stall(long Number, TimeSpan From, TimeSpan To, long TargetDuration);
