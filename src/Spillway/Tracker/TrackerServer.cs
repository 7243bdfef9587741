using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.IO.Pipelines;
using System.Net;
using System.Net.WebSockets;

namespace Spillway.Tracker;

/// <summary>All streams' trackers and all clients' sockets.</summary>
internal sealed partial class TrackerServer : BackgroundService
{
    /// <summary>A stream of this name serves all names that have no tracker of their own.</summary>
    public const string AnyStream = "*";

    /// <summary>One timer for all sockets: looking at one takes nanoseconds.</summary>
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    private const int TicksPerSweep = 5;
    private const string Stopped = "the server stops";

    private readonly TrackerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<TrackerServer> _logger;
    private readonly FrozenDictionary<string, StreamTracker> _streams;
    private readonly ConcurrentDictionary<TrackerSocket, bool> _sockets = [];
    private readonly Dictionary<string, int> _connectionsByNetwork = [];
    private readonly ListedNetworks _networks;
    private readonly Lock _admission = new();
    private int _connections;
    private long _refused;
    private bool _isStopping;

    /// <param name="streams">Names of the streams that have a tracker, or <see cref="AnyStream"/>.</param>
    /// <param name="isAllowed">
    /// Whether a stream's tracker serves a hash: asked at each join, under the stream's lock, so it must be quick; null: any.
    /// </param>
    public TrackerServer(
        TrackerOptions options,
        IEnumerable<string> streams,
        Func<string, TrackerId, bool>? isAllowed,
        TimeProvider time,
        ILogger<TrackerServer> logger
    )
    {
        (_options, _time, _logger) = (options, time, logger);
        _networks = new ListedNetworks(options.Networks);
        Origins = new AllowedOrigins(options.Origins);
        _streams = streams.ToFrozenDictionary(
            static stream => stream,
            stream => new StreamTracker(
                stream,
                options,
                isAllowed is null ? null : hash => isAllowed(stream, hash),
                time,
                new Random()
            ),
            StringComparer.Ordinal
        );
    }

    /// <summary>IPv4: the address. IPv6: its /64.</summary>
    public static string NetworkOf(IPAddress? address) => NetworkPlace.Of(address, ListedNetworks.None).Address;

    /// <summary>Where a client is.</summary>
    /// <param name="address">Null: not known.</param>
    public NetworkPlace PlaceOf(IPAddress? address) => NetworkPlace.Of(address, _networks);

    public AllowedOrigins Origins { get; }

    /// <summary>The stream's tracker; null: there is no such stream.</summary>
    public StreamTracker? Find(string stream) =>
        _streams.TryGetValue(stream, out var tracker) || _streams.TryGetValue(AnyStream, out tracker) ? tracker : null;

    public TrackerCounters Count() =>
        new(
            Volatile.Read(ref _connections),
            Volatile.Read(ref _refused),
            _streams.ToDictionary(static pair => pair.Key, static pair => pair.Value.Count(), StringComparer.Ordinal)
        );

    /// <summary>Memberships in one stream's swarms now.</summary>
    public int CountPeers(string stream) => _streams.TryGetValue(stream, out var tracker) ? tracker.Count().Peers : 0;

    /// <summary>Connections that are members of at least one of a stream's swarms: a player has one, whatever renditions it has been to.</summary>
    public int CountViewers(string stream) => _streams.TryGetValue(stream, out var tracker) ? tracker.CountViewers() : 0;

    /// <summary>Takes a place for a connection, to be given back with <see cref="Release"/>; false: all are taken.</summary>
    public bool TryAdmit(string network)
    {
        lock (_admission)
        {
            var ofNetwork = _connectionsByNetwork.GetValueOrDefault(network);
            if (_connections >= _options.MaxConnections || ofNetwork >= _options.MaxConnectionsPerAddress)
            {
                // The first, the second, the fourth and so on: a flood must not flood the log too.
                if (long.IsPow2(++_refused))
                    Log.Refused(_logger, network, _connections, ofNetwork, _refused);
                return false;
            }
            _connections++;
            _connectionsByNetwork[network] = ofNetwork + 1;
            return true;
        }
    }

    public void Release(string network)
    {
        lock (_admission)
        {
            _connections--;
            if (--_connectionsByNetwork[network] == 0)
                _connectionsByNetwork.Remove(network);
        }
    }

    /// <summary>Serves one client until it goes; see <see cref="TrackerSocket"/> for the parameters.</summary>
    public async Task ServeAsync(IDuplexPipe transport, Action abort, StreamTracker tracker, NetworkPlace place)
    {
        var connection = new TrackerSocket(transport, abort, tracker, place, _time);
        _sockets.TryAdd(connection, true);
        try
        {
            // It may have come between the stop and the listing of all who are to be told.
            if (Volatile.Read(ref _isStopping))
                connection.BeginClose(WebSocketCloseStatus.EndpointUnavailable, Stopped);
            var end = await connection.RunAsync();
            Log.Ended(_logger, tracker.Stream, place.Address, end);
        }
        finally
        {
            _sockets.TryRemove(connection, out _);
        }
    }

    /// <summary>Tells all clients that the server goes; those that do not answer are cut off after some seconds.</summary>
    public void CloseAll()
    {
        Volatile.Write(ref _isStopping, true);
        foreach (var (socket, _) in _sockets)
            socket.BeginClose(WebSocketCloseStatus.EndpointUnavailable, Stopped);
    }

    public override void Dispose()
    {
        base.Dispose();
        foreach (var tracker in _streams.Values)
            tracker.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TickInterval, _time);
        try
        {
            for (var tick = 1; await timer.WaitForNextTickAsync(stoppingToken); tick++)
            {
                foreach (var (socket, _) in _sockets)
                    socket.Tick(_options.Ping);
                if (tick % TicksPerSweep != 0)
                    continue;
                foreach (var tracker in _streams.Values)
                    tracker.RemoveSilent();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "Tracker of {Stream}: a connection from {Network} ended: {Reason}")]
        public static partial void Ended(ILogger logger, string stream, string network, string reason);

        [LoggerMessage(
            LogLevel.Warning,
            "Refused a tracker connection from {Network}: {Connections} are open, {OfNetwork} of them from there; {Refused} refused since start. The limits are Tracker:MaxConnections and Tracker:MaxConnectionsPerAddress"
        )]
        public static partial void Refused(ILogger logger, string network, int connections, int ofNetwork, long refused);
    }
}
