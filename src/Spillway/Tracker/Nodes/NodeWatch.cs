using Spillway.Playlists;
using Spillway.Storage;

namespace Spillway.Tracker.Nodes;

/// <summary>
/// Reads the heartbeats of the nodes that players may be led to. It reads those it was given the names of, and lists nothing: on R2
/// a LIST costs as much as twelve reads.
/// </summary>
/// <param name="read">How an object is had.</param>
/// <param name="storeNow">The store's clock.</param>
/// <param name="nodes">Names.</param>
internal sealed partial class NodeWatch(
    ReadObject read,
    Func<DateTimeOffset> storeNow,
    IReadOnlyList<string> nodes,
    TimeProvider time,
    ILogger<NodeWatch> logger
) : BackgroundService
{
    /// <summary>One read a node each time: 17,280 a day.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>A start waits so long for the first look, so that the first players are not told of two trackers one after the other.</summary>
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(5);

    private readonly NodeRegister _register = new(nodes);
    private readonly long _start = time.GetTimestamp();
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private IReadOnlyDictionary<string, string> _living = new Dictionary<string, string>(StringComparer.Ordinal);
    private IReadOnlyList<NodeSight> _sights = [];
    private bool _isAway;

    /// <summary>Each node as it was when it was last looked at.</summary>
    public IReadOnlyList<NodeSight> Sights => Volatile.Read(ref _sights);

    /// <summary>See <see cref="NodePlacement.Addresses"/>.</summary>
    public IReadOnlyList<string> AddressesOf(string stream, string own) =>
        NodePlacement.Addresses(stream, Volatile.Read(ref _living), own);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(StartPatience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        await LookAsync(both.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await LookAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            var found = await Task.WhenAll(
                nodes.Select(async node => (Node: node, Stored: await read(StreamKeys.Heartbeat(node), cancellationToken)))
            );
            var (now, stores) = (time.GetElapsedTime(_start), storeNow());
            foreach (var (node, stored) in found)
            {
                var heartbeat = stored is null ? null : NodeHeartbeat.Read(node, stored.Body.Span);
                var before = _register.Of(node);
                _register.Note(node, heartbeat, stored is null ? default : stores - stored.LastModified, now, _seen.Add(node));
                Tell(before, _register.Of(node), isJunk: stored is not null && heartbeat is null);
            }
            Volatile.Write(ref _sights, _register.Sights);
            Volatile.Write(ref _living, _register.Living(now));
            if (_isAway)
                Log.ReadAgain(logger);
            _isAway = false;
        }
        catch (ObjectStoreException exception)
        {
            // Nobody is held for dead because this machine cannot see.
            if (!_isAway)
                Log.NotRead(logger, exception.Fault.Message, exception.Fault.Remedy);
            _isAway = true;
        }
    }

    private void Tell(NodeSight before, NodeSight now, bool isJunk)
    {
        if (now.Lives == before.Lives)
            return;
        if (now.Lives)
            Log.Lives(logger, now.Node, now.Heartbeat!.Address);
        else if (isJunk)
            Log.Junk(logger, StreamKeys.Heartbeat(now.Node));
        else if (now.Heartbeat is null)
            Log.Left(logger, now.Node);
        else
            Log.Dead(logger, now.Node, now.Heartbeat.Address, now.Age.TotalSeconds);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The tracker node {Node} lives, at {Address}")]
        public static partial void Lives(ILogger logger, string node, string address);

        [LoggerMessage(2, LogLevel.Information, "The tracker node {Node} has stopped: players are led elsewhere")]
        public static partial void Left(ILogger logger, string node);

        [LoggerMessage(
            3,
            LogLevel.Warning,
            "The tracker node {Node} at {Address} has given no sign of life for {Seconds:0} s: players are led elsewhere. Look at its log and its /health"
        )]
        public static partial void Dead(ILogger logger, string node, string address, double seconds);

        [LoggerMessage(4, LogLevel.Warning, "{Key} is no heartbeat of a tracker node: players are led elsewhere")]
        public static partial void Junk(ILogger logger, string key);

        [LoggerMessage(
            5,
            LogLevel.Warning,
            "The heartbeats of the tracker nodes cannot be read: {Cause} Players stay where they are. {Remedy}"
        )]
        public static partial void NotRead(ILogger logger, string cause, string remedy);

        [LoggerMessage(6, LogLevel.Information, "The heartbeats of the tracker nodes are read again")]
        public static partial void ReadAgain(ILogger logger);
    }
}
