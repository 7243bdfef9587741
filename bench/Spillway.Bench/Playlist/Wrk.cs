using System.Globalization;
using Spillway.EndToEnd.Servers;

namespace Spillway.Bench.Playlist;

/// <summary>One run of wrk.</summary>
/// <param name="RequestsPerSecond">Answered with 200.</param>
internal sealed record Wrk(double RequestsPerSecond)
{
    public const int Connections = 256;

    /// <exception cref="InvalidOperationException">Not all answers were 200, or wrk ended otherwise.</exception>
    public static async Task<Wrk> RunAsync(Uri address, TimeSpan length)
    {
        await using var process = ChildProcess.Start(
            "wrk",
            ["-t", "1", "-c", $"{Connections}", "-d", $"{length.TotalSeconds:0}s", address.AbsoluteUri],
            Repository.Scratch
        );
        var exit = await process.ExitAsync(length + TimeSpan.FromSeconds(20));
        var output = process.Output;
        if (
            exit != 0
            || output.Contains("Non-2xx", StringComparison.Ordinal)
            || output.Contains("Socket errors", StringComparison.Ordinal)
        )
            throw new InvalidOperationException($"wrk at {address}: exit code {exit}\n{output}");
        const string Label = "Requests/sec:";
        return output.Split('\n').FirstOrDefault(static line => line.StartsWith(Label, StringComparison.Ordinal)) is { } line
            ? new Wrk(double.Parse(line[Label.Length..].Trim(), CultureInfo.InvariantCulture))
            : throw new InvalidOperationException($"wrk at {address} gave no figure:\n{output}");
    }
}
