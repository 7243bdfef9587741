using System.Reflection;
using System.Text;
using Spillway.Checks;
using Spillway.TestSupport;

namespace Spillway.Tests.Checks;

/// <summary>The findings and their table.</summary>
public sealed class FindingCatalogTests
{
    private static readonly Type[] s_groups =
    [
        typeof(SettingsFindings),
        typeof(MachineFindings),
        typeof(StoreFindings),
        typeof(EdgeFindings),
        typeof(SourceFindings),
        typeof(TrackerFindings),
    ];

    [Fact]
    public void Every_finding_is_listed_once()
    {
        var fields = Fields().Select(static field => ((FindingKind)field.GetValue(null)!).Id).Order(StringComparer.Ordinal);
        Assert.Equal(fields, FindingCatalog.All.Select(static kind => kind.Id).Order(StringComparer.Ordinal));
        Assert.Equal(FindingCatalog.All.Count, FindingCatalog.All.Select(static kind => kind.Id).Distinct().Count());
    }

    [Fact]
    public void Every_finding_belongs_to_a_group_and_says_what_it_means_and_what_to_do()
    {
        foreach (var kind in FindingCatalog.All)
        {
            Assert.Contains(kind.Group, FindingCatalog.Groups);
            Assert.Matches(@"^[a-z]+\.[a-z0-9-]+$", kind.Id);
            Assert.EndsWith(".", kind.Means, StringComparison.Ordinal);
            if (kind.Level == FindingLevel.Ok)
                Assert.Empty(kind.Remedy);
            else
                Assert.EndsWith(".", kind.Remedy, StringComparison.Ordinal);
        }
    }

    /// <summary>A fault that no test makes may never be found.</summary>
    [Fact]
    public void Every_finding_is_brought_about_by_a_test()
    {
        var tests = string.Concat(
            ((string[])["Spillway.Tests", "Spillway.EndToEnd"])
                .SelectMany(project =>
                    Directory.EnumerateFiles(Path.Combine(RepositoryFolder.Path, "tests", project, "Checks"), "*.cs")
                )
                .Select(File.ReadAllText)
        );
        var untested = Fields()
            .Where(field =>
                !tests.Contains($"{field.DeclaringType!.Name}.{field.Name}", StringComparison.Ordinal)
                && !tests.Contains($"\"{((FindingKind)field.GetValue(null)!).Id}\"", StringComparison.Ordinal)
            )
            .Select(static field => field.Name);
        Assert.Empty(untested);
    }

    [Fact]
    public void The_table_in_the_docs_is_that_of_the_code()
    {
        var table = new StringBuilder();
        foreach (var group in FindingCatalog.Groups)
        {
            table.Append($"\n### {char.ToUpperInvariant(group[0])}{group[1..]}\n\n");
            table.Append("| id | level | what it means | remedy |\n|---|---|---|---|\n");
            foreach (var kind in FindingCatalog.All.Where(kind => kind.Group == group))
                table.Append($"| `{kind.Id}` | {CheckText.Word(kind.Level)} | {kind.Means} | {kind.Remedy} |\n");
        }
        var file = Path.Combine(RepositoryFolder.Path, "docs", "check.md");
        var text = File.ReadAllText(file);
        const string Mark = "## All findings\n";
        var expected = $"{text[..(text.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length)]}{table}";
        // UPDATE=1 writes it anew.
        if (Environment.GetEnvironmentVariable("UPDATE") == "1")
            File.WriteAllText(file, expected);
        else
            Assert.Equal(expected, text);
    }

    private static IEnumerable<FieldInfo> Fields() =>
        s_groups.SelectMany(static group =>
            group
                .GetFields(BindingFlags.Public | BindingFlags.Static)
                .Where(static field => field.FieldType == typeof(FindingKind))
        );
}
