using System.Text;
using System.Text.RegularExpressions;
using Spillway.Streams;

namespace Spillway.Bench.Event.Viewers;

/// <summary>
/// One viewer, as far as servers notice: reads the page and its assets once, looks at <c>player.json</c> all the time, plays, takes part
/// in the swarm's signalling, and reports when its draw says so. It stays to the end.
/// </summary>
internal sealed partial class Viewer : IDisposable
{
    private readonly Scene _scene;
    private readonly Random _random;
    private readonly ViewerHttp _http;
    private readonly ViewerTracker _tracker;
    private readonly ViewerPlayback _playback;
    private readonly ViewerReports _reports;
    private readonly Losses _trackerLosses;
    private readonly Losses _reportLosses;

    /// <param name="scene">Of all.</param>
    /// <param name="number">From 0; makes its address, its peer id and its luck.</param>
    public Viewer(Scene scene, int number)
    {
        (_scene, _random) = (scene, new Random(unchecked((scene.Plan.Seed * 1_000_003) + number)));
        _http = new ViewerHttp(scene, number);
        _trackerLosses = Losses.Draw(scene.Plan, _random);
        _reportLosses = Losses.Draw(scene.Plan, _random);
        _tracker = new ViewerTracker(scene, number, _http, _trackerLosses, new Random(_random.Next()));
        _playback = new ViewerPlayback(scene, _http, _tracker, new Random(_random.Next()));
        _reports = new ViewerReports(scene, _http, _playback, _tracker, _reportLosses, new Random(_random.Next()));
    }

    /// <summary>Comes after a while, and stays until it is over; that is its normal end.</summary>
    public async Task RunAsync(TimeSpan comes, CancellationToken over)
    {
        try
        {
            await Task.Delay(comes, over);
            await OpenPageAsync(over);
            var player = await LookAsync(over);
            Task[] all = [WatchAsync(player, over), _playback.RunAsync(over), _tracker.RunAsync(over), _reports.RunAsync(over)];
            await Task.WhenAll(all);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            _playback.Leave();
        }
    }

    public void Dispose()
    {
        _reports.Dispose();
        _tracker.Dispose();
        _http.Dispose();
    }

    /// <summary>The page, and then all that it names.</summary>
    private async Task OpenPageAsync(CancellationToken over)
    {
        var page = new Uri(_scene.Edge, "watch/index.html");
        if (await _http.GetAsync(page, over) is not { } answer)
            return;
        var assets = Named()
            .Matches(Encoding.UTF8.GetString(answer.Body))
            .Select(match => new Uri(page, match.Groups["name"].Value));
        await Task.WhenAll(assets.Select(asset => _http.GetAsync(asset, over)));
    }

    private async Task<PlayerDocument> LookAsync(CancellationToken over)
    {
        while (true)
        {
            if (await ReadPlayerAsync(over) is { State: "live" or "slate" } player)
            {
                Tell(player);
                return player;
            }
            await Task.Delay(Spread(3), over);
        }
    }

    /// <summary><c>stream/watcher.ts</c>: every ten seconds, spread by a quarter.</summary>
    private async Task WatchAsync(PlayerDocument player, CancellationToken over)
    {
        while (true)
        {
            await Task.Delay(Spread(player.State is "live" or "slate" ? 10 : 3), over);
            if (await ReadPlayerAsync(over) is not { } now)
                continue;
            player = now;
            Tell(player);
        }
    }

    private void Tell(PlayerDocument player)
    {
        _playback.Follow(player);
        _tracker.Follow(player);
        _reports.Follow(player);
    }

    private async Task<PlayerDocument?> ReadPlayerAsync(CancellationToken over)
    {
        var location = new Uri(_scene.Edge, "live/player.json");
        if (await _http.GetAsync(location, over) is not { } answer)
            return null;
        if (PlayerDocument.Read(answer.Body) is { } player)
            return player;
        _scene.Verdicts.NoteWrong(location.AbsolutePath, "no player.json");
        return null;
    }

    private TimeSpan Spread(double seconds) => TimeSpan.FromSeconds(seconds * (0.875 + (0.25 * _random.NextDouble())));

    [GeneratedRegex(
        "(?:src|href)=\"(?<name>[^\"]+\\.(?:js|css|svg|png|ico))\"",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1_000
    )]
    private static partial Regex Named();
}
