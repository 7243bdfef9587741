using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Spillway.TestSupport.Benchmarks;

/// <summary>Of the programs that are measured beside Spillway.</summary>
internal static class BenchVersions
{
    public static (string Name, string Version) Nginx => ("nginx", First("nginx", "-v").Split('/')[^1].Split(' ')[0]);

    public static (string Name, string Version) Ffmpeg => ("ffmpeg", First("ffmpeg", "-version").Split(' ')[2]);

    /// <summary>The one that the player is built with.</summary>
    public static string HlsJs
    {
        get
        {
            var package = Path.Combine(RepositoryFolder.Path, "web", "node_modules", "hls.js", "package.json");
            return JsonNode.Parse(File.ReadAllText(package))!["version"]!.GetValue<string>();
        }
    }

    /// <summary>The first line that it says of itself, to either output.</summary>
    private static string First(string program, string argument)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, [argument])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
                RedirectStandardError = true,
            }
        )!;
        var (output, error) = (process.StandardOutput.ReadToEnd(), process.StandardError.ReadToEnd());
        process.WaitForExit();
        return (output.Length > 0 ? output : error).Split('\n')[0].Trim();
    }
}
