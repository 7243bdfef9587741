using System.CommandLine;
using System.Globalization;
using Spillway.Configuration;
using Spillway.Slate;
using Spillway.Storage;

namespace Spillway.Replays;

/// <summary><c>spillway replay list | export {broadcast} FILE | delete {broadcast}</c>.</summary>
internal static class ReplayCommand
{
    /// <summary>The settings were right, and what was asked for could not be done.</summary>
    private const int Failed = 1;

    /// <param name="common">Makes a command that takes the settings of serve, too.</param>
    public static Command Build(StoredCommand common)
    {
        var command = new Command("replay", "List, export or delete replays.");
        command.Add(
            common(
                "list",
                "List the kept replays of a stream.",
                static (settings, result, token) =>
                    WithBucketAsync(
                        settings,
                        result,
                        async (bucket, _) =>
                        {
                            var list = await bucket.ListAsync(token);
                            if (list.Count == 0)
                                return [$"{bucket.Stream} has no replays. They are kept when one of its settings Replay is set."];
                            return ReplayText.Table(list);
                        }
                    )
            )
        );
        var which = new Argument<string>("BROADCAST") { Description = "Its id, as 'spillway replay list' shows it." };
        var file = new Argument<string>("FILE") { Description = "The file to make, such as show.mp4; it must not exist yet." };
        var export = common(
            "export",
            "Make one file of a replay, by ffmpeg, without encoding it anew.",
            (settings, result, token) =>
                WithBucketAsync(
                    settings,
                    result,
                    (bucket, _) => ExportAsync(bucket, result.GetRequiredValue(which), result.GetRequiredValue(file), token)
                )
        );
        export.Add(which);
        export.Add(file);
        command.Add(export);
        var delete = common(
            "delete",
            "Take a replay off the list; its objects go with the next sweep.",
            (settings, result, token) =>
                WithBucketAsync(
                    settings,
                    result,
                    async (bucket, options) =>
                        [
                            await new ReplayDesk(options, bucket.Stream, TimeProvider.System).DeleteAsync(
                                result.GetRequiredValue(which),
                                token
                            ),
                        ]
                )
        );
        delete.Add(which);
        command.Add(delete);
        return command;
    }

    private static async Task<IEnumerable<string>> ExportAsync(
        ReplayBucket bucket,
        string broadcast,
        string file,
        CancellationToken cancellationToken
    )
    {
        var entry = await bucket.FindAsync(broadcast, cancellationToken);
        var tool = FfmpegTool.Installed with { Patience = ReplayExport.Patience };
        var made = await new ReplayExport(bucket, tool).RunAsync(entry, file, cancellationToken);
        var lines = new List<string>
        {
            made.Measured is { } measured
                ? $"{file}: {ReplayText.Length(measured)} measured, {ReplayText.Length(made.Expected)} listed, "
                    + string.Create(CultureInfo.InvariantCulture, $"{made.Bytes / 1e6:0.0} MB.")
                : $"{file}: {ReplayText.Length(made.Expected)} listed; its length was not measured, since there is no ffprobe.",
        };
        if (entry.Gaps.Count > 0)
            lines.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{entry.Gaps.Count} gaps of {made.Skipped:0.#} s in all were left out: what follows them comes that much sooner."
                )
            );
        if (entry.OnAir)
            lines.Add("The broadcast is still on air: this is what its replay has so far.");
        if (made.Measured is { } length && Math.Abs(length - made.Expected) > 1 + 0.1 * made.Stretches)
            lines.Add("The two lengths differ: look at the file before you rely on it.");
        return lines;
    }

    private static async Task<int> WithBucketAsync(
        ServeSettings settings,
        ParseResult result,
        Func<ReplayBucket, SpillwayOptions, Task<IEnumerable<string>>> run
    )
    {
        var (output, error) = (result.InvocationConfiguration.Output, result.InvocationConfiguration.Error);
        var loaded = ConfigurationLoader.Load(settings, needsSource: false);
        if (await loaded.OptionsOrWordsAsync(error) is not { } options)
            return ConfigurationResult.ExitCode;
        var read = ReplayBucket.ReaderOf(options, TimeProvider.System, out var owned);
        using var disposable = owned;
        try
        {
            foreach (var line in await run(new ReplayBucket(options.DefaultStream, read), options))
                await output.WriteLineAsync(line);
            return 0;
        }
        catch (ReplayException exception)
        {
            await error.WriteLineAsync($"spillway: {exception.Message}");
        }
        catch (ObjectStoreException exception)
        {
            await error.WriteLineAsync($"spillway: {exception.Fault.Message} {exception.Fault.Remedy}");
        }
        catch (SecretFileException exception)
        {
            await error.WriteLineAsync($"spillway: {exception.Message}");
            return ConfigurationResult.ExitCode;
        }
        return Failed;
    }
}
