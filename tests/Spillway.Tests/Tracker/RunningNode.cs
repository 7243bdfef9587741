using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Spillway.Configuration;
using Spillway.Storage;
using Spillway.Timeline;
using Spillway.Tracker;

namespace Spillway.Tests.Tracker;

/// <summary><c>spillway tracker</c> in this process, on a free port.</summary>
internal sealed class RunningNode : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningNode(WebApplication app)
    {
        _app = app;
        Port = app.Services.GetRequiredService<Ports>().Origin;
    }

    public int Port { get; }

    public NodeReport Health => _app.Services.GetRequiredService<NodeHealth>().Report();

    public T Service<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <param name="store">Its bucket; null: none, and it is open.</param>
    /// <param name="set">Changes the settings.</param>
    /// <param name="time">Its clock.</param>
    public static async Task<RunningNode> StartAsync(
        IObjectStore? store = null,
        Action<SpillwayOptions>? set = null,
        TimeProvider? time = null
    )
    {
        var options = new SpillwayOptions
        {
            Server = new ServerOptions { Port = 0 },
            Tracker = { Node = "t1" },
        };
        options.Streams["live"] = new StreamOptions();
        // What the bucket is does not matter: it is replaced.
        options.Storage.Bucket = store is null ? "" : "shows";
        options.Tracker.AnySwarm = store is null;
        set?.Invoke(options);
        var app = TrackerNode.Build(
            options,
            open: store is null,
            services =>
            {
                services.AddLogging(static logging => logging.ClearProviders());
                services.AddSingleton(time ?? TimeProvider.System);
                if (store is not null)
                    services.AddSingleton(store);
            }
        );
        await app.StartAsync();
        return new RunningNode(app);
    }

    public Task StopAsync() => _app.StopAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
