using System.CommandLine;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Spillway.Admin;
using Spillway.Checks;
using Spillway.Configuration;
using Spillway.Demo;
using Spillway.Sources;
using Spillway.Storage;
using Spillway.Streams;

namespace Spillway;

/// <summary>What each command does. A wrong setting is one line on standard error and exit code 78 (EX_CONFIG).</summary>
internal static class Commands
{
    private static readonly TimeSpan CheckPatience = TimeSpan.FromSeconds(10);

    public static RootCommand Root() => CommandLine.Build(ServeAsync, DemoAsync, CheckAsync);

    public static Task<int> ServeAsync(ServeSettings settings, CancellationToken cancellationToken) =>
        WithOptionsAsync(
            ConfigurationLoader.Load(settings),
            options => RunAsync(() => Server.Build(options), options, cancellationToken)
        );

    public static async Task<int> DemoAsync(DemoSettings settings, CancellationToken cancellationToken)
    {
        if (await DemoEncoder.ProblemAsync(settings.File, cancellationToken) is { } problem)
            return Refuse([problem]);
        var data = settings.Data ?? new SpillwayOptions().Data;
        var folder = Path.GetFullPath(Path.Combine(data, "demo", "hls"));
        var serve = new ServeSettings
        {
            Source = folder,
            Title = "Spillway demo",
            Port = settings.Port,
            EdgePort = settings.EdgePort,
            Data = data,
        };
        return await WithOptionsAsync(
            ConfigurationLoader.FromCommandLine(serve),
            options =>
                RunAsync(
                    () =>
                        Server.Build(
                            options,
                            services =>
                                services.AddHostedService(provider => new DemoEncoder(
                                    folder,
                                    settings.File,
                                    provider.GetRequiredService<TimeProvider>(),
                                    provider.GetRequiredService<ILogger<DemoEncoder>>()
                                ))
                        ),
                    options,
                    cancellationToken
                )
        );
    }

    public static Task<int> CheckAsync(CheckSettings settings, CancellationToken cancellationToken) =>
        CheckCommand.RunAsync(settings, Console.Out, Console.Error, cancellationToken);

    private static async Task<int> WithOptionsAsync(ConfigurationResult result, Func<SpillwayOptions, Task<int>> run) =>
        await result.OptionsOrWordsAsync(Console.Error) is { } options ? await run(options) : ConfigurationResult.ExitCode;

    private static async Task<int> RunAsync(
        Func<WebApplication> build,
        SpillwayOptions options,
        CancellationToken cancellationToken
    )
    {
        try
        {
            // The embedded store takes its lock when the server is built.
            await using var app = build();
            if (app.Services.GetRequiredService<Ports>().Taken().ToList() is { Count: > 0 } taken)
                return Refuse(taken);
            var store = app.Services.GetRequiredService<IObjectStore>();
            var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Spillway");
            // A store that is away can come back; one that cannot do conditional PUT never will.
            if (await CheckStoreAsync(store, cancellationToken) is { } fault)
            {
                if (fault.Kind == StoreFaultKind.Condition)
                    return Refuse([$"{fault.Message} {fault.Remedy}"]);
                StartLog.StoreNotReady(logger, fault.Message, fault.Remedy);
            }
            await app.StartAsync(cancellationToken);
            SayAddresses(app, options);
            await app.WaitForShutdownAsync(cancellationToken);
            return 0;
        }
        catch (DataFolderInUseException exception)
        {
            return Refuse([exception.Message]);
        }
        catch (SecretFileException exception)
        {
            return Refuse([exception.Message]);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            // Taken between the look and the start.
            return Refuse([
                $"Server:Port, Server:EdgePort or Rtmp:Port: {exception.Message} Choose others with --port, --edge-port and "
                    + "SPILLWAY__RTMP__PORT.",
            ]);
        }
    }

    private static async Task<StoreFault?> CheckStoreAsync(IObjectStore store, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(CheckPatience);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await store.CheckAsync(both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new StoreFault(
                StoreFaultKind.Unreachable,
                "The store did not answer within 10 s.",
                "Check Storage:Endpoint and this machine's network; it is tried again."
            );
        }
    }

    private static void SayAddresses(WebApplication app, SpillwayOptions options)
    {
        var port = app.Services.GetRequiredService<Ports>().Origin;
        var name = app.Services.GetRequiredService<LiveStreams>().Default.Name;
        var local = options.Server.PublicUrl.Length > 0 ? options.Server.PublicUrl.TrimEnd('/') : $"http://localhost:{port}";
        Console.WriteLine();
        Console.WriteLine($"  Player    {local}/");
        Console.WriteLine($"  Playlist  {local}/{name}/playlist.m3u8");
        Console.WriteLine($"  Health    {local}/health");
        var keys = app.Services.GetRequiredService<PublishKeys>();
        var addresses = new PublishAddresses(options, keys, showKeys: !Console.IsOutputRedirected);
        foreach (var line in addresses.Lines(local, app.Services.GetRequiredService<Ports>().Rtmp))
            Console.WriteLine($"  Publish   {line}");
        if (app.Services.GetRequiredService<AdminToken>().Fresh is { } token)
        {
            var shown = Console.IsOutputRedirected ? "token" : $"token {token}";
            Console.WriteLine(
                $"  Admin     {shown} for /api/v1, made now and kept in {AdminToken.PathOf(options)}; not shown again"
            );
        }
        if (options.Server.PublicUrl.Length == 0)
        {
            foreach (var address in LocalAddresses())
                Console.WriteLine($"  On the LAN: http://{address}:{port}/");
        }
        Console.WriteLine("  Ctrl-C ends it.");
        Console.WriteLine();
    }

    private static IEnumerable<IPAddress> LocalAddresses() =>
        NetworkInterface
            .GetAllNetworkInterfaces()
            .Where(static nic =>
                nic.OperationalStatus == OperationalStatus.Up && nic.NetworkInterfaceType != NetworkInterfaceType.Loopback
            )
            .SelectMany(static nic => nic.GetIPProperties().UnicastAddresses)
            .Select(static unicast => unicast.Address)
            .Where(static address => address.AddressFamily == AddressFamily.InterNetwork)
            .Take(2);

    private static int Refuse(IEnumerable<string> errors)
    {
        foreach (var error in errors)
            Console.Error.WriteLine($"spillway: {error}");
        return ConfigurationResult.ExitCode;
    }
}

internal static partial class StartLog
{
    [LoggerMessage(1, LogLevel.Warning, "The store cannot be used yet and is tried again: {Cause} {Remedy}")]
    public static partial void StoreNotReady(ILogger logger, string cause, string remedy);
}
