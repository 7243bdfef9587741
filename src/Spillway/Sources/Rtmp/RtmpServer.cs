using System.Net;
using Microsoft.AspNetCore.Connections;
using Spillway.Configuration;
using Spillway.Timeline;
using Spillway.Tracker;

namespace Spillway.Sources.Rtmp;

/// <summary>
/// Takes publishers at Kestrel's door: it listens, moves the bytes and stops with the rest of the server, as for HTTP.
/// </summary>
internal sealed partial class RtmpServer(
    SpillwayOptions options,
    RtmpInlets inlets,
    PublishKeys keys,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<RtmpServer> logger
) : ConnectionHandler
{
    private readonly RtmpPlaces _places = new();
    private long _turnedAway;
    private long _refused;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var network = TrackerServer.NetworkOf((connection.RemoteEndPoint as IPEndPoint)?.Address);
        using var place = _places.TryTake(network);
        if (place is null)
        {
            LogOften(ref _turnedAway, count => Log.TurnedAway(logger, network, count));
            return;
        }
        using var client = new RtmpConnection(connection.Transport, time, StreamOf, lifetime.ApplicationStopping)
        {
            Open = began =>
            {
                place.Dispose();
                Log.Began(logger, began.Stream, began.Encoder, network);
                return inlets.Of(began.Stream).Open(began.Encoder);
            },
            Ended = (began, why) => Log.Ended(logger, began.Stream, began.Encoder, why),
        };
        var end = await client.RunAsync();
        if (end.IsTold && !client.HasPublished)
            LogOften(ref _refused, count => Log.Refused(logger, network, end.Reason, count));
        else
            Log.Gone(logger, network, end.Reason);
    }

    /// <summary>Encoders have keys for other doors, too.</summary>
    private string? StreamOf(string key) =>
        keys.StreamOf(key) is { } stream && options.Streams[stream].Source == StreamOptions.Rtmp ? stream : null;

    /// <summary>The first, the second, the fourth and so on: a flood must not flood the log too.</summary>
    private static void LogOften(ref long count, Action<long> log)
    {
        var now = Interlocked.Increment(ref count);
        if (long.IsPow2(now))
            log(now);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Stream}: an encoder publishes by RTMP ({Encoder}, from {Network})")]
        public static partial void Began(ILogger logger, string stream, string encoder, string network);

        [LoggerMessage(2, LogLevel.Information, "{Stream}: the encoder ({Encoder}) publishes no more: {Why}")]
        public static partial void Ended(ILogger logger, string stream, string encoder, string why);

        [LoggerMessage(3, LogLevel.Information, "An RTMP client from {Network} was refused ({Count} so far): {Why}")]
        public static partial void Refused(ILogger logger, string network, string why, long count);

        [LoggerMessage(4, LogLevel.Information, "RTMP: {Network} has too many connections, {Count} were turned away so far")]
        public static partial void TurnedAway(ILogger logger, string network, long count);

        [LoggerMessage(5, LogLevel.Debug, "An RTMP client from {Network} has gone: {Why}")]
        public static partial void Gone(ILogger logger, string network, string why);
    }
}
