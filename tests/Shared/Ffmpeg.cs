using System.Diagnostics;

namespace Spillway.Tests;

/// <summary>Runs the installed ffmpeg and ffprobe to make and measure real media.</summary>
internal static class Ffmpeg
{
    /// <param name="folder">Where it runs, so that arguments can name files briefly.</param>
    /// <exception cref="InvalidOperationException">It failed; the message holds what it wrote to standard error.</exception>
    public static Task RunAsync(string folder, IEnumerable<string> arguments, CancellationToken cancellation = default) =>
        RunAsync("ffmpeg", folder, ["-hide_banner", "-nostdin", "-loglevel", "error", "-y", .. arguments], cancellation);

    /// <summary>What ffprobe writes to standard output.</summary>
    /// <inheritdoc cref="RunAsync(string, IEnumerable{string}, CancellationToken)"/>
    public static Task<string> ProbeAsync(
        string folder,
        IEnumerable<string> arguments,
        CancellationToken cancellation = default
    ) => RunAsync("ffprobe", folder, ["-hide_banner", "-loglevel", "error", .. arguments], cancellation);

    private static async Task<string> RunAsync(string program, string folder, string[] arguments, CancellationToken cancellation)
    {
        using var process = new Process();
        process.StartInfo = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        process.Start();
        try
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            await Task.WhenAll(output, errors);
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0
                ? await output
                : throw new InvalidOperationException(
                    $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await errors}"
                );
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
