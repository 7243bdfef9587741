using System.Net;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Spillway.Tests.Dashboard.OpenApi;

/// <summary>
/// What the sources say of types and their members, read from the files themselves: a build makes no file of it. Written for records
/// and plain properties, as answers are.
/// </summary>
internal sealed partial class DocComments
{
    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _members = new(StringComparer.Ordinal);

    public DocComments()
    {
        foreach (var file in Directory.EnumerateFiles(Sources(), "*.cs", SearchOption.AllDirectories))
        {
            if (!file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
                Read(File.ReadAllLines(file));
        }
    }

    public string? Of(Type type) => _types.GetValueOrDefault(type.Name);

    /// <param name="member">As in C#.</param>
    public string? Of(Type type, string member) => _members.GetValueOrDefault($"{type.Name}.{member}");

    private void Read(string[] lines)
    {
        var (comment, type) = (new List<string>(), "");
        foreach (var line in lines.Select(static line => line.Trim()))
        {
            if (line.StartsWith("///", StringComparison.Ordinal))
            {
                comment.Add(line[3..].Trim());
                continue;
            }
            if (line.StartsWith('[') && comment.Count > 0)
                continue;
            var text = string.Join(' ', comment);
            comment.Clear();
            if (TypeLine().Match(line) is { Success: true } declared)
            {
                type = declared.Groups[1].Value;
                Note(_types, type, Element(text, "summary"));
                foreach (Match parameter in Parameter().Matches(text))
                    Note(_members, $"{type}.{parameter.Groups[1].Value}", parameter.Groups[2].Value);
            }
            else if (PropertyLine().Match(line) is { Success: true } property)
            {
                var said = Inherited().Match(text) is { Success: true } other
                    ? _members.GetValueOrDefault($"{type}.{other.Groups[1].Value}")
                    : Element(text, "summary");
                Note(_members, $"{type}.{property.Groups[1].Value}", said);
            }
        }
    }

    private static void Note(Dictionary<string, string> where, string name, string? said)
    {
        if (!string.IsNullOrWhiteSpace(said))
            where.TryAdd(name, Plain(said));
    }

    private static string? Element(string text, string name) =>
        Regex.Match(text, $"<{name}>(.*?)</{name}>") is { Success: true } found ? found.Groups[1].Value : null;

    private static string Plain(string text)
    {
        text = Reference().Replace(text, static match => $"`{Camel(match.Groups[1].Value.Split('.')[^1])}`");
        text = Code().Replace(text, static match => $"`{match.Groups[1].Value}`");
        return WebUtility.HtmlDecode(Tag().Replace(text, "")).Trim();
    }

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static string Sources([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../../src/Spillway"));

    [GeneratedRegex(@"^(?:internal|public)(?: sealed| readonly| abstract)* (?:record struct|record|class|enum) (\w+)")]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"^public (?:required )?[\w<>?\[\], ]+? (\w+)(?: \{| =>)")]
    private static partial Regex PropertyLine();

    [GeneratedRegex("<param name=\"(\\w+)\">(.*?)</param>")]
    private static partial Regex Parameter();

    [GeneratedRegex("<inheritdoc cref=\"(\\w+)\"")]
    private static partial Regex Inherited();

    [GeneratedRegex("<(?:see|paramref) (?:cref|name)=\"([^\"]+)\" ?/>")]
    private static partial Regex Reference();

    [GeneratedRegex("<c>(.*?)</c>")]
    private static partial Regex Code();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tag();
}
