using System.Collections.Concurrent;
using System.Net;
using Spillway.Playlists;

namespace Spillway.Tests.Streams;

/// <summary>
/// Independent of the writer: reads a stream's playlists straight from the store, again and again, and GETs each key at once
/// when it is first listed. A lie is an answer other than the whole of it while the store answers at all.
/// </summary>
/// <param name="bucket">Address of the bucket, without a slash at its end.</param>
internal sealed class StoreWitness(string bucket) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, byte> _asked = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _lies = [];
    private readonly ConcurrentDictionary<long, MediaSegment> _listed = new();
    private readonly ConcurrentQueue<string> _looks = [];
    private readonly List<Task> _checks = [];
    private readonly SemaphoreSlim _looking = new(1);
    private Task _running = Task.CompletedTask;
    private int _read;

    /// <summary>What was not as listed, each with its key.</summary>
    public IReadOnlyCollection<string> Lies => _lies;

    /// <summary>Every number ever listed for the first rendition of the broadcast on air.</summary>
    public IReadOnlyDictionary<long, MediaSegment> Listed => _listed;

    /// <summary>What each look at the first rendition showed: when, the first number, and how many.</summary>
    public string Story => string.Join(' ', _looks);

    /// <summary>Keys that were read whole.</summary>
    public int Read => Volatile.Read(ref _read);

    public void Start() => _running = RunAsync();

    /// <summary>Does something that no writer can know of, such as deleting what it has stored, while nobody looks.</summary>
    public async Task WhileLookingAwayAsync(Func<Task> act)
    {
        await _looking.WaitAsync(_stop.Token);
        await Task.WhenAll(_checks);
        await act();
        _looking.Release();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_checks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _looking.Dispose();
        _http.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await _looking.WaitAsync(_stop.Token);
            try
            {
                await LookAsync();
            }
            finally
            {
                _looking.Release();
            }
            await Task.Delay(Interval, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookAsync()
    {
        if (await GetAsync("live/playlist.m3u8") is not (HttpStatusCode.OK, var top))
            return;
        var isFirst = true;
        foreach (var variant in PlaylistParser.Parse(top).Multivariant!.Variants)
        {
            var key = $"live/{variant.Uri}";
            var (status, body) = await GetAsync(key);
            if (status == HttpStatusCode.OK)
                // Not waited for: the next look must not be late because a key is slow.
                _checks.AddRange(Named(key, PlaylistParser.Parse(body).Media!, isFirst).Select(CheckAsync));
            else if (status is { } said)
                _lies.Enqueue($"{key}: {said}");
            isFirst = false;
        }
    }

    private IEnumerable<string> Named(string key, MediaPlaylist playlist, bool isFirst)
    {
        var folder = key[..key.LastIndexOf('/')];
        if (isFirst)
            _looks.Enqueue($"{DateTime.UtcNow:mm:ss.f}={playlist.MediaSequence % 1000}+{playlist.Segments.Count}");
        for (var i = 0; i < playlist.Segments.Count; i++)
        {
            var segment = playlist.Segments[i];
            var number = playlist.MediaSequence + i;
            if (isFirst && _listed.GetOrAdd(number, segment) is var before && before.Uri != segment.Uri)
                _lies.Enqueue($"{key}: {number} was {before.Uri} and is {segment.Uri}");
            foreach (var uri in segment.Gap ? [] : new[] { segment.Uri, segment.Map?.Uri }.OfType<string>())
            {
                if (_asked.TryAdd($"{folder}/{uri}", 0))
                    yield return $"{folder}/{uri}";
            }
        }
    }

    private async Task CheckAsync(string key)
    {
        while (!_stop.IsCancellationRequested)
        {
            var (status, body) = await GetAsync(key);
            if (status is null)
            {
                await Task.Delay(Interval, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }
            if (status != HttpStatusCode.OK)
                _lies.Enqueue($"{key}: {status}");
            else if (!key.Contains(StreamKeys.Hash(body), StringComparison.Ordinal))
                _lies.Enqueue($"{key}: {body.Length} other bytes");
            else
                Interlocked.Increment(ref _read);
            return;
        }
    }

    /// <summary>Null: the store does not answer.</summary>
    private async Task<(HttpStatusCode? Status, byte[] Body)> GetAsync(string key)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri($"{bucket}/{key}"), _stop.Token);
            return (answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(_stop.Token));
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException)
        {
            return (null, []);
        }
    }
}
