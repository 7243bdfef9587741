using System.Text;
using Spillway.EndToEnd.Servers;
using Spillway.TestSupport;

namespace Spillway.EndToEnd.Checks;

/// <summary>
/// Public hosts in front of buckets: one nginx with a server for each, made of the very configuration that <c>docs/edge.md</c> gives
/// operators to paste, and of what they may have done to it.
/// </summary>
internal sealed class EdgeHosts : IAsyncDisposable
{
    private const string Block = "    proxy_cache_path ";
    private const string Listen = "listen 443 ssl;";
    private const string Store = "https://store.example.org/bucket/";
    private const string Folder = "/var/cache/edge";

    private readonly Nginx _nginx;

    private EdgeHosts(Nginx nginx) => _nginx = nginx;

    /// <param name="folder">A folder of its own.</param>
    /// <param name="servers">For each a port, the address of its bucket, and what was done to the configuration.</param>
    public static async Task<EdgeHosts> StartAsync(
        string folder,
        IEnumerable<(int Port, string Bucket, Func<string, string> Change)> servers
    )
    {
        Directory.CreateDirectory(folder);
        var documented = await DocumentedAsync();
        var split = documented.IndexOf("server {", StringComparison.Ordinal);
        var text = new StringBuilder(
            $$"""
            daemon off;
            master_process off;
            pid {{folder}}/nginx.pid;
            events { worker_connections 1024; }
            http {
              access_log off;
              client_body_temp_path {{folder}}/body;
              proxy_temp_path {{folder}}/proxy;
              fastcgi_temp_path {{folder}}/fastcgi;
              uwsgi_temp_path {{folder}}/uwsgi;
              scgi_temp_path {{folder}}/scgi;
              {{documented[..split].Replace(Folder, $"{folder}/cache", StringComparison.Ordinal)}}

            """
        );
        var ports = new List<int>();
        foreach (var (port, bucket, change) in servers)
        {
            ports.Add(port);
            var changed = change(documented[split..]);
            text.Append(
                changed
                    .Replace(Listen, $"listen 127.0.0.1:{port};", StringComparison.Ordinal)
                    .Replace(Store, $"{bucket}/", StringComparison.Ordinal)
            );
        }
        return new EdgeHosts(await Nginx.StartAsync(folder, text.Append("}\n").ToString(), [.. ports]));
    }

    public ValueTask DisposeAsync() => _nginx.DisposeAsync();

    /// <summary>Leaves out or changes a line that must be there.</summary>
    public static Func<string, string> Change(params (string Line, string Other)[] changes) =>
        server =>
            changes.Aggregate(
                server,
                static (text, change) =>
                    text.Contains(change.Line, StringComparison.Ordinal)
                        ? text.Replace(change.Line, change.Other, StringComparison.Ordinal)
                        : throw new InvalidOperationException($"docs/edge.md has no '{change.Line}'.")
            );

    /// <summary>Puts something into the location that serves everything.</summary>
    public static Func<string, string> Add(string lines) => Change(("proxy_cache edge;", $"proxy_cache edge;\n{lines}"));

    private static async Task<string> DocumentedAsync()
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(RepositoryFolder.Path, "docs", "edge.md"));
        return string.Join(
            '\n',
            lines
                .SkipWhile(static line => !line.StartsWith(Block, StringComparison.Ordinal))
                .TakeWhile(static line => line.Length == 0 || line.StartsWith("    ", StringComparison.Ordinal))
        );
    }
}
