using System.Globalization;
using System.Net;
using Spillway.Watch.Checking;

namespace Spillway.Watch;

/// <summary>Watches one stream as a strict player would, until it ends, its time is up or it is stopped.</summary>
internal sealed class WatchRun
{
    private const int MostLatencies = 1_000;
    private const int MostPlaylists = 1_000;

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_stateEvery = TimeSpan.FromSeconds(10);

    /// <summary>After all playlists have ended: a next broadcast may come, and what is under way must.</summary>
    private static readonly TimeSpan s_afterEnd = TimeSpan.FromSeconds(3);

    private readonly WatchSettings _settings;
    private readonly TimeProvider _time;
    private readonly WatchOutput _output;
    private readonly PlaylistPoller _poller;
    private readonly Dictionary<string, WallClock> _clocks = new(StringComparer.Ordinal);
    private readonly Queue<double> _latencies = [];
    private double? _drift;
    private (int Status, string? Problem)? _toldOutcome;

    /// <param name="client">As <see cref="Client"/> makes it.</param>
    public WatchRun(WatchSettings settings, HttpClient client, TextWriter output, TimeProvider time)
    {
        (_settings, _time) = (settings, time);
        _output = new WatchOutput(output, settings.Json, time);
        _poller = new PlaylistPoller(settings.Address, client, time, PollerPace.Player, settings.Origin) { Answered = Answered };
    }

    /// <summary>Follows a few redirects, which are found; keeps no cookies.</summary>
    public static HttpClient Client() =>
        new(
            new SocketsHttpHandler
            {
                AutomaticDecompression = DecompressionMethods.None,
                MaxAutomaticRedirections = 5,
                UseCookies = false,
                MaxResponseHeadersLength = 64,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestHeaders = { { "User-Agent", $"spillway-watch/{Configuration.CommandLine.Version}" } },
        };

    public async Task<WatchSummary> RunAsync(CancellationToken stop)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var polling = _poller.RunAsync(leaving.Token);
        var (stated, ended) = (TimeSpan.Zero, (TimeSpan?)null);
        string? end = null;
        while (end is null)
        {
            await Task.Delay(s_look, _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await TellAsync();
            ended = HasEnded() ? ended ?? _poller.Elapsed : null;
            end =
                stop.IsCancellationRequested ? "it was stopped."
                : polling.IsFaulted ? "it failed."
                : _poller.Elapsed >= _settings.Length ? "its time was up."
                : _poller.Elapsed - ended >= s_afterEnd && !_poller.IsBusy ? "the stream has ended."
                : null;
            if (_settings.State && _poller.Elapsed - stated >= s_stateEvery)
            {
                stated = _poller.Elapsed;
                await _output.StateAsync(State());
            }
        }
        await leaving.CancelAsync();
        await polling;
        await TellAsync();
        return await EndAsync(end);
    }

    private async Task TellAsync()
    {
        IReadOnlyList<Finding> found;
        lock (_poller.Checker)
            found = _poller.Checker.Take(_poller.Elapsed);
        foreach (var finding in found)
            await _output.FoundAsync(finding);
        if (_settings.State && Outcome is { Status: not 200 } outcome && outcome != _toldOutcome)
        {
            _toldOutcome = outcome;
            await _output.StateAsync($"no playlist yet: {Words(outcome)}");
        }
    }

    private async Task<WatchSummary> EndAsync(string end)
    {
        List<string> notes = [];
        bool isNothing;
        lock (_poller.Checker)
            isNothing = _poller.Checker.Media.Count == 0;
        if (isNothing)
            await _output.FoundAsync(
                new(
                    "F2",
                    Severity.Error,
                    _settings.Address.AbsoluteUri,
                    Outcome is { } outcome ? $"there was never a media playlist: {Words(outcome)}" : "there was never an answer"
                )
            );
        if (_settings.Origin is null)
            notes.Add("CORS was not looked at: give the page's --origin.");
        if (_poller.IsCut)
            notes.Add($"Only the first {PollerPace.Player.Playlists} media playlists were watched.");
        if (_output.Rules.Count > 0)
            notes.Add("The rules: docs/hls-checks.md");
        var tally = _poller.Tally;
        var summary = new WatchSummary
        {
            Address = _settings.Address.AbsoluteUri,
            Seconds = Math.Round(_poller.Elapsed.TotalSeconds, 1),
            End = end,
            Errors = _output.Errors,
            Warnings = _output.Warnings,
            Rules = _output.Rules,
            Renditions = _poller.Playlists.Count,
            Reloads = tally.Playlists,
            Segments = tally.Segments,
            Bytes = tally.Bytes,
            Failures = tally.Failures,
            CacheHits = tally.HitShare,
            Latency = Latency(),
            Drift = _drift,
            Notes = notes,
        };
        await _output.EndAsync(summary);
        return summary;
    }

    /// <summary>Under the checker's lock.</summary>
    private void Answered(PlaylistText text, Fetch fetch)
    {
        if (!_clocks.TryGetValue(fetch.Url, out var clock))
        {
            if (_clocks.Count >= MostPlaylists)
                _clocks.Clear();
            _clocks[fetch.Url] = clock = new WallClock(fetch.Url, _poller.Checker.Report);
        }
        clock.Add(text, fetch, _time.GetUtcNow());
        if (clock.Drift is { } drift && Math.Abs(drift) > Math.Abs(_drift ?? 0))
            _drift = Math.Round(drift, 2);
        if (clock.Latency is not { } latency)
            return;
        _latencies.Enqueue(latency);
        if (_latencies.Count > MostLatencies)
            _latencies.Dequeue();
    }

    private (int Status, string? Problem)? Outcome
    {
        get
        {
            lock (_poller.Checker)
                return _poller.Outcome;
        }
    }

    private bool HasEnded()
    {
        lock (_poller.Checker)
        {
            var playlists = _poller.Playlists;
            return playlists.Count > 0 && playlists.All(url => _poller.Checker.Media.GetValueOrDefault(url)?.EndedAt is not null);
        }
    }

    private double? Latency()
    {
        lock (_poller.Checker)
            return _latencies.Count > 0 ? Math.Round(_latencies.Order().ElementAt(_latencies.Count / 2), 2) : null;
    }

    private string State()
    {
        lock (_poller.Checker)
        {
            var playlists = _poller.Playlists;
            var last = playlists.Select(url => _poller.Checker.Media.GetValueOrDefault(url)?.Latest?.Last).Max();
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{playlists.Count} media playlists, last number {last}, {_poller.Tally.Segments} segments, {_poller.Tally.Bytes / 1e6:0.0} MB, live edge {Latency():0.0} s, "
                    + $"{_output.Errors} breaches, {_output.Warnings} warnings"
            );
        }
    }

    private static string Words((int Status, string? Problem) outcome) =>
        outcome.Problem ?? (outcome.Status == 200 ? "what came is no playlist of media" : $"status {outcome.Status}");
}
