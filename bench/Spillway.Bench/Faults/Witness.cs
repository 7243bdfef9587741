using System.Diagnostics;
using System.Net;
using Spillway.Media;
using Spillway.Playlists;

namespace Spillway.Bench.Faults;

/// <summary>
/// A viewer who trusts nobody: reads a playlist at the store itself, past every fault, and asks for all that it lists as soon as
/// it does, again and again until it comes.
/// </summary>
/// <param name="playlist">A media playlist, or a multivariant one with a single variant.</param>
/// <param name="start">The script's, as a <see cref="Stopwatch"/>'s time stamp.</param>
internal sealed class Witness(Uri playlist, long start) : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly Dictionary<Uri, Sighting> _seen = [];

    /// <summary>To be read when it has ended.</summary>
    public IReadOnlyCollection<Sighting> Sightings => _seen.Values;

    /// <summary>Looks four times a second, until cancelled.</summary>
    /// <exception cref="HttpRequestException">The store answered neither with the object nor that there is none: nobody can be blamed.</exception>
    public async Task RunAsync(CancellationToken over)
    {
        using var timer = new PeriodicTimer(s_interval);
        try
        {
            do await LookAsync(over);
            while (await timer.WaitForNextTickAsync(over));
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested) { }
    }

    public void Dispose() => _http.Dispose();

    private async Task LookAsync(CancellationToken over)
    {
        var (address, media) = await ListedAsync(over);
        var now = Stopwatch.GetElapsedTime(start);
        foreach (var segment in media?.Segments ?? [])
        {
            if (segment.Gap)
                continue;
            var uri = new Uri(address, segment.Uri);
            if (!_seen.TryGetValue(uri, out var sighting))
                _seen.Add(uri, sighting = new Sighting(now));
            sighting.LastListed = now;
        }
        foreach (var (uri, sighting) in _seen.Where(static seen => seen.Value.Readable is null))
        {
            if (await ReadAsync(uri, over) is not { } bytes)
                continue;
            sighting.Readable = now;
            var report = MediaInspector.Inspect(bytes);
            if (report is { FirstTimestamp: { } from, Duration: { } duration })
                sighting.Media = new MediaSpan(from, from + duration);
        }
    }

    private async Task<(Uri Address, MediaPlaylist? Media)> ListedAsync(CancellationToken over)
    {
        var address = playlist;
        var parsed = await ParseAsync(address, over);
        if (parsed.Multivariant is { Variants: [var variant, ..] })
        {
            address = new Uri(playlist, variant.Uri);
            parsed = await ParseAsync(address, over);
        }
        return (address, parsed.Media);
    }

    private async Task<PlaylistParse> ParseAsync(Uri address, CancellationToken over) =>
        await ReadAsync(address, over) is { } bytes ? PlaylistParser.Parse(bytes) : default;

    /// <returns>Null: it is not there.</returns>
    private async Task<byte[]?> ReadAsync(Uri address, CancellationToken over)
    {
        using var answer = await _http.GetAsync(address, over);
        if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Forbidden)
            return null;
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadAsByteArrayAsync(over);
    }
}
