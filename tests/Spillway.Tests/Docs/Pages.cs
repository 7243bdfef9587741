using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Spillway.Tests.Docs;

/// <summary>What the repository says in Markdown.</summary>
internal static partial class Pages
{
    public static string Root { get; } = FindRoot();

    /// <summary>Paths from the repository's root.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Directory
            .EnumerateFiles(Root, "*.md")
            .Concat(Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories))
            .Select(static path => Path.GetRelativePath(Root, path))
            .Order(StringComparer.Ordinal),
    ];

    public static string Read(string page) => File.ReadAllText(Path.Combine(Root, page));

    /// <summary>Lines of a page that are code: indented by four, or between fences.</summary>
    public static IEnumerable<string> CodeLines(string page)
    {
        var isFenced = false;
        var before = "";
        foreach (var line in Read(page).Split('\n').Select(static line => line.TrimEnd()))
        {
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
                isFenced = !isFenced;
            else if (isFenced || (line.StartsWith("    ", StringComparison.Ordinal) && !IsListItem(before)))
                yield return line.Trim();
            if (line.Length > 0 && !line.StartsWith("    ", StringComparison.Ordinal))
                before = line;
        }
    }

    /// <summary>What links to headings of a page look like, as GitHub makes them.</summary>
    public static IReadOnlySet<string> Anchors(string page) =>
        Read(page)
            .Split('\n')
            .Where(static line => line.StartsWith('#'))
            .Select(static line => NotInAnchors().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'))
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>Targets of links in a page, with their line.</summary>
    public static IEnumerable<(string Target, int Line)> Links(string page)
    {
        var lines = Read(page).Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            foreach (Match link in Link().Matches(lines[i]))
                yield return (link.Groups[1].Value, i + 1);
        }
    }

    private static bool IsListItem(string line) => ListItem().IsMatch(line);

    private static string FindRoot([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../.."));

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\p{L}\p{Nd}\- _]")]
    private static partial Regex NotInAnchors();

    [GeneratedRegex(@"^\s*(-|\*|\d+\.)\s")]
    private static partial Regex ListItem();
}
