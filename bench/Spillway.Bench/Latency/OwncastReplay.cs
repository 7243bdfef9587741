using System.Globalization;
using System.Text;

namespace Spillway.Bench.Latency;

/// <summary>
/// Writes a recording as Owncast writes its stream: each rendition's segment, then its playlist of the last ten, both in place,
/// one rendition after the other.
/// </summary>
internal sealed class OwncastReplay
{
    private const int Listed = 10;

    private readonly Recording _recording;
    private readonly Passages _passages;
    private readonly string _folder;
    private readonly DateTimeOffset _start = DateTimeOffset.UtcNow;

    /// <param name="folder">The <c>data/hls</c> of it, which does not exist yet.</param>
    public OwncastReplay(Recording recording, Passages passages, string folder)
    {
        (_recording, _passages, _folder) = (recording, passages, folder);
        foreach (var rendition in recording.Renditions)
            Directory.CreateDirectory(Path.Combine(folder, rendition.Name));
        File.WriteAllText(Path.Combine(folder, "stream.m3u8"), recording.Multivariant);
    }

    /// <summary>Writes the segments of this number; each is complete once the playlist that lists it is written and closed.</summary>
    public void Write(int number)
    {
        foreach (var rendition in _recording.Renditions)
        {
            var segment = rendition.Segments[number];
            WriteInPlace(Path.Combine(_folder, rendition.Name, segment.Uri), segment.Bytes);
            // Before the playlist: the follower may be done with it sooner than this thread.
            var passage = _passages.Add(rendition, number);
            WriteInPlace(Path.Combine(_folder, rendition.Name, "stream.m3u8"), Playlist(rendition, number));
            passage.Complete = Moment.Now;
        }
    }

    private static void WriteInPlace(string path, ReadOnlySpan<byte> bytes)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.Write(bytes);
    }

    private byte[] Playlist(RecordedRendition rendition, int last)
    {
        var first = Math.Max(0, last + 1 - Listed);
        var date = _start + TimeSpan.FromTicks(rendition.Segments.Take(first).Sum(static segment => segment.Duration.Ticks));
        var text = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:6\n");
        text.Append(CultureInfo.InvariantCulture, $"#EXT-X-TARGETDURATION:{Recording.SegmentSeconds}\n");
        text.Append(CultureInfo.InvariantCulture, $"#EXT-X-MEDIA-SEQUENCE:{first}\n#EXT-X-INDEPENDENT-SEGMENTS\n");
        foreach (var segment in rendition.Segments.Take(last + 1).Skip(first))
        {
            text.Append(CultureInfo.InvariantCulture, $"#EXTINF:{segment.Duration.TotalSeconds:0.000000},\n");
            text.Append(CultureInfo.InvariantCulture, $"#EXT-X-PROGRAM-DATE-TIME:{date:yyyy-MM-dd'T'HH:mm:ss.fff}+0000\n");
            text.Append(segment.Uri).Append('\n');
            date += segment.Duration;
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
