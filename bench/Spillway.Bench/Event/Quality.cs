using Spillway.Playlists;
using Spillway.Tests;
using Spillway.Watch;
using Spillway.Watch.Checking;

namespace Spillway.Bench.Event;

/// <summary>
/// Holds all that is published against the rules of HLS and gives it to a decoder, through the whole event, at the bucket itself: past
/// the edge and the counters.
/// </summary>
internal sealed class Quality : IAsyncDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Decoder> _decoders = [];
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
            quality._decoders.Add(new Decoder(new Uri(multivariant, variant.Uri), folder));
        return quality;
    }

    /// <summary>5XX answers of the store that decoders have met: it is read directly, with no edge that would try again.</summary>
    public int Refusals => _decoders.Sum(static decoder => decoder.Refusals);

    /// <summary>Stops; empty: nothing was wrong.</summary>
    public async Task<IReadOnlyList<string>> FindingsAsync()
    {
        var findings = new List<string>();
        foreach (var decoder in _decoders)
            findings.AddRange(await decoder.FindingsAsync());
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
