using Spillway.Media;
using Spillway.Watch.Checking;

namespace Spillway.Watch;

/// <summary>
/// A viewer that judges: polls a stream's multivariant playlist and all media playlists it names, loads every listed segment at
/// once and removed ones as long as they must stay, and gives all answers to a <see cref="PlaylistChecker"/>. GAPs are never asked for.
/// </summary>
/// <param name="address">Of the multivariant playlist, or of a media playlist.</param>
/// <param name="client">Anonymous, and without automatic decompression: the poller asks for gzip itself (F3).</param>
/// <param name="time">The server's clock, where that is not the real one.</param>
/// <param name="pace">How often it asks; null: <see cref="PollerPace.Strict"/>.</param>
/// <param name="origin">The page that a browser would play on; null: none, and CORS is not judged.</param>
internal sealed class PlaylistPoller(
    Uri address,
    HttpClient client,
    TimeProvider? time = null,
    PollerPace? pace = null,
    string? origin = PlaylistPoller.SomeOrigin
)
{
    /// <summary>A page elsewhere.</summary>
    public const string SomeOrigin = "https://viewer.test";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MultivariantInterval = TimeSpan.FromSeconds(10);

    private readonly PollerPace _pace = pace ?? PollerPace.Strict;
    private readonly ViewerClock _clock = new(time ?? TimeProvider.System);
    private readonly PollerHttp _http = new(client, origin, (pace ?? PollerPace.Strict).Patience);
    private readonly Dictionary<string, PolledPlaylist> _playlists = new(StringComparer.Ordinal);
    private int _polling;
    private TimeSpan _multivariantDue;
    private bool _isMedia;
    private volatile bool _isFirstAsked;
    private readonly List<Task> _background = [];

    public PlaylistChecker Checker { get; } = new();

    public PollerTally Tally => _http.Tally;

    /// <summary>Is told of each answer for a media playlist, under the checker's lock.</summary>
    public Action<PlaylistText, Fetch>? Answered { get; init; }

    /// <summary>How the last request for the first playlist ended: HTTP's status, or 0 and why; null: there was none yet.</summary>
    public (int Status, string? Problem)? Outcome { get; private set; }

    /// <summary>Media playlists that are watched now.</summary>
    public IReadOnlyList<string> Playlists
    {
        get
        {
            lock (Checker)
                return [.. _playlists.Values.Where(static playlist => playlist.IsNamed).Select(static playlist => playlist.Url)];
        }
    }

    /// <summary>More are named than the pace allows.</summary>
    public bool IsCut { get; private set; }

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

        // A player that leaves waits for nothing; what is still under way is judged by nobody.
        if (_pace.IsPlayer)
            return;
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
        List<PolledPlaylist> all;
        List<PolledPlaylist> polled;
        if (!_isMedia && !_isFirstAsked && (!_pace.IsPlayer || Elapsed >= _multivariantDue))
            await OrLetGo(PollFirstAsync());
        lock (Checker)
        {
            foreach (var gone in _playlists.Values.Where(playlist => _pace.IsPlayer && !playlist.IsPolled(Elapsed)).ToList())
            {
                _playlists.Remove(gone.Url);
                Checker.Forget(gone.Url);
            }
            all = [.. _playlists.Values];
            polled = all.FindAll(playlist => playlist.IsPolled(Elapsed) && playlist.IsDue(Elapsed));
        }

        await OrLetGo(Task.WhenAll(polled.Select(PollAsync)));
        foreach (var playlist in all)
            playlist.ProbeRemoved();
    }

    /// <summary>A player waits for no answer; one that fails by a bug is found at the next turn.</summary>
    private async Task OrLetGo(Task asked)
    {
        _background.RemoveAll(static task => task.IsCompletedSuccessfully);
        _background.Add(asked);
        foreach (var task in _background.ToList().Where(task => !_pace.IsPlayer || task.IsFaulted))
            await task;
    }

    private async Task PollFirstAsync()
    {
        _isFirstAsked = true;
        var fetch = await _http.PlaylistAsync(address.AbsoluteUri, _clock);
        _isFirstAsked = false;
        lock (Checker)
        {
            Outcome = (fetch.Status, fetch.Problem);
            var text = Checker.Add(fetch);
            _multivariantDue = Elapsed + (text is null ? TimeSpan.FromSeconds(2) : MultivariantInterval);
            if (text is { IsMultivariant: true })
                Name(text);
            else if (text is not null && _pace.IsPlayer)
            {
                // The address is a media playlist's: it is watched by itself.
                _isMedia = true;
                var playlist = Make(fetch.Url);
                _playlists.Add(fetch.Url, playlist);
                Update(playlist, text, fetch);
            }
        }
    }

    private async Task PollAsync(PolledPlaylist playlist)
    {
        playlist.IsAsked = true;
        try
        {
            var fetch = await _http.PlaylistAsync(playlist.Url, _clock);
            lock (Checker)
            {
                // A failure counts while the multivariant playlist names it; afterwards it may be deleted.
                var text = fetch.Status == 200 || playlist.IsNamed ? Checker.Add(fetch) : null;
                if (text is { IsMultivariant: false })
                    Update(playlist, text, fetch);
                else
                    playlist.Failed(Elapsed);
            }
        }
        finally
        {
            playlist.IsAsked = false;
        }
    }

    private void Update(PolledPlaylist playlist, PlaylistText text, Fetch fetch)
    {
        playlist.Update(text, fetch);
        Answered?.Invoke(text, fetch);
    }

    private PolledPlaylist Make(string url) => new(url, Checker, _http, _clock, _pace);

    private void Name(PlaylistText text)
    {
        var named = text
            .Variants.Select(variant => variant.Uri)
            .Concat(
                text.Renditions.Where(static rendition => rendition.GetValueOrDefault("TYPE") != "SUBTITLES")
                    .Select(static rendition => rendition.GetValueOrDefault("URI"))
                    .OfType<string>()
            )
            .Select(uri => PlaylistChecker.Resolve(text.Url, uri))
            .ToHashSet(StringComparer.Ordinal);
        IsCut = named.Count > _pace.Playlists;
        named = [.. named.Take(_pace.Playlists)];
        foreach (var url in named)
            _playlists.TryAdd(url, Make(url));
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
