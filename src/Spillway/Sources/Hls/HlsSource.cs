using System.Threading.Channels;

namespace Spillway.Sources.Hls;

/// <summary>
/// Follows an HLS playlist in a folder or over HTTP and tells what it brings as <see cref="SourceEvent"/>s. Nothing a source does ends
/// it: every failure is tried again, with a pause and a warning that says what to do.
/// </summary>
/// <param name="location">An http(s) URL of a playlist, a folder with one at its top, or a playlist file.</param>
/// <param name="owncast">Address of the Owncast server that makes the stream; null: told by the location, if it can be.</param>
/// <param name="allowPrivate">Its playlists may lead to private addresses, too: <see cref="SourceReach"/>.</param>
internal sealed class HlsSource(
    string location,
    TimeProvider time,
    ILogger<HlsSource> logger,
    StartWindow? start = null,
    Uri? owncast = null,
    bool allowPrivate = false
) : ISource
{
    /// <summary>What is wrong with a location, to go after its setting's name; null for one that can be followed.</summary>
    public static string? Check(string location) => SourceLocation.TryParse(location, out _);

    /// <summary>
    /// Runs until cancelled, then throws <see cref="OperationCanceledException"/>. A full channel makes it wait; what leaves the source's
    /// window meanwhile is told as <see cref="SegmentMissed"/>.
    /// </summary>
    public async Task RunAsync(ChannelWriter<SourceEvent> events, CancellationToken ct)
    {
        if (SourceLocation.TryParse(location, out var source) is { } error)
            throw new InvalidOperationException($"The source's location {error}: settings must be checked before");
        using var http = new HttpUpstream(
            time,
            new SourceReach(owncast is null ? [source!.Uri] : [source!.Uri, owncast], allowPrivate)
        );
        using var watch = source!.Folder is null ? null : new FolderWatch(source.Folder);
        var upstreams = new Upstreams(source.Folder is null ? null : new FolderUpstream(source.Folder), http);
        var warnings = new SourceWarnings(logger, time);
        using var server = (owncast ?? OwncastServer.RootOf(source.Uri)) is { } root ? new OwncastServer(root, http, time) : null;
        using var output = new SourceOutput(events, server, warnings, time);
        var top = new TopPlaylist(source, upstreams, warnings, time);
        var renditions = new RenditionSet(top, upstreams, output, server, watch, warnings, time, start ?? StartWindow.Default);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var asking = server?.RunAsync(status => output.TellTitleAsync(status.StreamTitle, stop.Token), stop.Token);
        try
        {
            await renditions.RunAsync(ct);
        }
        finally
        {
            await stop.CancelAsync();
            if (asking is not null)
                await asking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
