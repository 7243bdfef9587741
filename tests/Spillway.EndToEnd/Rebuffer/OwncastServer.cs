using Spillway.EndToEnd.FirstFrame;
using Spillway.EndToEnd.Servers;

namespace Spillway.EndToEnd.Rebuffer;

/// <summary>
/// The HLS that a source writes in place, given away as it lies there, and a page with nothing but hls.js at its default options: what viewers
/// of an Owncast have without Spillway.
/// </summary>
internal sealed class OwncastServer : IAsyncDisposable
{
    private readonly Nginx _nginx;

    private OwncastServer(Nginx nginx, int port) => (_nginx, Port) = (nginx, port);

    public int Port { get; }

    /// <param name="folder">A folder of its own.</param>
    /// <param name="hls">Where the source writes.</param>
    public static async Task<OwncastServer> StartAsync(string folder, string hls)
    {
        var pages = PlainPage.Write(folder);
        var port = FreePort.Next();
        return new OwncastServer(await Nginx.StartAsync(folder, Configuration(folder, port, pages, hls), port), port);
    }

    public ValueTask DisposeAsync() => _nginx.DisposeAsync();

    private static string Configuration(string folder, int port, string pages, string hls) =>
        $$"""
            daemon off;
            master_process off;
            pid {{folder}}/nginx.pid;
            events { worker_connections 512; }
            http {
              access_log off;
              types { text/html html; text/javascript js; application/vnd.apple.mpegurl m3u8; video/mp2t ts; }
              client_body_temp_path {{folder}}/body;
              proxy_temp_path {{folder}}/proxy;
              fastcgi_temp_path {{folder}}/fastcgi;
              uwsgi_temp_path {{folder}}/uwsgi;
              scgi_temp_path {{folder}}/scgi;
              server {
                listen 127.0.0.1:{{port}};
                location /plain/ { alias {{pages}}/; }
                # As Owncast's own server: a playlist is asked for each time.
                location = /live/playlist.m3u8 { alias {{hls}}/stream.m3u8; add_header Cache-Control no-cache; }
                location ~ ^/live/(.*\.m3u8)$ { alias {{hls}}/$1; add_header Cache-Control no-cache; }
                location /live/ { alias {{hls}}/; }
              }
            }
            """;
}
