using Spillway.TestSupport;

namespace Spillway.EndToEnd.FirstFrame;

/// <summary>What somebody puts on a page who has read hls.js's own instructions.</summary>
internal static class PlainPage
{
    /// <param name="parent">Gets a folder <c>plain</c> with the page, <c>plain.html</c>, and hls.js.</param>
    /// <returns>That folder.</returns>
    public static string Write(string parent)
    {
        var folder = Directory.CreateDirectory(Path.Combine(parent, "plain")).FullName;
        File.Copy(Path.Combine(AppContext.BaseDirectory, "FirstFrame", "plain.html"), Path.Combine(folder, "plain.html"));
        File.Copy(
            Path.Combine(RepositoryFolder.Path, "web/node_modules/hls.js/dist/hls.min.js"),
            Path.Combine(folder, "hls.min.js")
        );
        return folder;
    }
}
