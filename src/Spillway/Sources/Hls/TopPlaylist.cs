using Spillway.Playlists;

namespace Spillway.Sources.Hls;

/// <summary>Finds and reads the playlist a source begins with.</summary>
internal sealed class TopPlaylist(SourceLocation source, Upstreams upstreams, SourceWarnings warnings, TimeProvider time)
    : ITopPlaylist
{
    private const int MaxFiles = 50;
    private static readonly string[] Usual = ["stream.m3u8", "master.m3u8", "index.m3u8", "playlist.m3u8"];
    private static readonly TimeSpan LonePatience = TimeSpan.FromSeconds(1.5);
    private long? _loneSince;
    private ReadOnlyMemory<byte> _unfinished;

    public string Shown { get; } = Upstreams.Show(source.Uri);

    public bool MayMove => source.IsFolder;

    public Task<TopReading> ReadAsync(CancellationToken ct) => source.IsFolder ? FindAsync(ct) : ReadOneAsync(source.Uri, ct);

    public async Task<TopReading> ReadOneAsync(Uri location, CancellationToken ct)
    {
        var read = await upstreams.For(location).ReadPlaylistAsync(location, PlaylistPatience.Longest, ct);
        if (!read.IsWhole)
            return Nothing(
                $"the playlist cannot be read: {read.Reason}",
                "Check the address and that the source runs; trying on"
            );
        if (IsTorn(read.Bytes))
            return Nothing("the playlist stops in the middle of a line", "Trying on");
        var parse = PlaylistParser.Parse(read.Bytes.Span);
        if (parse.Multivariant is { } multivariant)
        {
            if (HasSeparateAudio(read.Bytes.Span))
            {
                warnings.Warn(
                    Upstreams.Show(location),
                    "it has audio in playlists of its own (EXT-X-MEDIA), which are not carried",
                    "Publish variants that hold their audio"
                );
            }
            var variants = SourceVariant.Of(multivariant, read.Location!, upstreams, warnings);
            return variants.Count > 0
                ? new TopReading(variants)
                : Nothing("it names no variant that can be read", "Check the source");
        }
        return parse.Media is not null
            ? new TopReading([SourceVariant.OfBare(location)])
            : Nothing($"this is no HLS playlist: {parse.Error}", "The address must give the playlist itself, not a page");
    }

    private async Task<TopReading> FindAsync(CancellationToken ct)
    {
        const string Advice = "Name the folder that holds the playlist, such as Owncast's data/hls; waiting for it";
        string[] files;
        try
        {
            files = [.. Directory.EnumerateFiles(source.Folder!, "*.m3u8").Take(MaxFiles).Order(StringComparer.Ordinal)];
        }
        catch (DirectoryNotFoundException)
        {
            return Nothing("the folder does not exist", Advice);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Nothing($"the folder cannot be read: {e.Message}", "Let the user that runs Spillway read it");
        }

        TopReading? media = null;
        var usual = false;
        var readable = 0;
        string? problem = null;
        foreach (var file in files.OrderBy(Rank).ThenBy(f => f, StringComparer.Ordinal))
        {
            var reading = await ReadOneAsync(FolderUpstream.FileUri(file), ct);
            problem ??= reading.Problem is null ? null : $"{Path.GetFileName(file)}: {reading.Problem}";
            if (reading.Problem is not null)
                continue;
            if (reading.Variants[0].Declared is not null)
                return reading;
            readable++;
            usual |= media is null && Rank(file) < Usual.Length;
            media ??= reading;
        }
        if (media is null)
            return Nothing(problem ?? "there is no .m3u8 file in the folder", Advice);
        if (usual)
            return media;
        if (readable > 1)
            return Nothing("there are several playlists in the folder and no multivariant one", "Name one of them as the source");
        // ffmpeg writes the multivariant playlist a little later than the variants next to it.
        _loneSince ??= time.GetTimestamp();
        return time.GetElapsedTime(_loneSince.Value) >= LonePatience ? media : Nothing("waiting for more playlists", Advice);
    }

    /// <summary>Names that encoders usually give come first.</summary>
    public static int Rank(string file)
    {
        var index = Array.IndexOf(Usual, Path.GetFileName(file));
        return index < 0 ? Usual.Length : index;
    }

    private bool IsTorn(ReadOnlyMemory<byte> text)
    {
        if (text.IsEmpty || text.Span[^1] is (byte)'\n' or (byte)'\r' || text.Span.SequenceEqual(_unfinished.Span))
            return false;
        _unfinished = text;
        return true;
    }

    private static bool HasSeparateAudio(ReadOnlySpan<byte> text)
    {
        foreach (var line in text.Split((byte)'\n'))
        {
            var tag = text[line];
            if (tag.StartsWith("#EXT-X-MEDIA:"u8) && tag.IndexOf("TYPE=AUDIO"u8) >= 0 && tag.IndexOf("URI="u8) >= 0)
                return true;
        }
        return false;
    }

    private static TopReading Nothing(string problem, string remedy) => new([], problem, remedy);
}
