using System.Diagnostics;
using Spillway.Playlists;
using Spillway.Storage;

namespace Spillway.Bench.Latency;

/// <summary>Milliseconds of a segment's PUT and of the playlist's PUT after it.</summary>
internal readonly record struct BarePut(int Number, string Rendition, double Segment, double Playlist)
{
    public double Both => Segment + Playlist;
}

/// <summary>What the store itself takes for the same bytes: one PUT for the segment and, after it, one for a playlist.</summary>
internal sealed class BarePuts(IObjectStore store)
{
    private readonly List<BarePut> _all = [];

    public IReadOnlyList<BarePut> All => _all;

    /// <param name="playlist">As large as the product's.</param>
    public async Task PutAsync(
        RecordedRendition rendition,
        int number,
        ReadOnlyMemory<byte> playlist,
        CancellationToken cancellationToken
    )
    {
        var segment = rendition.Segments[number];
        var folder = $"bare/{rendition.Name}";
        var start = Stopwatch.GetTimestamp();
        await PutAsync($"{folder}/{number}-{segment.Hash}.ts", segment.Bytes, StreamKeys.SegmentHeaders, cancellationToken);
        var between = Stopwatch.GetTimestamp();
        var headers = StreamKeys.MediaPlaylistHeaders(Recording.SegmentSeconds, ended: false);
        await PutAsync($"{folder}/{StreamKeys.PlaylistName}", playlist, headers, cancellationToken);
        _all.Add(
            new BarePut(
                number,
                rendition.Name,
                Stopwatch.GetElapsedTime(start, between).TotalMilliseconds,
                Stopwatch.GetElapsedTime(between).TotalMilliseconds
            )
        );
    }

    private async Task PutAsync(string key, ReadOnlyMemory<byte> body, ObjectHeaders headers, CancellationToken cancellationToken)
    {
        var result = await store.PutAsync(key, body, headers, PutCondition.None, cancellationToken);
        if (result.Status != PutStatus.Stored)
            throw new InvalidOperationException($"A bare PUT was not stored: {result.Fault?.Message ?? $"{result.Status}"}");
    }
}
