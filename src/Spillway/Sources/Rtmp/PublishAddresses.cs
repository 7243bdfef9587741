using Spillway.Configuration;
using Spillway.Timeline;

namespace Spillway.Sources.Rtmp;

/// <summary>Where encoders publish to, in lines for the console at the start.</summary>
internal static class PublishAddresses
{
    /// <param name="port">The one really bound.</param>
    /// <param name="isConsole">Somebody may be looking: what goes into a file or a journal is a log, and holds no key.</param>
    public static IEnumerable<string> Lines(SpillwayOptions options, PublishKeys keys, int port, bool isConsole)
    {
        var host = options.Server.PublicUrl.Length > 0 ? new Uri(options.Server.PublicUrl).Host : "localhost";
        foreach (var (stream, settings) in options.Streams.Where(static s => s.Value.Source == StreamOptions.Rtmp))
        {
            var address = $"rtmp://{host}:{port}/{RtmpAddress.App}/";
            var file = Path.Combine(options.Data, PublishKeys.FileName);
            yield return (settings.Key.Length, isConsole && keys.IsNew(stream)) switch
            {
                (> 0, _) => $"  Publish   {address}KEY  ({stream}; KEY: Streams.{stream}.Key in the settings)",
                (_, true) => $"  Publish   {address}{keys.Of(stream)}  ({stream}; not shown again, the key is kept in {file})",
                _ => $"  Publish   {address}KEY  ({stream}; KEY: in {file})",
            };
        }
    }
}
