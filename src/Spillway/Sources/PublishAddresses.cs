using Spillway.Configuration;
using Spillway.Dashboard;
using Spillway.Sources.Push;
using Spillway.Sources.Rtmp;
using Spillway.Timeline;

namespace Spillway.Sources;

/// <summary>What the operator is told at the start: where encoders publish to.</summary>
/// <param name="showKeys">Somebody may be looking: what goes into a file or a journal is a log, and holds no key.</param>
internal sealed class PublishAddresses(SpillwayOptions options, PublishKeys keys, bool showKeys)
{
    /// <summary>A line for each stream that encoders publish to. A key is shown once: when it was made.</summary>
    /// <param name="local">This server's own address, without a slash at its end.</param>
    /// <param name="rtmpPort">The one really bound.</param>
    public IEnumerable<string> Lines(string local, int rtmpPort)
    {
        var host = options.Server.PublicUrl.Length > 0 ? new Uri(options.Server.PublicUrl).Host : "localhost";
        foreach (var (stream, settings) in options.Streams)
        {
            var shown = showKeys && keys.IsNew(stream) ? keys.Of(stream)! : "KEY";
            var address = settings.Source switch
            {
                StreamOptions.Rtmp => $"rtmp://{host}:{rtmpPort}/{RtmpAddress.App}/{shown}",
                StreamOptions.Push => $"{local}{PushName.Prefix}{stream}/{shown}/stream.m3u8",
                _ => null,
            };
            if (address is not null)
                yield return $"{address}  ({stream}; {Where(stream, settings, shown)})";
        }
    }

    /// <summary>Where encoders publish a stream to, for the dashboard; null: Spillway follows the stream's source.</summary>
    public static PublishPicture? Of(SpillwayOptions options, string stream, PublishKeys keys, Ports ports)
    {
        var settings = options.Streams[stream];
        return Template(options, stream, ports, "KEY") is { } address
            ? new PublishPicture(
                settings.Source,
                address,
                settings.Key.Length > 0 ? $"the settings, Streams.{stream}.Key" : keys.Path,
                keys.ChangedAt(stream)
            )
            : null;
    }

    /// <summary>The address with a key in it, and <c>{host}</c> where no setting says this server's name.</summary>
    public static string? Template(SpillwayOptions options, string stream, Ports ports, string key)
    {
        var server = options.Server;
        var host = server.PublicUrl.Length > 0 ? new Uri(server.PublicUrl).Host : "{host}";
        var scheme = server.Certificate.Length > 0 ? "https" : "http";
        var origin = server.PublicUrl.Length > 0 ? server.PublicUrl.TrimEnd('/') : $"{scheme}://{host}:{ports.Origin}";
        return options.Streams[stream].Source switch
        {
            StreamOptions.Rtmp => $"rtmp://{host}:{ports.Rtmp}/{RtmpAddress.App}/{key}",
            StreamOptions.Push => $"{origin}{PushName.Prefix}{stream}/{key}/stream.m3u8",
            _ => null,
        };
    }

    private string Where(string stream, StreamOptions settings, string shown) =>
        settings.Key.Length > 0 ? $"KEY: Streams.{stream}.Key in the settings"
        : shown == "KEY" ? $"KEY: in {Path.Combine(options.Data, PublishKeys.FileName)}"
        : $"not shown again, the key is kept in {Path.Combine(options.Data, PublishKeys.FileName)}";
}
