using System.IO.Compression;
using Spillway.Playlists;

namespace Spillway.Streams;

/// <summary>
/// Keeps a live playlist below so many bytes, gzip'd: the number of segments it may list is learnt from what it has become so far
/// and never rises again.
/// </summary>
/// <param name="limit">Bytes.</param>
internal sealed class PlaylistSize(long limit)
{
    /// <summary>More than any segment's lines have, and so a count below which nothing need be measured.</summary>
    private const int LongestEntry = 300;

    /// <summary>It is cut that far below the limit, so that a few longer names do not lift it over.</summary>
    private const double Margin = 0.97;

    private int _measured;

    /// <summary>Segments it may list.</summary>
    public int Most { get; private set; } = int.MaxValue;

    /// <summary>Measures when it may have become too large.</summary>
    /// <returns>Whether it must list fewer: <see cref="Most"/> has changed.</returns>
    public bool Cuts(MediaPlaylist playlist)
    {
        var count = playlist.Segments.Count;
        // Once cut it has the same number of segments each time; what is held for the replay is not counted.
        if (count < limit / LongestEntry || count < _measured * (1 + (1 - Margin) / 2) || count > Most)
            return false;
        _measured = count;
        var bytes = Compressed(PlaylistWriter.Write(playlist with { Stamp = new Stamp(1, count) }));
        if (bytes <= limit * Margin)
            return false;
        Most = (int)(count * (limit * Margin / bytes));
        return true;
    }

    /// <summary>As the least eager of the edges does it: nginx's default is level 1.</summary>
    public static long Compressed(ReadOnlySpan<byte> body)
    {
        using var counted = new MemoryStream();
        using (var gzip = new GZipStream(counted, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(body);
        return counted.Length;
    }
}
