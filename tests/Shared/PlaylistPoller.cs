using Spillway.Media;
using Spillway.Tests.PlaylistChecking;

namespace Spillway.Tests;

/// <summary>
/// A viewer that judges: polls a stream's multivariant playlist and all media playlists it names, loads every listed segment at
/// once and removed ones as long as they must stay, and gives all answers to a <see cref="PlaylistChecker"/>. GAPs are never asked for.
/// </summary>
/// <param name="multivariant">Address of the multivariant playlist.</param>
/// <param name="client">Anonymous, and without automatic decompression: the poller asks for gzip itself (F3).</param>
/// <param name="time">The server's clock, where that is not the real one.</param>
internal sealed class PlaylistPoller(Uri multivariant, HttpClient client, TimeProvider? time = null)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly ViewerClock _clock = new(time ?? TimeProvider.System);
    private readonly PollerHttp _http = new(client);
    private int _polling;
    private readonly Dictionary<string, PolledPlaylist> _playlists = new(StringComparer.Ordinal);

    public PlaylistChecker Checker { get; } = new();

    /// <summary>Since the poller was made: the time of all its findings.</summary>
    public TimeSpan Elapsed => _clock.Elapsed;

    /// <summary>It asks, or waits for an answer.</summary>
    public bool IsBusy => Volatile.Read(ref _polling) > 0 || _http.IsBusy;

    /// <summary>Every segment that was loaded, in the order of loading.</summary>
    public IReadOnlyList<LoadedSegment> Loaded
    {
        get
        {
            lock (Checker)
                return [.. _playlists.Values.SelectMany(playlist => playlist.Loaded).OrderBy(loaded => loaded.ReceivedAt)];
        }
    }

    /// <summary>Lateness from now on is excused for so long; see <see cref="PlaylistChecker.Excuse"/>.</summary>
    public void Excuse(TimeSpan duration, string reason)
    {
        lock (Checker)
            Checker.Excuse(Elapsed, Elapsed + duration, reason);
    }

    public void AssertClean(bool andWithoutWarnings = false)
    {
        lock (Checker)
            Checker.AssertClean(andWithoutWarnings);
    }

    /// <summary>Polls until cancelled, which is its normal end; what was begun is finished first.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            var began = Elapsed;
            Interlocked.Increment(ref _polling);
            try
            {
                await PollAsync();
            }
            finally
            {
                Interlocked.Decrement(ref _polling);
            }
            var rest = Interval - (Elapsed - began);
            if (rest > TimeSpan.Zero)
                await _clock.WaitAsync(rest, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await FinishAsync();
        // A segment that did not load counts only when a later answer still lists it.
        if (_playlists.Values.Any(playlist => playlist.HasUnjudged))
        {
            await PollAsync();
            await FinishAsync();
        }
    }

    private Task FinishAsync() => Task.WhenAll(_playlists.Values.Select(playlist => playlist.FinishAsync()));

    private async Task PollAsync()
    {
        List<PolledPlaylist> polled;
        var fetch = await _http.PlaylistAsync(multivariant.AbsoluteUri, _clock);
        lock (Checker)
        {
            if (Checker.Add(fetch) is { IsMultivariant: true } text)
                Name(text);
            polled = [.. _playlists.Values.Where(playlist => playlist.IsPolled(Elapsed))];
        }

        await Task.WhenAll(polled.Select(PollAsync));
        foreach (var playlist in _playlists.Values)
            playlist.ProbeRemoved();
    }

    private async Task PollAsync(PolledPlaylist playlist)
    {
        var fetch = await _http.PlaylistAsync(playlist.Url, _clock);
        lock (Checker)
        {
            // A failure counts while the multivariant playlist names it; afterwards it may be deleted.
            var text = fetch.Status == 200 || playlist.IsNamed ? Checker.Add(fetch) : null;
            if (text is { IsMultivariant: false })
                playlist.Update(text, fetch);
        }
    }

    private void Name(PlaylistText text)
    {
        var named = text
            .Variants.Select(variant => variant.Uri)
            .Concat(text.Renditions.Select(rendition => rendition.GetValueOrDefault("URI")).OfType<string>())
            .Select(uri => PlaylistChecker.Resolve(text.Url, uri))
            .ToHashSet(StringComparer.Ordinal);
        foreach (var url in named)
            _playlists.TryAdd(url, new(url, Checker, _http, _clock));
        foreach (var playlist in _playlists.Values)
            playlist.Named(named.Contains(playlist.Url), Elapsed);
    }
}

/// <param name="PlaylistUrl">The playlist that lists it.</param>
/// <param name="Segment">As first listed.</param>
/// <param name="Url">Resolved.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sha256">Lower-case hex.</param>
/// <param name="Media">What is in it.</param>
/// <param name="ReceivedAt">On the poller's clock.</param>
internal sealed record LoadedSegment(
    string PlaylistUrl,
    ListedSegment Segment,
    string Url,
    int Length,
    string Sha256,
    MediaReport Media,
    TimeSpan ReceivedAt
);
