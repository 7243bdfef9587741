using System.Text.RegularExpressions;
using Spillway.Configuration;
using Spillway.Tests.Docs;

namespace Spillway.Tests.Packaging;

/// <summary>The unit, the settings it starts with and the version; that the package works is <c>make deb-test</c>.</summary>
public sealed partial class ServiceTests
{
    private const string Unit = "packaging/spillway.service";

    [Fact]
    public void The_unit_starts_a_command_line_that_is_understood()
    {
        var words = Value("ExecStart").Split(' ');
        Assert.Equal("/usr/bin/spillway", words[0]);
        Assert.Empty(Commands.Root().Parse(words[1..]).Errors);
        // What it names, the package brings or systemd makes.
        Assert.Contains("/etc/spillway/spillway.json", words);
        Assert.Contains($"/var/lib/{Value("StateDirectory")}", words);
    }

    [Fact]
    public void The_unit_gives_its_user_a_home_without_which_there_is_no_tls()
    {
        Assert.Equal("yes", Value("DynamicUser"));
        Assert.Equal($"HOME=/var/lib/{Value("StateDirectory")}", Value("Environment"));
    }

    [Fact]
    public void The_unit_gives_up_only_when_the_settings_are_wrong()
    {
        Assert.Equal("always", Value("Restart"));
        Assert.Equal($"{ConfigurationResult.ExitCode}", Value("RestartPreventExitStatus"));
        Assert.Equal("0", Value("StartLimitIntervalSec"));
    }

    [Fact]
    public void The_settings_that_the_package_brings_are_right()
    {
        var folder = Directory.CreateTempSubdirectory("spillway-packaging-");
        try
        {
            var result = ConfigurationLoader.Load(
                new ServeSettings { Config = Path.Combine(Pages.Root, "packaging/spillway.json") },
                folder.FullName,
                new Dictionary<string, string>(StringComparer.Ordinal)
            );
            Assert.Empty(result.Errors);
            Assert.Empty(result.Warnings);
            Assert.Equal("/var/lib/spillway", result.Options!.Data);
        }
        finally
        {
            folder.Delete();
        }
    }

    [Fact]
    public void The_changelog_begins_with_the_version_that_is_built()
    {
        var first = Heading().Match(Pages.Read("CHANGELOG.md")).Groups["version"].Value;
        Assert.Equal(first, Version().Match(Pages.Read("Directory.Build.props")).Groups["version"].Value);
        Assert.Equal(first, CommandLine.Version);
    }

    /// <summary>The later of several.</summary>
    private static string Value(string key) =>
        File.ReadLines(Path.Combine(Pages.Root, Unit)).Last(line => line.StartsWith($"{key}=", StringComparison.Ordinal))[
            (key.Length + 1)..
        ];

    [GeneratedRegex(@"^## (?<version>\S+)", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("<Version>(?<version>.*)</Version>")]
    private static partial Regex Version();
}
