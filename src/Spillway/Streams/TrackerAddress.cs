using Spillway.Configuration;

namespace Spillway.Streams;

/// <summary>Where players find the tracker.</summary>
internal static class TrackerAddress
{
    /// <summary>With no public address of the origin, <c>{host}</c> stands for the host name of the page.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="port">The one really bound.</param>
    /// <param name="stream">The stream's name.</param>
    public static string For(SpillwayOptions options, int port, string stream)
    {
        if (options.Tracker.PublicUrl.Length > 0)
            return $"{options.Tracker.PublicUrl}/tracker/{stream}";
        var server = options.Server;
        if (server.PublicUrl.Length > 0)
        {
            var url = new UriBuilder(server.PublicUrl);
            url.Scheme = url.Scheme == Uri.UriSchemeHttps ? "wss" : "ws";
            return $"{url.Uri.ToString().TrimEnd('/')}/tracker/{stream}";
        }
        return $"{(server.Certificate.Length > 0 ? "wss" : "ws")}://{{host}}:{port}/tracker/{stream}";
    }
}
