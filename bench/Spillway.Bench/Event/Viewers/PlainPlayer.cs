using System.Diagnostics;
using System.Net;
using Spillway.Playlists;

namespace Spillway.Bench.Event.Viewers;

/// <summary>
/// Any HLS player that is given the address of a multivariant playlist, such as the one in Owncast's own page: it reads that, one media
/// playlist by hls.js's rule, and each segment it lists.
/// </summary>
internal sealed class PlainPlayer(IPAddress address) : IDisposable
{
    private readonly HttpClient _http = new(ViewerHttp.HandlerFrom(address)) { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>Requests by the port they went to.</summary>
    public Dictionary<int, int> Requests { get; } = [];

    /// <summary>Answers that were no 200.</summary>
    public int Failures { get; private set; }

    /// <summary>Bytes of segments.</summary>
    public long Bytes { get; private set; }

    public async Task RunAsync(Uri multivariant, TimeSpan comes, CancellationToken over)
    {
        try
        {
            await Task.Delay(comes, over);
            if (await GetAsync(multivariant, over) is not { } text || PlaylistParser.Parse(text).Multivariant is not { } found)
                return;
            // Without an estimate of its line a player begins low; it goes up when it has one.
            var own = found.Variants.MaxBy(static variant => variant.Bandwidth)!;
            await FollowAsync(new Uri(multivariant, own.Uri), over);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested) { }
    }

    public void Dispose() => _http.Dispose();

    private async Task FollowAsync(Uri media, CancellationToken over)
    {
        for (var last = -1L; ; )
        {
            var began = Stopwatch.GetTimestamp();
            if (await GetAsync(media, over) is not { } text || PlaylistParser.Parse(text).Media is not { } playlist)
            {
                await Task.Delay(1_000, over);
                continue;
            }
            var newest = Store.StoredPlaylists.LastOf(playlist);
            // At a start three target durations from the end.
            var from = last < 0 ? newest - 2 : last + 1;
            for (var i = 0; i < playlist.Segments.Count; i++)
            {
                if (playlist.MediaSequence + i >= from && !playlist.Segments[i].Gap)
                    Bytes += (await GetAsync(new Uri(media, playlist.Segments[i].Uri), over))?.Length ?? 0;
            }
            var wait = ReloadRule.After(playlist, newest > last, TimeSpan.FromSeconds(3 * playlist.TargetDuration));
            last = Math.Max(last, newest);
            if (wait - Stopwatch.GetElapsedTime(began) is { Ticks: > 0 } left)
                await Task.Delay(left, over);
        }
    }

    private async Task<byte[]?> GetAsync(Uri location, CancellationToken over)
    {
        Requests[location.Port] = Requests.GetValueOrDefault(location.Port) + 1;
        try
        {
            using var answer = await _http.GetAsync(location, over);
            if (answer.StatusCode == HttpStatusCode.OK)
                return await answer.Content.ReadAsByteArrayAsync(over);
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            over.ThrowIfCancellationRequested();
        }
        Failures++;
        return null;
    }
}
