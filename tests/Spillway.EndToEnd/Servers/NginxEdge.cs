using System.Globalization;

namespace Spillway.EndToEnd.Servers;

/// <summary>
/// A cache in front of the store, as a public host has: nginx, in a folder and on a port of its own. It keeps what is missing
/// for three minutes, as such hosts do, so that whoever asks too early keeps everybody waiting.
/// </summary>
internal sealed class NginxEdge : IAsyncDisposable
{
    private const string Types = "types { text/html html; text/javascript js; text/css css; }";

    private readonly Nginx _nginx;
    private readonly string _folder;

    private NginxEdge(Nginx nginx, string folder, int port) => (_nginx, _folder, Port) = (nginx, folder, port);

    public int Port { get; }

    /// <summary>Stands for the root of the store, without a slash at its end.</summary>
    public string PublicUrl => $"http://127.0.0.1:{Port}";

    /// <summary>Every request so far, one a line: status, state of the cache, path, bytes of the body.</summary>
    public IReadOnlyList<string> Requests => [.. ReadRequests()];

    /// <summary>The same, one after the other: a large audience leaves a large log.</summary>
    public IEnumerable<string> ReadRequests() => File.Exists(AccessLog) ? File.ReadLines(AccessLog) : [];

    private string AccessLog => Path.Combine(_folder, "access.log");

    /// <param name="folder">A folder of its own.</param>
    /// <param name="target">Address of the root of the store, such as that of a bucket.</param>
    /// <param name="player">A folder with a build of the player page in place of the store's, or nothing.</param>
    /// <param name="plain">A folder with another page, to be at <c>/plain/</c>, or nothing.</param>
    /// <param name="fetchesOnce">
    /// What has become too old is asked for by one request, as public hosts do it; the others are given the old answer for so long. nginx
    /// alone makes only those wait for each other who ask for what it never had.
    /// </param>
    public static async Task<NginxEdge> StartAsync(
        string folder,
        string target,
        string player = "",
        bool fetchesOnce = false,
        string plain = ""
    )
    {
        Directory.CreateDirectory(folder);
        var port = FreePort.Next();
        var configuration = Configuration(folder, port, target.TrimEnd('/'), player, fetchesOnce, plain);
        return new NginxEdge(await Nginx.StartAsync(folder, configuration, port), folder, port);
    }

    public ValueTask DisposeAsync() => _nginx.DisposeAsync();

    private static string Configuration(string folder, int port, string target, string player, bool fetchesOnce, string plain) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            daemon off;
            master_process off;
            pid {{folder}}/nginx.pid;
            worker_rlimit_nofile 16384;
            events { worker_connections 8192; }
            http {
              log_format edge '$status $upstream_cache_status $uri $body_bytes_sent';
              access_log {{folder}}/access.log edge;
              client_body_temp_path {{folder}}/body;
              proxy_temp_path {{folder}}/proxy;
              fastcgi_temp_path {{folder}}/fastcgi;
              uwsgi_temp_path {{folder}}/uwsgi;
              scgi_temp_path {{folder}}/scgi;
              proxy_cache_path {{folder}}/cache levels=1:2 keys_zone=edge:1m inactive=10m use_temp_path=off;
              server {
                listen 127.0.0.1:{{port}} backlog=4096;
                {{(
                player.Length == 0
                    ? ""
                    : $"location /watch/ {{ alias {player}/; {Types} }}"
            )}}
                {{(plain.Length == 0 ? "" : $"location /plain/ {{ alias {plain}/; {Types} }}")}}
                gzip on;
                gzip_types text/javascript;
                location / {
                  proxy_pass {{target}}/;
                  proxy_http_version 1.1;
                  proxy_set_header Connection "";
                  proxy_cache edge;
                  proxy_cache_key $uri;
                  proxy_cache_lock on;
                  {{(fetchesOnce ? "proxy_cache_use_stale updating;" : "")}}
                  proxy_cache_valid 404 3m;
                  proxy_hide_header Access-Control-Allow-Origin;
                  add_header Access-Control-Allow-Origin * always;
                  add_header X-Cache $upstream_cache_status always;
                }
              }
            }
            """
        );
}
