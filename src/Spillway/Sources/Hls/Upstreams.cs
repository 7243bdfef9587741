namespace Spillway.Sources.Hls;

/// <summary>
/// Chooses how a location is fetched. A folder's playlist may name files below that folder and http(s) URLs; what comes over HTTP
/// may only name http(s) URLs, never files of this machine.
/// </summary>
internal sealed class Upstreams
{
    /// <summary>Of locations that mean what an encoder has pushed.</summary>
    public const string PushScheme = "ingest";

    private readonly FolderUpstream? _folder;
    private readonly IUpstream _other;
    private readonly bool _isPushed;

    public Upstreams(FolderUpstream? folder, HttpUpstream http) => (_folder, _other) = (folder, http);

    /// <summary>What was pushed names only what was pushed.</summary>
    public Upstreams(Push.PushUpstream pushed) => (_other, _isPushed) = (pushed, true);

    public FolderUpstream? Folder => _folder;

    public IUpstream For(Uri location) => location.IsFile && _folder is not null ? _folder : _other;

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
            _ when _isPushed => resolved.Scheme == PushScheme ? resolved : null,
            { Scheme: "http" or "https" } => resolved,
            { IsFile: true, Host: "" } when playlist.IsFile && _folder is not null => resolved,
            _ => null,
        };
    }

    /// <summary>For logs and reasons: without query, fragment and password, which may be secrets.</summary>
    public static string Show(Uri location) =>
        location.IsFile ? location.LocalPath
        : location.Scheme == PushScheme ? $"/{PushScheme}{location.AbsolutePath}"
        : $"{location.Scheme}://{location.Authority}{location.AbsolutePath}";
}
