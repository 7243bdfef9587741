using Spillway.EndToEnd.Servers;
using Spillway.Playlists;
using Spillway.Tests;
using Spillway.Tests.PlaylistChecking;

namespace Spillway.Bench.Event;

/// <summary>
/// Holds all that is published against the rules of HLS and gives it to a decoder, through the whole event, at the bucket itself: past
/// the edge and the counters.
/// </summary>
internal sealed class Quality : IAsyncDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<ChildProcess> _decoders = [];
    private readonly PlaylistPoller _poller;
    private readonly Task _polling;

    private Quality(Uri multivariant)
    {
        _poller = new PlaylistPoller(multivariant, _http);
        _polling = Task.Run(() => _poller.RunAsync(_stopping.Token));
    }

    /// <param name="bucket">Its address.</param>
    /// <param name="folder">Where the decoders run.</param>
    public static async Task<Quality> StartAsync(string bucket, string folder, CancellationToken cancellationToken)
    {
        var multivariant = new Uri($"{bucket}/live/playlist.m3u8");
        var quality = new Quality(multivariant);
        var text = await quality._http.GetByteArrayAsync(multivariant, cancellationToken);
        foreach (var variant in PlaylistParser.Parse(text).Multivariant?.Variants ?? [])
            quality._decoders.Add(
                ChildProcess.Start(
                    "nice",
                    [
                        "ffmpeg",
                        "-hide_banner",
                        "-nostdin",
                        "-loglevel",
                        "error",
                        "-threads",
                        "1",
                        "-http_persistent",
                        "0",
                        "-i",
                        new Uri(multivariant, variant.Uri).AbsoluteUri,
                        "-f",
                        "null",
                        "-",
                    ],
                    folder
                )
            );
        return quality;
    }

    /// <summary>Stops; empty: nothing was wrong.</summary>
    public async Task<IReadOnlyList<string>> FindingsAsync()
    {
        var findings = new List<string>();
        foreach (var decoder in _decoders)
        {
            if (decoder.HasExited)
                findings.Add("A decoder ended before the event did.");
            findings.AddRange(
                decoder.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => $"ffmpeg: {line}")
            );
        }
        await _stopping.CancelAsync();
        await _polling.WaitAsync(TimeSpan.FromSeconds(30));
        lock (_poller.Checker)
            findings.AddRange(
                _poller
                    .Checker.Findings.Where(static finding => finding.Severity == Severity.Error)
                    .Select(static f => f.ToString())
            );
        if (_poller.Loaded.Count == 0)
            findings.Add("The checker has loaded no segment.");
        return findings;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _polling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var decoder in _decoders)
            await decoder.DisposeAsync();
        _http.Dispose();
        _stopping.Dispose();
    }
}
