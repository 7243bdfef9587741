namespace Spillway.Sources.Hls;

/// <summary>
/// Chooses how a location is fetched. A folder's playlist may name files below that folder and http(s) URLs; what comes over HTTP
/// may only name http(s) URLs, never files of this machine.
/// </summary>
internal sealed class Upstreams(FolderUpstream? folder, HttpUpstream http)
{
    public FolderUpstream? Folder => folder;

    public IUpstream For(Uri location) => location.IsFile && folder is not null ? folder : http;

    /// <summary>Resolves a playlist's URI; null when such a URI is never fetched.</summary>
    public Uri? Resolve(Uri playlist, string uri)
    {
        Uri? resolved;
        if (playlist.IsFile)
            resolved = FolderUpstream.Resolve(playlist, uri);
        else if (!Uri.TryCreate(playlist, uri, out resolved))
            return null;
        return resolved switch
        {
            null => null,
            { IsAbsoluteUri: false } => null,
            { Scheme: "http" or "https" } => resolved,
            { IsFile: true, Host: "" } when playlist.IsFile && folder is not null => resolved,
            _ => null,
        };
    }

    /// <summary>For logs and reasons: without query, fragment and password, which may be secrets.</summary>
    public static string Show(Uri location) =>
        location.IsFile ? location.LocalPath : $"{location.Scheme}://{location.Authority}{location.AbsolutePath}";
}
