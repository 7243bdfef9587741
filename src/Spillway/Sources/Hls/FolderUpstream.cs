using Spillway.Playlists;

namespace Spillway.Sources.Hls;

/// <summary>Reads from one folder and what is below it; nothing outside of it can be named.</summary>
/// <param name="root">The folder.</param>
/// <param name="onlyFinished">Its writer gives a file its name only when it is whole.</param>
internal sealed class FolderUpstream(string root, bool onlyFinished = false) : IUpstream
{
    private readonly string _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));

    public string Root => _root;

    public bool MayBeStale => false;

    public bool OnlyFinished => onlyFinished;

    public TimeSpan ReadAgainAfter { get; } = TimeSpan.FromMilliseconds(100);

    /// <summary>A fallback: file events wake the follower sooner.</summary>
    public TimeSpan PollInterval(Uri location, TimeSpan target, bool changed) =>
        TimeSpan.FromMilliseconds(Math.Clamp(target.TotalMilliseconds / 8, 250, 1000));

    public Task<Fetched> ReadPlaylistAsync(Uri location, TimeSpan timeout, CancellationToken ct) =>
        ReadAsync(location, range: null, UpstreamLimits.Playlist, ct);

    public Task<Fetched> ReadKeyAsync(Uri location, TimeSpan timeout, CancellationToken ct) =>
        ReadAsync(location, range: null, UpstreamLimits.Key, ct);

    public Task<Fetched> ReadSegmentAsync(
        Uri location,
        ByteRange? range,
        TimeSpan timeout,
        TimeSpan silence,
        CancellationToken ct
    ) => ReadAsync(location, range, UpstreamLimits.Segment, ct);

    /// <summary>
    /// The file a playlist's URI names. Writers such as ffmpeg put file names into playlists as they are, so a name with
    /// <c>%</c>, <c>#</c>, <c>?</c> or <c>:</c> that exists literally is taken literally, else it is read as a URI.
    /// </summary>
    public static Uri? Resolve(Uri playlist, string uri)
    {
        if (uri.Contains('\0', StringComparison.Ordinal))
            return null;
        if (uri.AsSpan().ContainsAny("%#?:"))
        {
            var literal = Path.Combine(Path.GetDirectoryName(playlist.LocalPath) ?? "/", uri);
            if (File.Exists(literal))
                return FileUri(literal);
        }
        return Uri.TryCreate(playlist, uri, out var resolved) ? resolved : null;
    }

    public static Uri FileUri(string path) =>
        new("file://" + string.Join('/', Path.GetFullPath(path).Split('/').Select(Uri.EscapeDataString)));

    private async Task<Fetched> ReadAsync(Uri location, ByteRange? range, long limit, CancellationToken ct)
    {
        if (!location.IsFile || location.Host.Length > 0 || location.LocalPath.Contains('\0', StringComparison.Ordinal))
            return Fetched.Failed("it does not name a file in the source's folder");
        // LocalPath has its escapes undone, "%2e%2e%2f" too: only the full path tells where it leads.
        var path = Path.GetFullPath(location.LocalPath);
        if (!path.StartsWith(_root == "/" ? _root : _root + "/", StringComparison.Ordinal))
            return Fetched.Failed("it lies outside of the source's folder");
        try
        {
            using var file = File.OpenHandle(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete,
                FileOptions.Asynchronous
            );
            var length = RandomAccess.GetLength(file);
            var start = range?.Offset ?? 0;
            var wanted = range?.Length ?? length;
            if (wanted > limit)
                return Fetched.TooLarge(limit);
            if (start < 0 || wanted < 0 || start > length - wanted)
                return Fetched.Failed($"the file ends at byte {length}, before the listed range does");
            var bytes = new byte[wanted];
            var read = 0;
            while (read < bytes.Length)
            {
                var count = await RandomAccess.ReadAsync(file, bytes.AsMemory(read), start + read, ct);
                if (count == 0)
                    return Fetched.Failed("the file was cut while it was read");
                read += count;
            }
            return Fetched.Whole(bytes, location);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Fetched.NotFound("there is no such file");
        }
        catch (UnauthorizedAccessException)
        {
            return Fetched.Failed("the file may not be read by this user");
        }
        catch (Exception e) when (e is IOException or NotSupportedException or ArgumentException)
        {
            return Fetched.Failed($"the file cannot be read: {e.Message}");
        }
    }
}
