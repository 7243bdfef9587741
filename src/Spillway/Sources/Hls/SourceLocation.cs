namespace Spillway.Sources.Hls;

/// <summary>Where a source is: an http(s) URL, a folder, or a playlist file.</summary>
/// <param name="Uri">The playlist, or the folder.</param>
/// <param name="Folder">What may be read of this machine; null for http(s).</param>
/// <param name="IsFolder">The playlist must still be found in <paramref name="Folder"/>.</param>
internal sealed record SourceLocation(Uri Uri, string? Folder, bool IsFolder)
{
    /// <summary>Returns what is wrong with the text, or null.</summary>
    public static string? TryParse(string text, out SourceLocation? location)
    {
        location = null;
        if (string.IsNullOrWhiteSpace(text))
            return "must be an HLS URL, a folder or a playlist file";
        text = text.Trim();
        if (text.Contains("://", StringComparison.Ordinal))
        {
            if (!Uri.TryCreate(text, UriKind.Absolute, out var uri))
                return "is not a valid URL";
            if (uri.Scheme is "http" or "https")
            {
                location = new SourceLocation(uri, null, IsFolder: false);
                return null;
            }
            if (!uri.IsFile || uri.Host.Length > 0)
                return "must be an http or https URL, a folder or a playlist file";
            text = uri.LocalPath;
        }
        if (text.Contains('\0', StringComparison.Ordinal))
            return "is not a valid path";
        var path = Path.GetFullPath(text);
        var isFile = path.EndsWith(".m3u8", StringComparison.OrdinalIgnoreCase) && !Directory.Exists(path);
        location = new SourceLocation(FolderUpstream.FileUri(path), isFile ? Path.GetDirectoryName(path)! : path, !isFile);
        return null;
    }
}
