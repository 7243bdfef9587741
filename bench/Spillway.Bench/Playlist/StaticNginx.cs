using System.Globalization;
using Spillway.EndToEnd.Servers;

namespace Spillway.Bench.Playlist;

/// <summary>nginx that serves copies of playlists as static files, with the headers that a player needs, and writes no access log.</summary>
internal sealed class StaticNginx : IAsyncDisposable
{
    private readonly ChildProcess _nginx;

    private StaticNginx(ChildProcess nginx, int port) => (_nginx, Port) = (nginx, port);

    public int Port { get; }

    /// <param name="folder">A folder of its own; what is in its folder <c>files</c> is served.</param>
    /// <param name="keepsOpen">It keeps files open between requests (<c>open_file_cache</c>), which it does not by itself.</param>
    public static async Task<StaticNginx> StartAsync(string folder, bool keepsOpen)
    {
        var port = FreePort.Next();
        var configuration = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(configuration, Configuration(folder, port, keepsOpen));
        var program = File.Exists("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx";
        var nginx = ChildProcess.Start(
            program,
            ["-p", folder, "-c", configuration, "-e", Path.Combine(folder, "error.log")],
            folder
        );
        for (var i = 0; i < 200 && !nginx.HasExited && !FreePort.IsTaken(port); i++)
            await Task.Delay(50);
        return nginx.HasExited
            ? throw new InvalidOperationException($"nginx did not start: {nginx.Output}")
            : new StaticNginx(nginx, port);
    }

    public async ValueTask DisposeAsync()
    {
        // Its workers end with it only when it is asked to.
        _nginx.SendTerminate();
        await _nginx.ExitAsync(TimeSpan.FromSeconds(5));
        await _nginx.DisposeAsync();
    }

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
