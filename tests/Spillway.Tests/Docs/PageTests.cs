using System.CommandLine;
using System.Text.RegularExpressions;
using Spillway.Configuration;

namespace Spillway.Tests.Docs;

/// <summary>What the docs tell people to open, run and set exists.</summary>
public sealed partial class PageTests
{
    public static TheoryData<string> All => [.. Pages.All];

    [Theory]
    [MemberData(nameof(All))]
    public void Links_lead_somewhere(string page)
    {
        var wrong = new List<string>();
        foreach (var (target, line) in Pages.Links(page))
        {
            if (target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal))
                continue;
            var (file, anchor) = target.Split('#', 2) is [var before, var after] ? (before, after) : (target, null);
            var folder = Path.GetDirectoryName(page) ?? "";
            var aim =
                file.Length == 0
                    ? page
                    : Path.GetRelativePath(Pages.Root, Path.GetFullPath(Path.Combine(Pages.Root, folder, file)));
            if (!Path.Exists(Path.Combine(Pages.Root, aim)))
                wrong.Add($"{page}:{line}: there is no {target}");
            else if (anchor is not null && aim.EndsWith(".md", StringComparison.Ordinal) && !Pages.Anchors(aim).Contains(anchor))
                wrong.Add($"{page}:{line}: {aim} has no heading for #{anchor}");
        }
        Assert.Empty(wrong);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Verbs_of_make_exist(string page)
    {
        var verbs = File.ReadLines(Path.Combine(Pages.Root, "Makefile"))
            .Select(static line => Verb().Match(line))
            .Where(static match => match.Success)
            .Select(static match => match.Groups[1].Value)
            .ToHashSet(StringComparer.Ordinal);
        Assert.Contains("demo", verbs);
        var named = Pages
            .CodeLines(page)
            .Select(static line => MakeLine().Match(line))
            .Concat(Backticked().Matches(Pages.Read(page)).Select(static code => MakeLine().Match(code.Groups[1].Value)))
            .Where(static match => match.Success)
            .Select(static match => match.Groups[1].Value);
        Assert.All(named, verb => Assert.True(verbs.Contains(verb), $"{page}: there is no 'make {verb}'"));
    }

    /// <summary>A row that names a file and its functions: a segment's way through the code.</summary>
    [Fact]
    public void Functions_are_in_the_files_that_are_said()
    {
        var rows = FunctionRow().Matches(Pages.Read("docs/how-it-works.md"));
        Assert.NotEmpty(rows);
        var wrong =
            from row in rows
            let file = row.Groups["file"].Value
            let code = File.ReadAllText(Path.Combine(Pages.Root, file))
            from function in Backticked().Matches(row.Groups["functions"].Value)
            let name = function.Groups[1].Value
            where
                !Regex.IsMatch(
                    code,
                    $@"^ *(?:public|private|internal|export)\b[^=;\n]* {name}\(|^  {name}\(",
                    RegexOptions.Multiline
                )
            select $"{file} has no {name}";
        Assert.Empty(wrong);
    }

    /// <summary>As somebody would type it who copies the line.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void Command_lines_are_understood(string page)
    {
        // What has not been released yet keeps the words of its time.
        if (page.StartsWith("docs/decisions", StringComparison.Ordinal))
            return;
        var root = Commands.Root();
        var commands = Pages
            .CodeLines(page)
            .Concat(Backticked().Matches(Pages.Read(page)).Select(static code => code.Groups[1].Value))
            .Select(static line => SpillwayLine().Match(line))
            .Where(static match => match.Success)
            .Select(static match => Rest().Replace(match.Groups[1].Value, ""));
        foreach (var command in commands)
        {
            var words = Words().Matches(command).Select(static word => Filled(word.Value.Trim('"', '\''))).ToArray();
            // The name of a command, in a sentence.
            if (words.Length == 1)
                continue;
            var errors = root.Parse(words).Errors.Select(static error => error.Message);
            Assert.True(!errors.Any(), $"{page}: 'spillway {command}': {string.Join(" ", errors)}");
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Variables_are_settings(string page)
    {
        // A secret's may name a file instead.
        var names = Variable()
            .Matches(Pages.Read(page))
            .Select(static match => FileSuffix().Replace(match.Value.TrimEnd('_'), ""))
            .Distinct();
        var paths = SettingSchema.Paths.Select(static path => EnvironmentSettings.NameOf(path)).ToList();
        Assert.All(names, name => Assert.True(paths.Any(path => Fits(name, path)), $"{page}: {name} is no setting"));
    }

    private static bool Fits(string name, string path)
    {
        var (given, known) = (name.Split("__"), path.Split("__"));
        return given.Length <= known.Length
            && given.Zip(known).All(static pair => pair.Second == "*" || pair.First == pair.Second);
    }

    /// <summary>What is to be filled in stands in capitals, or is an ellipsis.</summary>
    private static string Filled(string word) =>
        word switch
        {
            "PORT" or "N" => "3000",
            "URL" => "https://cdn.example.org/live/playlist.m3u8",
            "…" => "x",
            _ => word,
        };

    [GeneratedRegex(@"^([a-z0-9-]+):.*## ")]
    private static partial Regex Verb();

    [GeneratedRegex(@"^(?:\$ )?make ([a-z0-9-]+)")]
    private static partial Regex MakeLine();

    [GeneratedRegex(@"^\| \[[^\]]+\]\(\.\./(?<file>[^)]+)\) \| (?<functions>[^|]+) \|", RegexOptions.Multiline)]
    private static partial Regex FunctionRow();

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Backticked();

    [GeneratedRegex(
        @"^(?:\$ )?(?:sudo )?(?:(?:\./|artifacts/publish/|/usr/bin/)?)spillway ((?:serve|demo|check|watch|cost|replay|sweep|tracker|version|help)\b.*)$"
    )]
    private static partial Regex SpillwayLine();

    /// <summary>A comment, another program, or where its output goes.</summary>
    [GeneratedRegex(@"(\s+#| \| | && | > | 2> | < |\s*\\$).*")]
    private static partial Regex Rest();

    [GeneratedRegex("_FILE$")]
    private static partial Regex FileSuffix();

    [GeneratedRegex("\"[^\"]*\"|'[^']*'|[^ ]+")]
    private static partial Regex Words();

    [GeneratedRegex(@"SPILLWAY__[A-Z0-9_]+")]
    private static partial Regex Variable();
}
