using System.CommandLine;
using Microsoft.AspNetCore.Connections;
using Spillway.Configuration;

namespace Spillway.Tracker;

/// <summary><c>spillway tracker</c>: a tracker alone. A wrong setting is one line on standard error and exit code 78 (EX_CONFIG).</summary>
internal static class TrackerCommand
{
    public static Command Build()
    {
        var port = CommandLine.Port("--port", $"Port of the tracker (default: {TrackerSettings.DefaultPort}).");
        var name = CommandLine.Text("--name", "NAME", "The node's name (default: the first part of the host in --public-url).");
        var url = CommandLine.Text("--public-url", "URL", "Address at which players reach it, such as wss://t1.example.org.");
        var open = new Option<bool>("--open") { Description = "Serve any stream and any info hash, up to the limits." };
        var config = CommandLine.Text("--config", "FILE", "File of settings (default: spillway.json, if there is one).");
        var command = new Command("tracker", "Run a tracker alone, for the players of a server elsewhere.")
        {
            port,
            name,
            url,
            open,
            config,
        };
        command.SetAction(
            (result, cancellationToken) =>
                RunAsync(
                    new TrackerSettings
                    {
                        Port = result.GetValue(port),
                        Name = result.GetValue(name),
                        PublicUrl = result.GetValue(url),
                        Open = result.GetValue(open),
                        Config = result.GetValue(config),
                    },
                    result.InvocationConfiguration.Output,
                    result.InvocationConfiguration.Error,
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        TrackerSettings settings,
        TextWriter output,
        TextWriter error,
        CancellationToken cancellationToken
    )
    {
        if (await ConfigurationLoader.Load(settings).OptionsOrWordsAsync(error) is not { } options)
            return ConfigurationResult.ExitCode;
        try
        {
            await using var app = TrackerNode.Build(options, settings.Open);
            var ports = app.Services.GetRequiredService<Ports>();
            if (ports.Taken().ToList() is { Count: > 0 } taken)
                return await RefuseAsync(error, taken[0]);
            await app.StartAsync(cancellationToken);
            await SayAddressesAsync(output, options, settings.Open, ports.Origin);
            await app.WaitForShutdownAsync(cancellationToken);
            return 0;
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            // Taken between the look and the start.
            return await RefuseAsync(error, $"{exception.Message} Choose another port with --port.");
        }
    }

    private static async Task SayAddressesAsync(TextWriter output, SpillwayOptions options, bool open, int port)
    {
        var secure = options.Server.Certificate.Length > 0;
        var served =
            open ? "any stream, any swarm"
            : options.Tracker.AnySwarm ? $"any swarm of {string.Join(", ", options.Streams.Keys)}"
            : string.Join(", ", options.Streams.Keys);
        await output.WriteLineAsync();
        await output.WriteLineAsync($"  Tracker   {(secure ? "wss" : "ws")}://localhost:{port}/tracker/{{stream}}");
        await output.WriteLineAsync($"  Serves    {served}");
        if (options.Tracker.PublicUrl.Length > 0)
            await output.WriteLineAsync($"  Node      {options.Tracker.Node}, for players at {options.Tracker.PublicUrl}");
        await output.WriteLineAsync($"  Health    {(secure ? "https" : "http")}://localhost:{port}/health");
        await output.WriteLineAsync("  Ctrl-C ends it.");
        await output.WriteLineAsync();
    }

    private static async Task<int> RefuseAsync(TextWriter error, string problem)
    {
        await error.WriteLineAsync($"spillway: {problem}");
        return ConfigurationResult.ExitCode;
    }
}
