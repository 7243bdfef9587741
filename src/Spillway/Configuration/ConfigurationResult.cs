namespace Spillway.Configuration;

/// <summary>What came of reading the settings: options, or everything that is wrong with them.</summary>
internal sealed record ConfigurationResult
{
    /// <summary>EX_CONFIG of sysexits.h: what a program that was given wrong settings exits with.</summary>
    public const int ExitCode = 78;

    /// <summary>Null when there is an error.</summary>
    public required SpillwayOptions? Options { get; init; }

    /// <summary>One line each, fit to be shown: it names the setting and what would be right, and never holds a secret.</summary>
    public required IReadOnlyList<string> Errors { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Says the warnings, and the errors if there are any; then it is null, and the program exits with <see cref="ExitCode"/>.</summary>
    public async Task<SpillwayOptions?> OptionsOrWordsAsync(TextWriter error)
    {
        foreach (var warning in Warnings)
            await error.WriteLineAsync($"spillway: warning: {warning}");
        foreach (var problem in Errors)
            await error.WriteLineAsync($"spillway: {problem}");
        return Options;
    }
}
