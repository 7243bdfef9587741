using Spillway.Playlists;
using Spillway.Sources.Hls;

namespace Spillway.Sources.Push;

/// <summary>
/// Gives the follower what was pushed. Its locations are <c>ingest:///STREAM/PATH</c>; nothing outside of the stream can be named.
/// </summary>
internal sealed class PushUpstream(string stream, PushInlet inlet) : IUpstream
{
    /// <summary>Of a variant that a multivariant playlist names before it is there: as long as a long segment takes.</summary>
    private static readonly TimeSpan Awaited = TimeSpan.FromSeconds(15);

    public bool MayBeStale => false;

    public bool OnlyFinished => true;

    /// <summary>A segment on another connection than its playlist may end a moment after it.</summary>
    public TimeSpan ReadAgainAfter { get; } = TimeSpan.FromMilliseconds(25);

    /// <summary>A fallback: each pushed playlist wakes the follower.</summary>
    public TimeSpan PollInterval(Uri location, TimeSpan target, bool changed) =>
        TimeSpan.FromMilliseconds(Math.Clamp(target.TotalMilliseconds / 2, 500, 2000));

    public static Uri LocationOf(string stream, string path) =>
        new($"{Upstreams.PushScheme}:///{stream}/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}");

    public async Task<Fetched> ReadPlaylistAsync(Uri location, TimeSpan timeout, CancellationToken ct) =>
        PathOf(location) is { } path && await inlet.PlaylistAsync(path, Awaited, ct) is { } file
            ? Fetched.Whole(file.Bytes, location)
            : Fetched.NotFound("the encoder has not sent it");

    public Task<Fetched> ReadKeyAsync(Uri location, TimeSpan timeout, CancellationToken ct)
    {
        var read = ReadSegment(location, range: null);
        return Task.FromResult(read.Bytes.Length > UpstreamLimits.Key ? Fetched.TooLarge(UpstreamLimits.Key) : read);
    }

    public Task<Fetched> ReadSegmentAsync(
        Uri location,
        ByteRange? range,
        TimeSpan timeout,
        TimeSpan silence,
        CancellationToken ct
    ) => Task.FromResult(ReadSegment(location, range));

    private Fetched ReadSegment(Uri location, ByteRange? range)
    {
        if (PathOf(location) is not { } path || inlet.Find(path) is not { } file)
            return Fetched.NotFound("the encoder has not sent it");
        if (range is not { } r)
            return Fetched.Whole(file.Bytes, location);
        return r.Offset < 0 || r.Length < 0 || r.Offset > file.Bytes.Length - r.Length
            ? Fetched.Failed($"the file ends at byte {file.Bytes.Length}, before the listed range does")
            : Fetched.Whole(file.Bytes.Slice((int)r.Offset, (int)r.Length), location);
    }

    private string? PathOf(Uri location)
    {
        var path = Uri.UnescapeDataString(location.AbsolutePath);
        var folder = $"/{stream}/";
        return path.StartsWith(folder, StringComparison.Ordinal) ? path[folder.Length..] : null;
    }
}
