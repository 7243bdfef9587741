using System.Globalization;
using Spillway.EndToEnd.Servers;

namespace Spillway.Bench.Event.Source;

/// <summary>
/// The source's folder as nginx serves it at the origin to everybody: a model of Owncast alone, which has one server for its page,
/// playlists and segments.
/// </summary>
internal sealed class FolderServer : IAsyncDisposable
{
    private readonly Nginx _nginx;
    private readonly string _log;

    private FolderServer(Nginx nginx, string log, int port) => (_nginx, _log, Port) = (nginx, log, port);

    public int Port { get; }

    public int ProcessId => _nginx.Id;

    /// <summary>Requests and bytes sent, with heads.</summary>
    public (long Requests, long Bytes, long NotOk) Count()
    {
        var (requests, bytes, notOk) = (0L, 0L, 0L);
        foreach (var line in File.ReadLines(_log))
        {
            if (line.Split(' ') is not [var status, var sent])
                continue;
            requests++;
            bytes += long.Parse(sent, CultureInfo.InvariantCulture);
            notOk += status is "200" or "206" or "304" ? 0 : 1;
        }
        return (requests, bytes, notOk);
    }

    /// <param name="folder">A folder of its own.</param>
    /// <param name="served">The source's.</param>
    /// <exception cref="InvalidOperationException">nginx does not start.</exception>
    public static async Task<FolderServer> StartAsync(string folder, string served)
    {
        Directory.CreateDirectory(folder);
        var (port, log) = (FreePort.Next(), Path.Combine(folder, "access.log"));
        var nginx = await Nginx.StartAsync(
            folder,
            $$"""
            daemon off;
            master_process off;
            worker_rlimit_nofile 16384;
            pid {{folder}}/nginx.pid;
            events { worker_connections 8192; }
            http {
              log_format counted '$status $bytes_sent';
              access_log {{log}} counted buffer=32k flush=200ms;
              client_body_temp_path {{folder}}/body;
              proxy_temp_path {{folder}}/proxy;
              fastcgi_temp_path {{folder}}/fastcgi;
              uwsgi_temp_path {{folder}}/uwsgi;
              scgi_temp_path {{folder}}/scgi;
              sendfile on;
              types { application/vnd.apple.mpegurl m3u8; video/mp2t ts; }
              server {
                listen 127.0.0.1:{{port}} backlog=4096;
                location /hls/ { alias {{served}}/; add_header Cache-Control "no-cache"; }
              }
            }
            """,
            port
        );
        return new FolderServer(nginx, log, port);
    }

    public ValueTask DisposeAsync() => _nginx.DisposeAsync();
}
