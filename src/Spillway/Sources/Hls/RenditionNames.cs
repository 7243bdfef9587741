using System.Text;

namespace Spillway.Sources.Hls;

/// <summary>Names renditions after their URIs, so that they are the same at every start of the source.</summary>
internal static class RenditionNames
{
    public const string Bare = "main";
    private const int MaxLength = 32;

    /// <summary>Path segments of our own that a rendition must not be called.</summary>
    private static readonly string[] Reserved =
    [
        "watch",
        "trackers",
        "hls",
        "api",
        "health",
        "metrics",
        "ingest",
        "tracker",
        "reports",
        "dashboard",
        "slate",
    ];

    /// <summary>One unique name for each variant, matching <c>[a-z0-9][a-z0-9-]{0,31}</c>. Query strings are not looked at.</summary>
    public static string[] For(Uri multivariant, IReadOnlyList<Uri> variants)
    {
        var folders = variants.Select(Folder).ToArray();
        var ownFolders = folders.Distinct(StringComparer.Ordinal).Count() == folders.Length;
        // A single variant always has a folder to itself; it counts only where the multivariant playlist lies elsewhere.
        if (variants.Count == 1 && string.Equals(folders[0], Folder(multivariant), StringComparison.Ordinal))
            ownFolders = false;

        var taken = new HashSet<string>(StringComparer.Ordinal);
        return [.. variants.Select((uri, i) => Unique(Clean(ownFolders ? LastPart(folders[i]) : Stem(uri)), taken))];
    }

    public static string Unique(string name, HashSet<string> taken)
    {
        var unique = name;
        for (var n = 2; !taken.Add(unique); n++)
        {
            var suffix = $"-{n}";
            unique = name[..Math.Min(name.Length, MaxLength - suffix.Length)] + suffix;
        }
        return unique;
    }

    private static string Clean(string text)
    {
        var name = new StringBuilder();
        foreach (var c in text.ToLowerInvariant())
            name.Append(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) ? c : '-');
        var clean = name.ToString().TrimStart('-');
        if (clean.Length > MaxLength)
            clean = clean[..MaxLength];
        clean = clean.TrimEnd('-');
        if (clean.Length == 0)
            return "rendition";
        return Reserved.Contains(clean, StringComparer.Ordinal) ? $"r-{clean}" : clean;
    }

    private static string Folder(Uri uri)
    {
        var path = uri.AbsolutePath;
        return path[..(path.LastIndexOf('/') + 1)];
    }

    private static string LastPart(string folder)
    {
        var path = folder.TrimEnd('/');
        return Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]);
    }

    private static string Stem(Uri uri)
    {
        var path = uri.AbsolutePath;
        return Path.GetFileNameWithoutExtension(Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]));
    }
}
