using System.Net.WebSockets;
using System.Text.Json;
using Spillway.Audience;
using Spillway.Streams;

namespace Spillway.Bench.Event.Viewers;

/// <summary>
/// A viewer's reports, by the rules of <c>web/player/src/audience</c>: it draws a number once, decides some minutes after it came, and
/// reports while its number is below the share in <c>player.json</c>.
/// </summary>
internal sealed class ViewerReports(
    Scene scene,
    ViewerHttp http,
    ViewerPlayback playback,
    ViewerTracker tracker,
    Losses losses,
    Random random
) : IDisposable
{
    private readonly double _drawn = random.NextDouble();
    private readonly double _spread = random.NextDouble();
    private readonly SemaphoreSlim _changed = new(0);
    private volatile ReportSettings? _settings;
    private double? _joined;
    private bool _decided;
    private double _coveredUntil;
    private (long Edge, long Peers, double Played) _told;

    /// <summary>At each look at <c>player.json</c>.</summary>
    public void Follow(PlayerDocument player)
    {
        _joined ??= Scene.Now;
        var decides = player.Reports is { } told && Scene.Now - _joined >= told.After * (1 + (2 / 3.0 * _spread));
        var settings = decides && _drawn < player.Reports!.Share ? player.Reports : null;
        // Who begins later tells of what comes from now on: others have told for it so far.
        if (settings is not null && _settings is null && _decided)
            (_coveredUntil, _told) = (Scene.Now, (playback.FromEdge, playback.FromPeers, playback.Played));
        _decided |= decides;
        if (settings == _settings)
            return;
        _settings = settings;
        _changed.Release();
    }

    /// <summary>Until it is over.</summary>
    public async Task RunAsync(CancellationToken over)
    {
        double? first = null;
        while (true)
        {
            while (_settings is null)
                await _changed.WaitAsync(over);
            using var lost = CancellationTokenSource.CreateLinkedTokenSource(over);
            try
            {
                var address = _settings!.Address.Replace("{host}", scene.Edge.Host, StringComparison.Ordinal);
                scene.Tally.AddReportSocket();
                using var socket = await ViewerSocket.OpenAsync(new Uri(address), http, scene.Edge, over);
                first ??= Scene.Now;
                if (losses.Next is { } after)
                    lost.CancelAfter(TimeSpan.FromSeconds(Math.Max(0.1, first.Value + after - Scene.Now)));
                var closed = socket.ReceiveAsync(lost.Token);
                await ReportAsync(socket, closed, over);
                if (_settings is null)
                {
                    // Others report now.
                    await socket.CloseAsync();
                    continue;
                }
                if ((await closed).Length == 0)
                    scene.Verdicts.NoteSocket("a WebSocket of reports was closed");
            }
            catch (OperationCanceledException) when (!over.IsCancellationRequested)
            {
                losses.Passed();
            }
            catch (WebSocketException exception)
            {
                scene.Verdicts.NoteSocket($"a WebSocket of reports: {exception.Message}");
            }
            await Task.Delay(TimeSpan.FromSeconds(10 * (0.5 + random.NextDouble())), over);
        }
    }

    public void Dispose() => _changed.Dispose();

    /// <summary>Until it is not to report any more, or the socket has ended.</summary>
    private async Task ReportAsync(ViewerSocket socket, Task closed, CancellationToken over)
    {
        while (_settings is { } settings && !closed.IsCompleted)
        {
            var report = Next(settings);
            var json = JsonSerializer.SerializeToUtf8Bytes(report, ReportMessageJson.Default.PlaybackReport);
            if (await socket.SendAsync(json, over))
                scene.Tally.AddReport();
            using var early = CancellationTokenSource.CreateLinkedTokenSource(over);
            var changed = _changed.WaitAsync(early.Token);
            await Task.WhenAny(
                Task.Delay(TimeSpan.FromSeconds(settings.Every * (0.9 + (0.2 * random.NextDouble()))), early.Token),
                closed,
                changed
            );
            await early.CancelAsync();
            over.ThrowIfCancellationRequested();
        }
    }

    private PlaybackReport Next(ReportSettings settings)
    {
        var now = Scene.Now;
        var joined = _joined ?? now;
        var since = Math.Max(_coveredUntil, joined);
        var played = playback.Played;
        var report = new PlaybackReport
        {
            V = PlaybackReport.Version,
            Share = settings.Share,
            Session = Math.Round(now - joined, 3),
            Seconds = Math.Round(now - since, 3),
            Played = Math.Round(Math.Max(0, Math.Min(played - _told.Played, now - since)), 3),
            FromPeers = playback.FromPeers - _told.Peers,
            FromEdge = playback.FromEdge - _told.Edge,
            ToPeers = playback.FromPeers - _told.Peers,
            Stalls = 0,
            Stalled = 0,
            StartUp = _coveredUntil == 0 ? 0.5 : null,
            Latency = Math.Round(playback.LiveDelay + playback.Latency, 3),
            Rendition = playback.Rendition,
            Peers = Math.Min(tracker.Partners, 30),
            Rejected = 0,
            Banned = 0,
            SharesWithPeers = playback.SharesWithPeers,
        };
        _coveredUntil = now;
        _told = (playback.FromEdge, playback.FromPeers, played);
        return report;
    }
}
