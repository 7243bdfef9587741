using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Spillway.Slate;

internal enum ToolOutcome
{
    Done,

    /// <summary>The program is not installed.</summary>
    Missing,

    /// <summary>It took too long and was ended.</summary>
    TimedOut,

    /// <summary>It said no.</summary>
    Failed,
}

/// <param name="Outcome">How it ended.</param>
/// <param name="Output">The beginning of its standard output.</param>
/// <param name="Error">The last line of its standard error, or empty.</param>
internal readonly record struct ToolResult(ToolOutcome Outcome, string Output, string Error);

/// <summary>Runs ffmpeg and ffprobe beside the live stream: at a low priority, for a limited time, with little memory for their words.</summary>
/// <param name="Ffmpeg">Name or path.</param>
/// <param name="Ffprobe">Name or path.</param>
/// <param name="Patience">How long one run may take.</param>
internal sealed record FfmpegTool(string Ffmpeg, string Ffprobe, TimeSpan Patience)
{
    private const string Nice = "/usr/bin/nice";

    /// <summary>A tenth of what the show's own work gets; at 19 a busy machine would never finish.</summary>
    private const string LowPriority = "10";
    private const int LongestOutput = 64 * 1024;

    public static FfmpegTool Installed { get; } = new("ffmpeg", "ffprobe", TimeSpan.FromMinutes(5));

    public Task<ToolResult> EncodeAsync(string folder, IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        RunAsync(Ffmpeg, folder, Encoding(arguments), null, cancellationToken);

    /// <summary>The same, with what it writes to its standard output handed on as it comes.</summary>
    /// <exception cref="IOException"><paramref name="output"/> takes no more.</exception>
    public Task<ToolResult> StreamAsync(
        string folder,
        IEnumerable<string> arguments,
        Stream output,
        CancellationToken cancellationToken
    ) => RunAsync(Ffmpeg, folder, Encoding(arguments), output, cancellationToken);

    public Task<ToolResult> ProbeAsync(string folder, IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        RunAsync(Ffprobe, folder, ["-hide_banner", "-loglevel", "error", .. arguments], null, cancellationToken);

    /// <summary>Whether there is no ffmpeg to be run.</summary>
    public async Task<bool> MissingAsync(CancellationToken cancellationToken) =>
        (await RunAsync(Ffmpeg, Path.GetTempPath(), ["-version"], null, cancellationToken)).Outcome == ToolOutcome.Missing;

    private static string[] Encoding(IEnumerable<string> arguments) =>
        ["-hide_banner", "-nostdin", "-nostats", "-loglevel", "error", "-y", .. arguments];

    private async Task<ToolResult> RunAsync(
        string program,
        string folder,
        string[] arguments,
        Stream? sink,
        CancellationToken cancellationToken
    )
    {
        // The priority must be there from the first moment: a process that is lowered later keeps the threads it had.
        var nice = File.Exists(Nice);
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(nice ? Nice : program, nice ? ["-n", LowPriority, program, .. arguments] : arguments)
            {
                WorkingDirectory = folder,
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        using var timeout = new CancellationTokenSource(Patience);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            return new ToolResult(ToolOutcome.Missing, "", "");
        }
        try
        {
            process.StandardInput.Close();
            var output = sink is null
                ? ReadAsync(process.StandardOutput, keepsEnd: false, both.Token)
                : HandOnAsync(process.StandardOutput.BaseStream, sink, both.Token);
            var errors = ReadAsync(process.StandardError, keepsEnd: true, both.Token);
            // Its words come to their end only with itself: a sink that takes no more ends it.
            await await Task.WhenAny(output, errors);
            await Task.WhenAll(output, errors);
            await process.WaitForExitAsync(both.Token);
            var line = (await errors).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return process.ExitCode switch
            {
                0 => new ToolResult(ToolOutcome.Done, await output, ""),
                // What nice ends with when it finds no such program.
                127 when nice => new ToolResult(ToolOutcome.Missing, "", ""),
                _ => new ToolResult(ToolOutcome.Failed, "", line.Length > 0 ? line[^1] : $"it ended with {process.ExitCode}"),
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ToolResult(ToolOutcome.TimedOut, "", "");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static async Task<string> HandOnAsync(Stream output, Stream sink, CancellationToken cancellationToken)
    {
        await output.CopyToAsync(sink, cancellationToken);
        return "";
    }

    /// <summary>All of it is read, so that the program does not block; only a part is kept.</summary>
    private static async Task<string> ReadAsync(StreamReader reader, bool keepsEnd, CancellationToken cancellationToken)
    {
        var kept = new StringBuilder();
        var buffer = new char[4096];
        for (int count; (count = await reader.ReadAsync(buffer, cancellationToken)) > 0; )
        {
            if (keepsEnd || kept.Length < LongestOutput)
                kept.Append(buffer, 0, count);
            if (kept.Length > LongestOutput)
                kept.Remove(keepsEnd ? 0 : LongestOutput, kept.Length - LongestOutput);
        }
        return kept.ToString();
    }
}
