using System.Diagnostics;
using System.Text.RegularExpressions;
using Spillway.Tests.Docs;

namespace Spillway.Tests.Packaging;

/// <summary>The manual page and the shells' completions are made from the table that the help is made of; <c>make docs</c> writes them.</summary>
public sealed partial class CommandTableTests
{
    private static readonly bool s_writes = Environment.GetEnvironmentVariable("WRITE_DOCS") == "1";

    public static TheoryData<string> Files => [ManualPage.File, .. Completions.Files.Keys];

    [Theory]
    [MemberData(nameof(Files))]
    public void What_is_shipped_is_what_the_command_table_says(string file)
    {
        var rendered = file == ManualPage.File ? ManualPage.Render() : Completions.Files[file]();
        var path = Path.Combine(Pages.Root, file);
        if (s_writes)
            File.WriteAllText(path, rendered);
        Assert.True(File.Exists(path) && File.ReadAllText(path) == rendered, $"{file} is not what the code says. Run: make docs");
    }

    /// <summary>Against the help itself, as the program prints it, so that the table is not held against itself alone.</summary>
    [Fact]
    public async Task The_manual_page_has_every_option_that_the_help_shows()
    {
        var page = ManualPage.Render().Replace("\\-", "-", StringComparison.Ordinal);
        foreach (var command in CommandEntry.All)
        {
            var output = new StringWriter();
            await Spillway.Configuration.CommandLine.RunAsync(
                Commands.Root(),
                [.. command.Path.Split(' '), "--help"],
                output,
                TextWriter.Null
            );
            var section = Section(page, command.Path);
            var options = LongOption().Matches(output.ToString()).Select(static match => match.Value).Distinct().ToList();
            Assert.Contains("--help", options);
            Assert.All(
                options.Where(static option => option != "--help"),
                option => Assert.Contains($"\\fB{option}\\fR", section, StringComparison.Ordinal)
            );
        }
    }

    [Theory]
    [InlineData("spillway ", "serve check watch replay version --help")]
    [InlineData("spillway ch", "check")]
    [InlineData("spillway check --", "--fix --json --source --config")]
    [InlineData("spillway replay ", "list export delete")]
    [InlineData("spillway replay export --", "--stream --data")]
    [InlineData("spillway serve --config spill", "spillway.json")]
    [InlineData("spillway serve --data da", "data")]
    [InlineData("spillway serve --port ", "")]
    public async Task Bash_completes(string line, string expected)
    {
        var folder = Directory.CreateTempSubdirectory("spillway-completion-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "spillway.json"), "{}");
            folder.CreateSubdirectory("data");
            const string Script = """
                source "$1"
                read -ra COMP_WORDS <<< "$2"
                [[ $2 == *' ' ]] && COMP_WORDS+=('')
                COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                _spillway
                printf '%s\n' "${COMPREPLY[@]}"
                """;
            var start = new ProcessStartInfo("bash")
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
                WorkingDirectory = folder.FullName,
                ArgumentList =
                {
                    "-euc",
                    Script,
                    "complete",
                    Path.Combine(Pages.Root, "packaging/completions/spillway.bash"),
                    line,
                },
            };
            using var bash = Process.Start(start)!;
            var words = (await bash.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            await bash.WaitForExitAsync();
            Assert.Equal(0, bash.ExitCode);
            var wanted = expected.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Assert.All(wanted, word => Assert.Contains(word, words));
            if (wanted.Length == 0)
                Assert.Empty(words);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Section(string page, string path)
    {
        var begin = page.IndexOf($".SS \"spillway {path}\"", StringComparison.Ordinal);
        Assert.True(begin >= 0, $"The manual page has no section for 'spillway {path}'.");
        var end = page.IndexOf("\n.S", begin + 1, StringComparison.Ordinal);
        return page[begin..end];
    }

    [GeneratedRegex("--[a-z][a-z0-9-]+")]
    private static partial Regex LongOption();
}
