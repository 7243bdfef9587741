using Spillway.EndToEnd.Servers;

namespace Spillway.EndToEnd.Sources;

/// <summary>nginx with its RTMP module, which takes an encoder's stream and writes it as HLS into a folder.</summary>
internal sealed class NginxRtmp : IAsyncDisposable
{
    private const string Module = "/usr/lib/nginx/modules/ngx_rtmp_module.so";

    private readonly Nginx _nginx;

    private NginxRtmp(Nginx nginx, string hls, int port) => (_nginx, Hls, Port) = (nginx, hls, port);

    /// <summary>What is given to Spillway as its source.</summary>
    public string Hls { get; }

    public int Port { get; }

    public int Id => _nginx.Id;

    /// <param name="folder">A folder of its own.</param>
    public static async Task<NginxRtmp> StartAsync(string folder)
    {
        var (port, hls) = (FreePort.Next(), Path.Combine(folder, "hls"));
        Directory.CreateDirectory(hls);
        var nginx = await Nginx.StartAsync(
            folder,
            $$"""
            load_module {{Module}};
            daemon off;
            master_process off;
            pid {{folder}}/nginx.pid;
            events { worker_connections 64; }
            rtmp {
              access_log {{folder}}/access.log;
              server {
                listen 127.0.0.1:{{port}};
                application live {
                  live on;
                  hls on;
                  hls_path {{hls}};
                  hls_fragment 2s;
                  hls_playlist_length 20s;
                }
              }
            }
            """,
            port
        );
        return new NginxRtmp(nginx, hls, port);
    }

    public ValueTask DisposeAsync() => _nginx.DisposeAsync();
}
