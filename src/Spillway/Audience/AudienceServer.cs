using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Net;
using System.Net.WebSockets;
using Spillway.AdaptiveWindow;
using Spillway.Configuration;
using Spillway.Streams;
using Spillway.Tracker;

namespace Spillway.Audience;

/// <summary>All streams' audiences and all reporting viewers' sockets.</summary>
internal sealed partial class AudienceServer : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly AudienceOptions _options;
    private readonly Func<string, AudienceInputs> _inputs;
    private readonly Func<string, string> _address;
    private readonly TimeProvider _time;
    private readonly ILogger<AudienceServer> _logger;
    private readonly FrozenDictionary<string, StreamAudience> _streams;
    private readonly ConcurrentDictionary<ReportSocket, bool> _sockets = [];
    private readonly Dictionary<string, int> _connections = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _told = new(StringComparer.Ordinal);
    private readonly Lock _admission = new();
    private readonly long _start;
    private int _all;
    private long _refused;

    /// <param name="options">All settings.</param>
    /// <param name="inputs">What else is known of a stream; called each second.</param>
    /// <param name="address">Where a stream's viewers report.</param>
    public AudienceServer(
        SpillwayOptions options,
        Func<string, AudienceInputs> inputs,
        Func<string, string> address,
        TimeProvider time,
        ILogger<AudienceServer> logger
    )
    {
        (_options, _inputs, _address, _time, _logger) = (options.Audience, inputs, address, time, logger);
        _start = time.GetTimestamp();
        Origins = new AllowedOrigins(options.Tracker.Origins);
        _streams = options.Streams.ToFrozenDictionary(
            static pair => pair.Key,
            pair => new StreamAudience(options.Audience, pair.Value.P2P, pair.Value.P2PFromViewers),
            StringComparer.Ordinal
        );
    }

    /// <summary>Time since this was made.</summary>
    public TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>Null: there is no such stream, or nobody is to report.</summary>
    public StreamAudience? Find(string stream) => _options.Reporters > 0 ? _streams.GetValueOrDefault(stream) : null;

    /// <summary>What players of a stream are told; null: nobody is to report, and P2P is as it is set.</summary>
    public ToldPlayers? Told(string stream) =>
        Find(stream)?.Word is { } word
            ? new ToldPlayers(
                new ReportSettings(_address(stream), word.Share, _options.Every.TotalSeconds, _options.After.TotalSeconds),
                word.PeersOn
            )
            : null;

    /// <summary>Part of the bytes that a stream's viewers had from each other lately, 0 to 1 in twentieths; null: nobody knows.</summary>
    public double? FromViewers(string stream) =>
        Find(stream)?.Summary().FromPeers is { } part ? Math.Round(20 * part.Value) / 20 : null;

    /// <summary>What a stream's viewers have suffered in the last so much time; null: nobody is to report.</summary>
    public PlaybackTrouble? Trouble(string stream, TimeSpan within) =>
        Find(stream) is { } audience ? audience.Trouble(Now - within, Now) : null;

    /// <summary>Goes on from what an earlier process has told the players.</summary>
    public void Resume(string stream, PlayerDocument before)
    {
        if (before.Reports is { } reports)
            Find(stream)?.Resume(new AudienceWord(reports.Share, before.Peers.Enabled), Now);
    }

    /// <summary>A page that may not use the tracker may not report either.</summary>
    public AllowedOrigins Origins { get; }

    /// <summary>Takes a place, to be given back with <see cref="Release"/>; false: all are taken.</summary>
    public bool TryAdmit(string stream, IPAddress? address)
    {
        var network = TrackerServer.NetworkOf(address);
        lock (_admission)
        {
            if (
                _all < _options.MaxConnections
                && Of("stream " + stream) < _options.MaxConnectionsPerStream
                && Of(network) < _options.MaxConnectionsPerAddress
            )
            {
                Count("stream " + stream, +1);
                Count(network, +1);
                _all++;
                return true;
            }
            // The first, the second, the fourth and so on: a flood must not flood the log too.
            if (long.IsPow2(++_refused))
                Log.Refused(_logger, stream, _all, Of("stream " + stream), Of(network), _refused);
        }
        _streams[stream].NoteRefused(Now);
        return false;
    }

    public void Release(string stream, IPAddress? address)
    {
        lock (_admission)
        {
            Count("stream " + stream, -1);
            Count(TrackerServer.NetworkOf(address), -1);
            _all--;
        }
    }

    /// <summary>Listens to one viewer until it goes, or <paramref name="stopping"/> asks it to.</summary>
    public async Task ServeAsync(WebSocket socket, string stream, CancellationToken stopping)
    {
        var connection = new ReportSocket(socket, _streams[stream], () => Now);
        _sockets.TryAdd(connection, true);
        try
        {
            Log.Ended(_logger, stream, await connection.RunAsync(stopping));
        }
        finally
        {
            _sockets.TryRemove(connection, out _);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_options.Reporters == 0)
            return;
        using var timer = new PeriodicTimer(Tick, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                Advance();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    private void Advance()
    {
        foreach (var (stream, audience) in _streams)
        {
            audience.Advance(_inputs(stream), Now);
            Tell(stream, audience.Advice);
        }
        var patience = (3 * _options.Every) + TimeSpan.FromSeconds(30);
        foreach (var (socket, _) in _sockets)
            socket.AbortIfSilent(patience);
    }

    /// <summary>Once when it begins, in whatever words, and once when it is over.</summary>
    private void Tell(string stream, string? advice)
    {
        if (advice is null && _told.Remove(stream))
            Log.PeersGive(_logger, stream);
        else if (advice is not null && _told.TryAdd(stream, advice))
            Log.Advice(_logger, stream, advice);
    }

    private int Of(string place) => _connections.GetValueOrDefault(place);

    private void Count(string place, int change)
    {
        if ((_connections[place] = Of(place) + change) == 0)
            _connections.Remove(place);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "Reports of {Stream}: a connection ended: {Reason}")]
        public static partial void Ended(ILogger logger, string stream, string reason);

        [LoggerMessage(
            LogLevel.Warning,
            "{Stream}: no place for a viewer's reports: {Connections} connections are open, {OfStream} of this stream, {OfNetwork} from that viewer's address; {Refused} refused since start. The figures of the audience are less exact for it. The limits are Audience:MaxConnections, MaxConnectionsPerStream and MaxConnectionsPerAddress"
        )]
        public static partial void Refused(
            ILogger logger,
            string stream,
            int connections,
            int ofStream,
            int ofNetwork,
            long refused
        );

        [LoggerMessage(LogLevel.Warning, "{Stream}: {Advice}")]
        public static partial void Advice(ILogger logger, string stream, string advice);

        [LoggerMessage(LogLevel.Information, "{Stream}: viewers get bytes from each other, or nobody knows any more")]
        public static partial void PeersGive(ILogger logger, string stream);
    }
}

/// <summary>The part of <c>player.json</c> that follows the audience.</summary>
/// <param name="PeersOn">Enough viewers are there for P2P.</param>
internal sealed record ToldPlayers(ReportSettings Reports, bool PeersOn);
