using Spillway.Slate;
using Spillway.Timeline;

namespace Spillway.Checks;

/// <summary>Whether ffmpeg is there where something needs it, and can do what is asked of it.</summary>
internal sealed class FfmpegCheck(CheckContext context, FindingList findings)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly string[] Encoders = ["libx264", "aac"];

    /// <summary>The installed one; tests have others.</summary>
    public FfmpegTool Tool { get; init; } = FfmpegTool.Installed with { Patience = Patience };

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var streams = context.Options.Streams;
        var ladders = streams.Where(static pair => pair.Value.Ladder.Length > 0).Select(static pair => pair.Key).ToArray();
        var slates = streams
            .Where(static pair => pair.Value.Slate != StreamOptions.NoSlate)
            .Select(static pair => pair.Key)
            .ToArray();
        if (ladders.Length == 0 && slates.Length == 0)
            return;
        var (version, problem) = await LookAsync(cancellationToken);
        if (problem is null)
        {
            findings.Add(MachineFindings.Ffmpeg, $"{version}, with {string.Join(" and ", Encoders)}.");
            return;
        }
        if (ladders.Length > 0)
            findings.Add(MachineFindings.NoLadder, $"{problem} Ladder is set for {string.Join(", ", ladders)}.");
        if (slates.Length > 0)
            findings.Add(MachineFindings.NoSlate, $"{problem} A slate is wished for {string.Join(", ", slates)}.");
    }

    private async Task<(string? Version, string? Problem)> LookAsync(CancellationToken cancellationToken)
    {
        var folder = Path.GetTempPath();
        var version = await Tool.EncodeAsync(folder, ["-version"], cancellationToken);
        if (version.Outcome == ToolOutcome.Missing)
            return (null, "There is no ffmpeg on this machine.");
        if (version.Outcome != ToolOutcome.Done)
            return (null, $"ffmpeg does not work here: {(version.Error.Length > 0 ? version.Error : "it gave no answer")}.");
        var encoders = await Tool.EncodeAsync(folder, ["-encoders"], cancellationToken);
        var known = encoders
            .Output.Split('\n')
            .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(static words => words.Length > 1)
            .Select(static words => words[1])
            .ToHashSet(StringComparer.Ordinal);
        var missing = Encoders.Where(encoder => !known.Contains(encoder)).ToArray();
        var first = version.Output.Split('\n')[0].Trim();
        var shown = first.IndexOf(" Copyright", StringComparison.Ordinal) is var end and > 0 ? first[..end] : first;
        return missing.Length == 0 ? (shown, null) : (null, $"{shown} lacks the encoder {string.Join(" and ", missing)}.");
    }
}
