using System.Globalization;
using Spillway.EndToEnd.Servers;

namespace Spillway.Bench.Playlist;

/// <summary>nginx that serves copies of playlists as static files, with the headers that a player needs, and writes no access log.</summary>
internal sealed class StaticNginx : IAsyncDisposable
{
    private readonly Nginx _nginx;

    private StaticNginx(Nginx nginx, int port) => (_nginx, Port) = (nginx, port);

    public int Port { get; }

    /// <param name="folder">A folder of its own; what is in its folder <c>files</c> is served.</param>
    /// <param name="keepsOpen">It keeps files open between requests (<c>open_file_cache</c>), which it does not by itself.</param>
    public static async Task<StaticNginx> StartAsync(string folder, bool keepsOpen)
    {
        var port = FreePort.Next();
        return new StaticNginx(await Nginx.StartAsync(folder, Configuration(folder, port, keepsOpen), port), port);
    }

    public ValueTask DisposeAsync() => _nginx.DisposeAsync();

    private static string Configuration(string folder, int port, bool keepsOpen) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            daemon off;
            worker_processes auto;
            pid {{folder}}/nginx.pid;
            events { worker_connections 1024; }
            http {
              access_log off;
              client_body_temp_path {{folder}}/body;
              proxy_temp_path {{folder}}/proxy;
              fastcgi_temp_path {{folder}}/fastcgi;
              uwsgi_temp_path {{folder}}/uwsgi;
              scgi_temp_path {{folder}}/scgi;
              types { application/vnd.apple.mpegurl m3u8; }
              sendfile on;
              tcp_nopush on;
              keepalive_requests 100000000;
              {{(keepsOpen ? "open_file_cache max=16 inactive=60s;" : "")}}
              server {
                listen 127.0.0.1:{{port}};
                location / {
                  root {{folder}}/files;
                  add_header Cache-Control "max-age=1, s-maxage=2";
                  add_header Access-Control-Allow-Origin *;
                  add_header Access-Control-Expose-Headers "ETag, Date";
                  add_header X-Content-Type-Options nosniff;
                  add_header Vary Accept-Encoding;
                }
              }
            }
            """
        );
}
