using System.CommandLine;
using System.Net;
using System.Text.Json;
using Spillway.Admin;
using Spillway.Configuration;
using Spillway.Storage;

namespace Spillway.Retention;

/// <summary>
/// <c>spillway sweep</c>: asks the Spillway that runs here with the same settings; where none does, works on the store itself.
/// </summary>
internal static class SweepCommand
{
    /// <summary>A sweep of a hundred thousand keys takes its time.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <param name="common">Makes a command that takes the settings of serve, too.</param>
    public static Command Build(StoredCommand common)
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would be deleted, and delete nothing." };
        var command = common(
            "sweep",
            "Delete what no playlist can name any more, as the writer does by itself.",
            (settings, result, cancellationToken) =>
                RunAsync(
                    settings,
                    result.GetValue(dryRun),
                    result.InvocationConfiguration.Output,
                    result.InvocationConfiguration.Error,
                    cancellationToken
                ),
            "Only this stream (default: all that are set)."
        );
        command.Add(dryRun);
        return command;
    }

    /// <returns>0 when all was done; 1 when something could not be; <see cref="ConfigurationResult.ExitCode"/>.</returns>
    public static async Task<int> RunAsync(
        ServeSettings settings,
        bool dryRun,
        TextWriter output,
        TextWriter error,
        CancellationToken cancellationToken
    )
    {
        // What is left of a stream that is set no longer can be swept, too.
        var loaded = ConfigurationLoader.Load(settings, needsSource: settings.Stream is null);
        if (await loaded.OptionsOrWordsAsync(error) is not { } options)
        {
            if (loaded.Errors.Contains(StreamRules.NoSource))
                await error.WriteLineAsync("spillway: To sweep what is left of a stream: spillway sweep --stream NAME");
            return ConfigurationResult.ExitCode;
        }
        string[] streams = settings.Stream is { } one ? [one] : [.. options.Streams.Keys.Order(StringComparer.Ordinal)];
        try
        {
            using var running = new RunningInstance(options, Patience);
            using var direct = new DirectSweep(options);
            var exit = 0;
            foreach (var stream in streams)
            {
                var answer =
                    await AskAsync(running, options, stream, dryRun, cancellationToken)
                    ?? await direct.SweepAsync(stream, dryRun, cancellationToken);
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

    /// <returns>Null: nobody runs here who would know the stream.</returns>
    private static async Task<SweepAnswer?> AskAsync(
        RunningInstance running,
        SpillwayOptions options,
        string stream,
        bool dryRun,
        CancellationToken cancellationToken
    )
    {
        var method = dryRun ? HttpMethod.Get : HttpMethod.Post;
        return await running.AskAsync(method, $"/api/v1/streams/{stream}/sweep", cancellationToken) switch
        {
            null => null,
            { Status: HttpStatusCode.OK } answer when Read(answer.Body) is { } result => new SweepAnswer(result, null),
            // Not a stream of that one; or another program.
            { Status: HttpStatusCode.OK or HttpStatusCode.NotFound } => null,
            { Status: HttpStatusCode.Unauthorized } => new SweepAnswer(
                null,
                $"The Spillway at port {options.Server.Port} does not take the admin token of these settings: use its --config and --data, or set Admin:Token."
            ),
            var refused => new SweepAnswer(null, refused.Words),
        };
    }

    private static SweepResult? Read(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, SweepJson.Default.SweepResult);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Exactly one of the two is set.</summary>
internal sealed record SweepAnswer(SweepResult? Result, string? Refusal);
