using System.Collections.Concurrent;
using System.Net;
using Spillway.EndToEnd.Servers;
using Spillway.Playlists;

namespace Spillway.Bench.Latency;

/// <summary>
/// Watches the edge as an impatient viewer would: asks for a media playlist every 10 ms and reads each segment as soon as it is
/// listed. Nothing is between it and the store.
/// </summary>
internal sealed class EdgePoller(Passages passages) : IDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };
    private readonly ConcurrentQueue<double> _polls = [];
    private int _failures;

    /// <summary>Requests that failed, or gave something else than was stored.</summary>
    public int Failures => Volatile.Read(ref _failures);

    /// <summary>Milliseconds of each GET of a media playlist.</summary>
    public IEnumerable<double> Polls => _polls;

    /// <summary>The last media playlist read, for its size.</summary>
    public byte[] LastPlaylist { get; private set; } = [];

    /// <summary>As <see cref="RunAsync"/>, from before the edge is up and as long as the server runs.</summary>
    public async Task RunWhileAsync(ChildProcess server, Uri multivariant, CancellationToken over)
    {
        try
        {
            while (!server.HasExited)
            {
                try
                {
                    await RunAsync(multivariant, over);
                }
                catch (HttpRequestException)
                {
                    // The embedded edge is not up yet.
                    await Task.Delay(100, over);
                }
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested) { }
    }

    /// <summary>Waits for the multivariant playlist, then follows all that it names, until cancelled.</summary>
    /// <param name="multivariant">Its address at the edge.</param>
    public async Task RunAsync(Uri multivariant, CancellationToken cancellationToken)
    {
        MultivariantPlaylist? found = null;
        while (found is null)
        {
            using var answer = await _http.GetAsync(multivariant, cancellationToken);
            if (answer.StatusCode == HttpStatusCode.OK)
                found = PlaylistParser.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken)).Multivariant;
            else
                await Task.Delay(100, cancellationToken);
        }
        await Task.WhenAll(found.Variants.Select(variant => FollowAsync(new Uri(multivariant, variant.Uri), cancellationToken)));
    }

    public void Dispose() => _http.Dispose();

    private async Task FollowAsync(Uri playlist, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval);
        byte[] last = [];
        do
        {
            var asked = Moment.Now;
            if (await ReadAsync(playlist, cancellationToken) is not { } text)
                continue;
            var now = Moment.Now;
            _polls.Enqueue(now - asked);
            if (text.AsSpan().SequenceEqual(last))
                continue;
            LastPlaylist = last = text;
            foreach (var segment in PlaylistParser.Parse(text).Media?.Segments ?? [])
            {
                if (passages.Find(segment.Uri) is not { Listed: null } passage)
                    continue;
                passage.Listed = now;
                if (await ReadAsync(new Uri(playlist, segment.Uri), cancellationToken) is not { } bytes)
                    continue;
                var read = Moment.Now;
                if (passages.Find($"-{StreamKeys.Hash(bytes)}.") == passage)
                    passage.Readable = read;
                else
                    Interlocked.Increment(ref _failures);
            }
        } while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private async Task<byte[]?> ReadAsync(Uri location, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.GetByteArrayAsync(location, cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Interlocked.Increment(ref _failures);
            return null;
        }
    }
}
