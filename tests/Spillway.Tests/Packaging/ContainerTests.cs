using System.Text.RegularExpressions;
using Spillway.Configuration;
using Spillway.Sources.Rtmp;
using Spillway.Tests.Docs;

namespace Spillway.Tests.Packaging;

/// <summary>No engine runs where these tests do: what can be wrong with the two files without one is looked for.</summary>
public sealed partial class ContainerTests
{
    private const string Dockerfile = "Dockerfile";
    private const string Compose = "compose.yaml";

    [Fact]
    public void Every_image_is_pinned_to_a_version()
    {
        var images = Lines(Dockerfile)
            .Where(static line => line.StartsWith("FROM ", StringComparison.Ordinal))
            .Concat(Lines(Compose).Where(static line => line.StartsWith("image: ", StringComparison.Ordinal)))
            .Select(static line => line.Split(' ')[1])
            .ToList();
        Assert.Equal(4, images.Count);
        Assert.All(images, image => Assert.Matches(@"^[a-z/]+:[0-9]+\.[0-9][0-9.]*(-slim)?$", image));
    }

    [Fact]
    public void What_is_copied_into_the_image_is_there_and_not_ignored()
    {
        var copies = Lines(Dockerfile)
            .Where(static line => line.StartsWith("COPY ", StringComparison.Ordinal))
            .Select(static line => line.Split(' '))
            .ToList();
        var fromContext = Assert.Single(copies, static words => !words[1].StartsWith("--from=", StringComparison.Ordinal));
        // Named by tools/dist, which 'make deb' runs.
        Assert.Contains(
            fromContext[1]
                ["artifacts".Length..]
                .Replace("*", "$version", StringComparison.Ordinal)
                .Replace("amd64", "$architecture", StringComparison.Ordinal),
            Pages.Read("tools/dist"),
            StringComparison.Ordinal
        );
        Assert.Contains("!artifacts/spillway_*.deb", File.ReadAllLines(Path.Combine(Pages.Root, ".dockerignore")));
        var fromStage = Assert.Single(copies, static words => words[1].StartsWith("--from=", StringComparison.Ordinal));
        Assert.Contains(
            Lines(Dockerfile),
            line => line.EndsWith($" AS {fromStage[1]["--from=".Length..]}", StringComparison.Ordinal)
        );
        var binary = fromStage[2]["/unpacked".Length..];
        Assert.Contains($"$root{Path.GetDirectoryName(binary)}\"", Pages.Read("tools/dist"), StringComparison.Ordinal);
        Assert.Contains($"ENTRYPOINT [\"{fromStage[3]}\"]", Lines(Dockerfile));
    }

    [Theory]
    [InlineData(Dockerfile)]
    [InlineData(Compose)]
    public void Variables_are_settings_and_right(string file)
    {
        var given = Lines(file)
            .Select(static line => Variable().Match(line))
            .Where(static match => match.Success)
            .ToDictionary(static match => match.Groups[1].Value, static match => match.Groups[2].Value);
        Assert.NotEmpty(given);
        given.TryAdd("SPILLWAY__STREAMS__LIVE__SOURCE", "push");
        var folder = Directory.CreateTempSubdirectory("spillway-container-");
        try
        {
            var result = ConfigurationLoader.Load(new ServeSettings(), folder.FullName, given);
            Assert.Empty(result.Errors);
            Assert.Empty(result.Warnings);
        }
        finally
        {
            folder.Delete();
        }
    }

    [Fact]
    public void Ports_are_those_the_program_has_by_default()
    {
        var server = new ServerOptions();
        int[] ports = [server.Port, server.EdgePort, new RtmpOptions().Port];
        Assert.Contains($"EXPOSE {string.Join(' ', ports)}", Lines(Dockerfile));
        Assert.Contains(
            Lines(Dockerfile),
            line => line.Contains($"http://127.0.0.1:{server.Port}/health/live", StringComparison.Ordinal)
        );
        // Owncast's own beside them: it takes OBS in, and shows its page.
        Assert.Equal(
            ["1935:1935", $"127.0.0.1:{server.Port}:{server.Port}", "127.0.0.1:8080:8080"],
            Lines(Compose)
                .Select(static line => Port().Match(line))
                .Where(static match => match.Success)
                .Select(static match => match.Groups[1].Value)
        );
        Assert.Contains(
            $"service: http://127.0.0.1:{server.Port}",
            Pages.Read("deploy/cloudflared.yml"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void It_runs_as_nobody_in_particular_and_its_data_is_a_volume_of_that_user()
    {
        var user = Assert.Single(Lines(Dockerfile), static line => line.StartsWith("USER ", StringComparison.Ordinal))[
            "USER ".Length..
        ];
        Assert.Matches("^[1-9][0-9]+:[1-9][0-9]+$", user);
        var (id, group) = user.Split(':') is [var first, var second] ? (first, second) : default;
        Assert.Contains(
            Lines(Dockerfile),
            line => line.EndsWith($"install -d -o {id} -g {group} /data", StringComparison.Ordinal)
        );
        Assert.Contains("VOLUME /data", Lines(Dockerfile));
        Assert.Contains("- spillway:/data", Lines(Compose));
    }

    [Fact]
    public void Files_that_are_mounted_are_in_the_repository_or_said_to_be_made()
    {
        var mounted = Lines(Compose)
            .Select(static line => Mount().Match(line))
            .Where(static match => match.Success)
            .Select(static match => match.Groups[1].Value)
            .ToList();
        Assert.Equal(2, mounted.Count);
        Assert.All(
            mounted,
            path =>
                Assert.True(
                    File.Exists(Path.Combine(Pages.Root, path))
                        || Pages.Read("docs/containers.md").Contains(path, StringComparison.Ordinal),
                    $"{Compose} mounts {path}, which is neither there nor in docs/containers.md."
                )
        );
    }

    private static List<string> Lines(string file) =>
        [
            .. File.ReadLines(Path.Combine(Pages.Root, file))
                .Select(static line => line.Trim())
                .Where(static line => !line.StartsWith('#')),
        ];

    [GeneratedRegex("^(?:ENV )?(SPILLWAY__[A-Z_]+)(?:=|: )(.*)$")]
    private static partial Regex Variable();

    [GeneratedRegex("^- \"([0-9.:]+)\"$")]
    private static partial Regex Port();

    [GeneratedRegex(@"^- \./([^:]+):")]
    private static partial Regex Mount();
}
