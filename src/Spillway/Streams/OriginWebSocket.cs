using Spillway.Configuration;

namespace Spillway.Streams;

/// <summary>Addresses of the origin's WebSockets, as players are told them.</summary>
internal static class OriginWebSocket
{
    /// <summary>With no public address of the origin, <c>{host}</c> stands for the host name of the page.</summary>
    /// <param name="server">Settings.</param>
    /// <param name="port">The one really bound.</param>
    /// <param name="path">Without a slash at its begin.</param>
    public static string Address(ServerOptions server, int port, string path)
    {
        if (server.PublicUrl.Length == 0)
            return $"{(server.Certificate.Length > 0 ? "wss" : "ws")}://{{host}}:{port}/{path}";
        var url = new UriBuilder(server.PublicUrl);
        url.Scheme = url.Scheme == Uri.UriSchemeHttps ? "wss" : "ws";
        return $"{url.Uri.ToString().TrimEnd('/')}/{path}";
    }
}
