using System.Security.Cryptography;
using Spillway.Media;
using Spillway.Watch.Checking;

namespace Spillway.Watch;

/// <summary>One media playlist of a <see cref="PlaylistPoller"/> and the segments behind it. The checker is its lock.</summary>
internal sealed class PolledPlaylist(string url, PlaylistChecker checker, PollerHttp http, ViewerClock clock, PollerPace pace)
{
    /// <summary>However short a target duration is, and after a failure.</summary>
    private static readonly TimeSpan ShortestReload = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestReload = TimeSpan.FromSeconds(30);

    /// <summary>Before a removed segment may go: a player looks at it once.</summary>
    private static readonly TimeSpan ProbeBefore = TimeSpan.FromSeconds(2);

    /// <summary>Bytes of answers that may be listed again: slates and initialization sections.</summary>
    private const int MostHeld = 16_000_000;

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
    private TimeSpan _due;
    private Task _loading = Task.CompletedTask;
    private int _waiting;
    private long _highest = -1;

    public string Url => url;
    public IReadOnlyList<LoadedSegment> Loaded => _loaded;

    /// <summary>The multivariant playlist names it now.</summary>
    public bool IsNamed => _unnamedAt is null;

    /// <summary>A segment did not load, and no later answer has told yet whether it is still listed.</summary>
    public bool HasUnjudged => _failed.Count > 0;

    /// <summary>A request is under way.</summary>
    public bool IsAsked { get; set; }

    /// <summary>It is time to ask again.</summary>
    public bool IsDue(TimeSpan now) => !pace.IsPlayer || (!IsAsked && now >= _due);

    /// <summary>No answer, or none that is a playlist.</summary>
    public void Failed(TimeSpan now) => _due = now + (2 * ShortestReload);

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

        var fresh = text.Segments.Where(segment => segment.Number > _highest).ToList();
        // Half of it when nothing has changed (RFC 8216 6.3.4).
        var reload = TimeSpan.FromSeconds(text.TargetDuration * (fresh.Count > 0 ? 1 : 0.5));
        _due =
            clock.Elapsed
            + (
                reload > LongestReload ? LongestReload
                : reload < ShortestReload ? ShortestReload
                : reload
            );
        foreach (var (index, segment) in fresh.Index())
        {
            _highest = segment.Number;
            if (segment.Gap || fresh.Count - index > pace.AtStart)
                checker.AddMedia(url, segment, null);
            else if (!pace.IsPlayer)
                Start(LoadAsync(segment));
            else if (_waiting <= pace.Waiting)
                Start(_loading = LoadAfterAsync(_loading, segment));
            else
            {
                checker.AddMedia(url, segment, null);
                checker.Report(
                    new("W3", Severity.Warning, url, "segments come faster than they can be loaded here: some are left out")
                );
            }
        }

        foreach (var (number, listing) in checker.Media[url].Listings.Reverse().TakeWhile(pair => pair.Key >= text.First - 100))
        {
            if (listing.GoneAt is not null && !listing.Segment.Gap)
                _removed.TryAdd(number, pace.IsPlayer ? listing.LoadableUntil - ProbeBefore : TimeSpan.Zero);
        }
    }

    /// <summary>Looks again at what was removed, until it may go (B13).</summary>
    public void ProbeRemoved()
    {
        lock (checker)
        {
            foreach (var (number, due) in _removed.ToList())
            {
                if (
                    checker.Media.GetValueOrDefault(url)?.Listings.GetValueOrDefault(number) is not { GoneAt: not null } listing
                    || clock.Elapsed >= listing.LoadableUntil
                )
                    _removed.Remove(number);
                else if (clock.Elapsed >= due)
                {
                    _removed[number] = pace.IsPlayer ? TimeSpan.MaxValue : clock.Elapsed + ProbeInterval;
                    Start(ProbeAsync(listing, isWhole: (pace.IsPlayer || due == TimeSpan.Zero) && number % WholeAgain == 0));
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

    private async Task LoadAfterAsync(Task before, ListedSegment segment)
    {
        _waiting++;
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await LoadAsync(segment);
        }
        finally
        {
            lock (checker)
                _waiting--;
        }
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
        // Neither what is encrypted nor elementary audio (RFC 8216 3.4) can be looked into.
        var media =
            isWhole && segment.Key is null && !IsPackedAudio(fetch.Body!) ? MediaInspector.Inspect(fetch.Body, init) : null;
        lock (checker)
        {
            if (isWhole)
            {
                checker.AddSegment(fetch);
                if (pace.KeepsLoaded && media is not null)
                {
                    var hash = Convert.ToHexStringLower(SHA256.HashData(fetch.Body!));
                    _loaded.Add(new(url, segment, address, fetch.Body!.Length, hash, media, fetch.ReceivedAt));
                }
            }
            else
                _failed.Add(fetch with { Number = segment.Number });
            checker.AddMedia(url, segment, media, media is null ? null : fetch.Body);
        }
    }

    private static bool IsPackedAudio(ReadOnlySpan<byte> body) =>
        body.StartsWith("ID3"u8) || (body.Length > 1 && body[0] == 0xFF && (body[1] & 0xF0) == 0xF0);

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
                var ended = _byUrl.Where(static pair => pair.Value.IsCompletedSuccessfully).Reverse();
                var (count, bytes) = (0, 0L);
                foreach (var (old, answer) in ended.ToList())
                {
                    bytes += answer.Result.Body?.Length ?? 0;
                    if (++count > 20 || (bytes > MostHeld && count > 2))
                        _byUrl.Remove(old);
                }
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
