using System.Security.Cryptography;
using Spillway.Media;
using Spillway.Tests.PlaylistChecking;

namespace Spillway.Tests;

/// <summary>One media playlist of a <see cref="PlaylistPoller"/> and the segments behind it. The checker is its lock.</summary>
internal sealed class PolledPlaylist(string url, PlaylistChecker checker, PollerHttp http, ViewerClock clock)
{
    /// <summary>Between two looks at a removed segment.</summary>
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(1);

    /// <summary>One removed segment in so many is loaded whole a second time (D11).</summary>
    private const int WholeAgain = 8;

    private readonly List<LoadedSegment> _loaded = [];
    private readonly List<SegmentFetch> _failed = [];
    private readonly Dictionary<long, TimeSpan> _removed = [];
    private readonly Dictionary<string, Task<SegmentFetch>> _byUrl = new(StringComparer.Ordinal);
    private readonly List<Task> _running = [];
    private TimeSpan? _unnamedAt;
    private long _highest = -1;

    public string Url => url;
    public IReadOnlyList<LoadedSegment> Loaded => _loaded;

    /// <summary>The multivariant playlist names it now.</summary>
    public bool IsNamed => _unnamedAt is null;

    /// <summary>A segment did not load, and no later answer has told yet whether it is still listed.</summary>
    public bool HasUnjudged => _failed.Count > 0;

    public void Named(bool isNamed, TimeSpan now) => _unnamedAt = isNamed ? null : _unnamedAt ?? now;

    /// <summary>While it is named, and as long after as it may still be owed an end.</summary>
    public bool IsPolled(TimeSpan now) =>
        IsNamed || now - _unnamedAt < TimeSpan.FromSeconds(3 * checker.Media.GetValueOrDefault(url)?.Latest?.TargetDuration ?? 0);

    public void Update(PlaylistText text, Fetch fetch)
    {
        foreach (var failed in _failed.Where(failed => fetch.RequestedAt > failed.ReceivedAt).ToList())
        {
            checker.AddSegment(failed, text.Segments.Exists(segment => segment.Number == failed.Number));
            _failed.Remove(failed);
        }

        foreach (var segment in text.Segments.Where(segment => segment.Number > _highest))
        {
            _highest = segment.Number;
            if (segment.Gap)
                checker.AddMedia(url, segment, null);
            else
                Start(LoadAsync(segment));
        }

        foreach (var (number, listing) in checker.Media[url].Listings.Reverse().TakeWhile(pair => pair.Key >= text.First - 100))
        {
            if (listing.GoneAt is not null && !listing.Segment.Gap)
                _removed.TryAdd(number, TimeSpan.Zero);
        }
    }

    /// <summary>Looks again at what was removed, until it may go (B13).</summary>
    public void ProbeRemoved()
    {
        lock (checker)
        {
            foreach (var (number, due) in _removed.ToList())
            {
                var listing = checker.Media[url].Listings[number];
                if (clock.Elapsed >= listing.LoadableUntil || listing.GoneAt is null)
                    _removed.Remove(number);
                else if (clock.Elapsed >= due)
                {
                    _removed[number] = clock.Elapsed + ProbeInterval;
                    Start(ProbeAsync(listing, isWhole: due == TimeSpan.Zero && number % WholeAgain == 0));
                }
            }
        }
    }

    public Task FinishAsync() => Task.WhenAll(_running);

    private void Start(Task task)
    {
        // One that failed stays, so that its exception comes out at the end.
        _running.RemoveAll(running => running.IsCompletedSuccessfully);
        _running.Add(task);
    }

    private async Task LoadAsync(ListedSegment segment)
    {
        var address = PlaylistChecker.Resolve(url, segment.Uri);
        var fetch = await Once(
            $"{address} {segment.Range}",
            () => http.SegmentAsync(url, segment, address, segment.Range, clock)
        );
        var init = segment.MapUri is { } uri
            ? await InitializationSectionAsync(segment, PlaylistChecker.Resolve(url, uri))
            : null;
        var isWhole = fetch is { Status: 200, Body: { } };
        var media = isWhole ? MediaInspector.Inspect(fetch.Body, init) : null;
        lock (checker)
        {
            if (isWhole)
            {
                checker.AddSegment(fetch);
                var hash = Convert.ToHexStringLower(SHA256.HashData(fetch.Body!));
                _loaded.Add(new(url, segment, address, fetch.Body!.Length, hash, media!, fetch.ReceivedAt));
            }
            else
                _failed.Add(fetch with { Number = segment.Number });
            checker.AddMedia(url, segment, media, fetch.Body);
        }
    }

    private async Task<ReadOnlyMemory<byte>?> InitializationSectionAsync(ListedSegment segment, string address)
    {
        var range = segment.Map?.Split(' ') is [_, { Length: > 0 } part] ? part : null;
        var fetch = await Once($"{address} {range}", () => http.SegmentAsync(url, segment, address, range, clock));
        lock (checker)
            checker.AddSegment(fetch);
        return fetch.Body;
    }

    /// <summary>A slate is listed under many numbers and an initialization section by many segments: each is loaded once.</summary>
    private Task<SegmentFetch> Once(string key, Func<Task<SegmentFetch>> load)
    {
        lock (_byUrl)
        {
            if (!_byUrl.TryGetValue(key, out var task))
            {
                _byUrl[key] = task = load();
                // What is listed once is not kept: hours of it would not fit. What comes again comes soon.
                foreach (var old in _byUrl.Where(pair => pair.Value.IsCompleted).Select(pair => pair.Key).SkipLast(20).ToList())
                    _byUrl.Remove(old);
            }

            return task;
        }
    }

    private async Task ProbeAsync(Listing listing, bool isWhole)
    {
        var segment = listing.Segment;
        var address = PlaylistChecker.Resolve(url, segment.Uri);
        var fetch = await http.SegmentAsync(url, segment, address, isWhole ? segment.Range : PollerHttp.OneByte, clock);
        lock (checker)
        {
            checker.AddRemovedSegment(fetch);
            if (isWhole && fetch.Status == 200)
                checker.AddSegment(fetch);
        }
    }
}
