using System.Runtime.InteropServices;
using Spillway.Configuration;

namespace Spillway.Checks;

/// <summary>What the command line of <c>check</c> says.</summary>
/// <param name="Serve">The same as for <c>serve</c>.</param>
/// <param name="Fix">What can be mended is.</param>
/// <param name="Json">For programs.</param>
internal sealed record CheckSettings(ServeSettings Serve, bool Fix, bool Json);

/// <summary><c>spillway check</c>: tries everything that a show needs, and says what is wrong, what it means and what to do.</summary>
internal static class CheckCommand
{
    private const int Failed = 1;

    /// <summary>By a signal, as shells say it: 128 and SIGINT's number.</summary>
    private const int Interrupted = 130;

    /// <returns>0 without an error, 1 with one, <see cref="ConfigurationResult.ExitCode"/> with wrong settings.</returns>
    public static async Task<int> RunAsync(
        CheckSettings command,
        TextWriter output,
        TextWriter error,
        CancellationToken cancellationToken
    )
    {
        // What was written to the bucket is taken away again, also when somebody has had enough of waiting.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            return await RunAsync(
                ConfigurationLoader.Load(command.Serve),
                command,
                new CheckLimits(),
                TimeProvider.System,
                output,
                error,
                stop.Token
            );
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Interrupted;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    public static async Task<int> RunAsync(
        ConfigurationResult settings,
        CheckSettings command,
        CheckLimits limits,
        TimeProvider time,
        TextWriter output,
        TextWriter error,
        CancellationToken cancellationToken
    )
    {
        var start = time.GetTimestamp();
        var exitCode = ConfigurationResult.ExitCode;
        IReadOnlyList<CheckFinding> findings;
        if (settings.Options is { } options)
        {
            findings = await CheckRun.RunAsync(settings, options, limits, time, command.Fix, Say, cancellationToken);
            exitCode = findings.Any(static finding => finding.Kind.Level == FindingLevel.Error) ? Failed : 0;
        }
        else
        {
            var wrong = new FindingList();
            SettingsCheck.OfErrors(settings, wrong);
            findings = wrong.All;
        }
        await output.WriteAsync(
            command.Json ? CheckReport.Of(findings, time.GetElapsedTime(start)) + "\n" : CheckText.Of(findings)
        );
        return exitCode;

        // Not among the findings: it is said before it is done.
        void Say(string words) => error.WriteLine($"spillway: {words}");
    }
}
