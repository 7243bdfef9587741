using Spillway.Configuration;
using Spillway.Storage;
using Spillway.Streams;

namespace Spillway.Tracker.Nodes;

internal static class NodeServices
{
    /// <summary>For a server whose players are led to nodes. Before its streams: they say where to when they begin.</summary>
    public static void AddNodeWatch(this IServiceCollection services, TrackerOptions options)
    {
        if (options.Nodes.Length == 0)
            return;
        services.AddSingleton(provider =>
        {
            var (store, time) = (provider.GetRequiredService<IObjectStore>(), provider.GetRequiredService<TimeProvider>());
            return new NodeWatch(
                store.Reader(time),
                () => store.Now,
                options.Nodes,
                time,
                provider.GetRequiredService<ILogger<NodeWatch>>()
            );
        });
        services.AddHostedService(static provider => provider.GetRequiredService<NodeWatch>());
    }

    /// <summary>For a node that players are led to.</summary>
    public static void AddHeartbeats(this IServiceCollection services, SpillwayOptions options)
    {
        if (options.Storage.Bucket.Length == 0 || options.Tracker.PublicUrl.Length == 0)
            return;
        services.AddSingleton(provider =>
        {
            var tracker = provider.GetRequiredService<TrackerServer>();
            var listens = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            provider.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(() => listens.TrySetResult());
            return new HeartbeatWriter(
                provider.GetRequiredService<IObjectStore>(),
                () => State(options.Tracker, tracker.Count()),
                conditional: !options.Storage.SingleWriter,
                listens.Task,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<HeartbeatWriter>>()
            );
        });
        services.AddHostedService(static provider => provider.GetRequiredService<HeartbeatWriter>());
    }

    /// <summary>What players of a stream are told.</summary>
    public static IReadOnlyList<string> TrackersOf(this NodeWatch? nodes, SpillwayOptions options, int port, string stream)
    {
        var path = $"tracker/{stream}";
        var own =
            options.Tracker.PublicUrl.Length > 0
                ? $"{options.Tracker.PublicUrl}/{path}"
                : OriginWebSocket.Address(options.Server, port, path);
        return nodes?.AddressesOf(stream, own) ?? [own];
    }

    private static NodeHeartbeat State(TrackerOptions options, TrackerCounters now) =>
        new()
        {
            Node = options.Node,
            Instance = "",
            Sequence = 0,
            Address = options.PublicUrl,
            Interval = options.Heartbeat.TotalSeconds,
            Connections = now.Connections,
            Capacity = options.MaxConnections,
            Peers = now.Peers,
        };
}
