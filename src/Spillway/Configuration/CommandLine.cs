using System.CommandLine;
using System.Globalization;
using System.Reflection;

namespace Spillway.Configuration;

/// <summary>The commands and their options. What they do is given by the caller.</summary>
internal static class CommandLine
{
    /// <summary>EX_USAGE of sysexits.h: the command line was not understood.</summary>
    public const int UsageExitCode = 64;

    /// <summary>The program's version, such as <c>0.1.0</c>.</summary>
    public static string Version { get; } =
        typeof(CommandLine)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0]
        ?? "unknown";

    /// <summary>The root command. More commands may be added to it. Run it by <see cref="RunAsync"/>.</summary>
    public static RootCommand Build(
        Func<ServeSettings, CancellationToken, Task<int>> serve,
        Func<DemoSettings, CancellationToken, Task<int>> demo,
        Func<Checks.CheckSettings, CancellationToken, Task<int>> check
    )
    {
        var root = new RootCommand("Carries a live stream past the server that made it. Without a command: serve.");
        // "spillway version" says it; the library's own --version would be a second answer.
        foreach (var version in root.Options.OfType<VersionOption>().ToArray())
            root.Options.Remove(version);
        root.Add(
            ForServe("serve", "Follow a live source, store it and publish it.", (settings, _, token) => serve(settings, token))
        );
        root.Add(ForDemo(demo));
        root.Add(Tracker.TrackerCommand.Build());
        root.Add(Replays.ReplayCommand.Build(ForStored));
        root.Add(Retention.SweepCommand.Build(ForStored));
        root.Add(Watch.WatchCommand.Build());
        root.Add(Cost.CostCommand.Build());
        root.Add(ForCheck(check));
        var show = new Command("version", "Print the version.");
        show.SetAction(result =>
        {
            result.InvocationConfiguration.Output.WriteLine($"spillway {Version}");
            return 0;
        });
        root.Add(show);
        return root;
    }

    /// <summary>Parses and runs. A command line that is not understood gives a line an error and <see cref="UsageExitCode"/>.</summary>
    public static Task<int> RunAsync(
        RootCommand root,
        IReadOnlyList<string> arguments,
        TextWriter output,
        TextWriter error,
        CancellationToken cancellationToken = default
    )
    {
        var result = root.Parse(WithCommand(arguments), new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Errors.Count > 0)
        {
            foreach (var message in CommandLineErrors.Describe(result))
                error.WriteLine($"spillway: {message}");
            error.WriteLine("Try: spillway --help");
            return Task.FromResult(UsageExitCode);
        }
        // The host of each command stops on SIGTERM and SIGINT by itself, and an exception is a bug: let it be seen.
        var configuration = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        return result.InvokeAsync(configuration, cancellationToken);
    }

    private static IReadOnlyList<string> WithCommand(IReadOnlyList<string> arguments) =>
        arguments switch
        {
            [] => ["serve"],
            ["--version"] => ["version"],
            ["-h" or "-?" or "--help", ..] => arguments,
            [['-', ..], ..] => ["serve", .. arguments],
            _ => arguments,
        };

    /// <summary>A command that works with what is stored, while the server runs or not.</summary>
    private static Command ForStored(
        string name,
        string description,
        Func<ServeSettings, ParseResult, CancellationToken, Task<int>> action,
        string whichStream = "The stream (default: live, else the first of the settings)."
    )
    {
        var stream = Text("--stream", "NAME", whichStream);
        var port = Port("--port", "Port of the running server (default: 3000).");
        var data = Text("--data", "FOLDER", "Folder of the embedded store (default: ./spillway-data).");
        var config = Text("--config", "FILE", "File of settings (default: spillway.json, if there is one).");
        var command = new Command(name, description) { stream, port, data, config };
        command.SetAction(
            (result, cancellationToken) =>
                action(
                    new ServeSettings
                    {
                        Stream = result.GetValue(stream),
                        Port = result.GetValue(port),
                        Data = result.GetValue(data),
                        Config = result.GetValue(config),
                    },
                    result,
                    cancellationToken
                )
        );
        return command;
    }

    private static Command ForCheck(Func<Checks.CheckSettings, CancellationToken, Task<int>> action)
    {
        var fix = new Option<bool>("--fix") { Description = "Mend what can be mended: the bucket's CORS rules." };
        var json = new Option<bool>("--json") { Description = "Say it for programs." };
        var command = ForServe(
            "check",
            "Try settings, machine, store, edge, source and tracker, and say what is wrong and what to do.",
            (settings, result, cancellationToken) =>
                action(new Checks.CheckSettings(settings, result.GetValue(fix), result.GetValue(json)), cancellationToken)
        );
        command.Add(fix);
        command.Add(json);
        return command;
    }

    private static Command ForServe(
        string name,
        string description,
        Func<ServeSettings, ParseResult, CancellationToken, Task<int>> action
    )
    {
        var source = Text("--source", "SOURCE", "Address of a live HLS playlist, or a folder that holds one.");
        var stream = Text("--stream", "NAME", "Name of the stream that --source is for (default: live).");
        var title = Text("--title", "TEXT", "What the player shows above it.");
        var port = Port("--port", "Port of pages, playlists and tracker (default: 3000).");
        var edgePort = Port("--edge-port", "Port of the embedded store (default: 3001).");
        var data = Text("--data", "FOLDER", "Folder of the embedded store (default: ./spillway-data).");
        var config = Text("--config", "FILE", "File of settings (default: spillway.json, if there is one).");
        var command = new Command(name, description) { source, stream, title, port, edgePort, data, config };
        command.SetAction(
            (result, cancellationToken) =>
                action(
                    new ServeSettings
                    {
                        Source = result.GetValue(source),
                        Stream = result.GetValue(stream),
                        Title = result.GetValue(title),
                        Port = result.GetValue(port),
                        EdgePort = result.GetValue(edgePort),
                        Data = result.GetValue(data),
                        Config = result.GetValue(config),
                    },
                    result,
                    cancellationToken
                )
        );
        return command;
    }

    private static Command ForDemo(Func<DemoSettings, CancellationToken, Task<int>> action)
    {
        var file = Text("--file", "FILE", "A media file to play as if it were live (default: a made picture).");
        var port = Port("--port", "Port of pages, playlists and tracker (default: 3000).");
        var edgePort = Port("--edge-port", "Port of the embedded store (default: 3001).");
        var data = Text("--data", "FOLDER", "Folder of the embedded store (default: ./spillway-data).");
        var command = new Command("demo", "Show it all on this machine, with no source and no settings.")
        {
            file,
            port,
            edgePort,
            data,
        };
        command.SetAction(
            (result, cancellationToken) =>
                action(
                    new DemoSettings(
                        result.GetValue(file),
                        result.GetValue(port),
                        result.GetValue(edgePort),
                        result.GetValue(data)
                    ),
                    cancellationToken
                )
        );
        return command;
    }

    public static Option<string?> Text(string name, string value, string description) =>
        new(name) { Description = description, HelpName = value };

    public static Option<int?> Port(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "PORT",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535)
                    return port;
                result.AddError($"{name} is {Shown.Value(text)}: it must be a whole number from 0 to 65535.");
                return null;
            },
        };
}

/// <summary>Makes a command that works with what is stored, and takes those settings of serve that say where that is.</summary>
/// <param name="whichStream">What <c>--stream</c> means to it.</param>
internal delegate Command StoredCommand(
    string name,
    string description,
    Func<ServeSettings, ParseResult, CancellationToken, Task<int>> action,
    string whichStream = "The stream (default: live, else the first of the settings)."
);
