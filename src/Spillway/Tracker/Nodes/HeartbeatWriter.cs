using Spillway.Playlists;
using Spillway.Storage;

namespace Spillway.Tracker.Nodes;

/// <summary>
/// Gives this node's signs of life, from when it listens until it stops, and takes the last one away at a clean stop. Two nodes of
/// one name would drag players to and fro: the second one waits and says so.
/// </summary>
/// <param name="state">What to say: node, address, interval and present figures.</param>
/// <param name="conditional">PUTs are conditional; not with <c>Storage:SingleWriter</c>, where a second node of the name goes unnoticed.</param>
/// <param name="listens">Ends when the node listens.</param>
internal sealed partial class HeartbeatWriter(
    IObjectStore store,
    Func<NodeHeartbeat> state,
    bool conditional,
    Task listens,
    TimeProvider time,
    ILogger<HeartbeatWriter> logger
) : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>R2 takes one write a second to a key.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(3);

    private readonly string _instance = Lease.NewId();
    private string? _etag;
    private long _sequence;
    private string? _fault;

    /// <summary>Why players are not led here, as far as this node knows; null when they are.</summary>
    public string? Fault => Volatile.Read(ref _fault);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        var key = StreamKeys.Heartbeat(state().Node);
        using var patience = new CancellationTokenSource(StopPatience, time);
        try
        {
            // Another process of this name, started to take over, goes on.
            var found = await store.GetAsync(key, patience.Token);
            if (found.Object is { } stored && NodeHeartbeat.Read(state().Node, stored.Body.Span)?.Instance == _instance)
                await store.DeleteAsync([key], patience.Token);
        }
        catch (Exception exception) when (exception is ObjectStoreException or OperationCanceledException)
        {
            // It will be seen to be dead some seconds later.
            Log.NotDeleted(logger, key);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await listens.WaitAsync(stoppingToken);
            while (true)
            {
                var interval = TimeSpan.FromSeconds(state().Interval);
                await Task.Delay(await GiveAsync(stoppingToken) ? interval : Again, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    /// <returns>False: try again soon.</returns>
    private async Task<bool> GiveAsync(CancellationToken cancellationToken)
    {
        var heartbeat = state() with { Instance = _instance, Sequence = ++_sequence };
        var key = StreamKeys.Heartbeat(heartbeat.Node);
        var condition =
            !conditional ? PutCondition.None
            : _etag is null ? PutCondition.Missing
            : PutCondition.Matches(_etag);
        var put = await store.PutWithinAsync(
            Patience,
            time,
            key,
            heartbeat.ToJson(),
            StreamKeys.PrivateHeaders,
            condition,
            cancellationToken
        );
        switch (put.Status)
        {
            case PutStatus.Stored:
                _etag = put.ETag;
                if (Interlocked.Exchange(ref _fault, null) is not null)
                    Log.Again(logger, heartbeat.Node);
                return true;
            case PutStatus.PreconditionFailed:
                return await AdoptAsync(heartbeat, key, cancellationToken);
            default:
                Complain($"{put.Fault?.Message} {put.Fault?.Remedy}");
                return false;
        }
    }

    /// <summary>Something else is there than what this node stored last.</summary>
    /// <returns>True: it is another living node's, so there is no hurry.</returns>
    private async Task<bool> AdoptAsync(NodeHeartbeat mine, string key, CancellationToken cancellationToken)
    {
        var found = await store.GetWithinAsync(Patience, time, key, cancellationToken);
        if (found.Status is GetStatus.Missing)
        {
            _etag = null;
            return false;
        }
        if (found.Object is not { } stored)
        {
            Complain($"{found.Fault?.Message} {found.Fault?.Remedy}");
            return false;
        }
        var theirs = NodeHeartbeat.Read(mine.Node, stored.Body.Span);
        if (
            theirs is not null
            && theirs.Instance != _instance
            && theirs.Address != mine.Address
            && store.Now - stored.LastModified < theirs.LivesFor
        )
        {
            Complain($"The name {mine.Node} is that of a living node at {theirs.Address}. Give each node its own with --name.");
            return true;
        }
        // My own whose answer was lost, that of my process before this one, or what a dead node has left.
        _etag = stored.ETag;
        return false;
    }

    private void Complain(string fault)
    {
        if (Interlocked.Exchange(ref _fault, fault) is null)
            Log.NotGiven(logger, fault);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "This node cannot show that it lives, so players are led elsewhere: {Cause}")]
        public static partial void NotGiven(ILogger logger, string cause);

        [LoggerMessage(2, LogLevel.Information, "The node {Node} shows again that it lives")]
        public static partial void Again(ILogger logger, string node);

        [LoggerMessage(3, LogLevel.Warning, "{Key} was not deleted: players are led elsewhere once it is old")]
        public static partial void NotDeleted(ILogger logger, string key);
    }
}
