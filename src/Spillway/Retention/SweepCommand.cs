using System.CommandLine;
using Spillway.Admin;
using Spillway.Configuration;
using Spillway.Storage;

namespace Spillway.Retention;

/// <summary>
/// <c>spillway sweep</c>: asks the Spillway that runs here with the same settings; where none does, works on the store itself.
/// </summary>
internal static class SweepCommand
{
    public static Command Build()
    {
        var stream = Text("--stream", "NAME", "Only this stream (default: all that are set).");
        var data = Text("--data", "FOLDER", "Folder of the embedded store (default: ./spillway-data).");
        var config = Text("--config", "FILE", "File of settings (default: spillway.json, if there is one).");
        var port = new Option<int?>("--port")
        {
            Description = "Port of the running Spillway (default: 3000).",
            HelpName = "PORT",
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would be deleted, and delete nothing." };
        var command = new Command("sweep", "Delete what no playlist can name any more, as the writer does by itself.")
        {
            stream,
            dryRun,
            port,
            data,
            config,
        };
        command.SetAction(
            (result, cancellationToken) =>
                RunAsync(
                    new SweepSettings(
                        result.GetValue(stream),
                        result.GetValue(dryRun),
                        result.GetValue(port),
                        result.GetValue(data),
                        result.GetValue(config)
                    ),
                    result.InvocationConfiguration.Output,
                    result.InvocationConfiguration.Error,
                    cancellationToken
                )
        );
        return command;
    }

    /// <returns>0 when all was done; 1 when something could not be; <see cref="ConfigurationResult.ExitCode"/>.</returns>
    public static async Task<int> RunAsync(
        SweepSettings settings,
        TextWriter output,
        TextWriter error,
        CancellationToken cancellationToken
    )
    {
        var loaded = ConfigurationLoader.Load(settings.ToServe());
        foreach (var warning in loaded.Warnings)
            await error.WriteLineAsync($"spillway: warning: {warning}");
        if (loaded.Options is not { } options)
        {
            foreach (var problem in loaded.Errors)
                await error.WriteLineAsync($"spillway: {problem}");
            return ConfigurationResult.ExitCode;
        }
        string[] streams = settings.Stream is { } one ? [one] : [.. options.Streams.Keys.Order(StringComparer.Ordinal)];
        try
        {
            using var running = new RunningInstance(options);
            using var direct = new DirectSweep(options);
            var exit = 0;
            foreach (var stream in streams)
            {
                var answer = await running.SweepAsync(stream, settings.DryRun, cancellationToken);
                if (answer.IsNobody)
                    answer = await direct.SweepAsync(stream, settings.DryRun, cancellationToken);
                if (answer.Result is { } result)
                    await output.WriteAsync(SweepText.Of(result));
                else
                    await error.WriteLineAsync($"spillway: {answer.Refusal}");
                if (answer.Result is not { Stopped: false, Problems.Count: 0 })
                    exit = 1;
            }
            return exit;
        }
        catch (SecretFileException exception)
        {
            await error.WriteLineAsync($"spillway: {exception.Message}");
            return ConfigurationResult.ExitCode;
        }
    }

    private static Option<string?> Text(string name, string value, string description) =>
        new(name) { Description = description, HelpName = value };
}

/// <summary>What the command line of <c>sweep</c> says; null where it says nothing.</summary>
internal sealed record SweepSettings(string? Stream, bool DryRun, int? Port, string? Data, string? Config)
{
    /// <summary>A sweep needs no source: what is left of a stream that is set no longer can be swept too.</summary>
    public ServeSettings ToServe() =>
        new()
        {
            Stream = Stream,
            Source = Stream is null ? null : Timeline.StreamOptions.Push,
            Port = Port,
            Data = Data,
            Config = Config,
        };
}

/// <summary>Exactly one of the first two is set, or none: nobody is there to ask.</summary>
internal sealed record SweepAnswer(SweepResult? Result, string? Refusal)
{
    public static SweepAnswer Nobody { get; } = new(null, null);

    public bool IsNobody => Result is null && Refusal is null;
}
