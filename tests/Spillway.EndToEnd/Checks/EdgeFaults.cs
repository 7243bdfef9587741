using Amazon.S3.Model;
using Spillway.EndToEnd.Checks;
using Spillway.EndToEnd.Servers;
using Spillway.Storage;
using Spillway.TestSupport;

[assembly: AssemblyFixture(typeof(EdgeFaults))]

namespace Spillway.EndToEnd.Checks;

/// <summary>
/// A bucket behind a host, for each thing that can be wrong with a host; all are checked at once when the first is asked for, since
/// each waits some seconds for copies to grow old.
/// </summary>
public sealed class EdgeFaults : IAsyncLifetime
{
    public const string Healthy = "healthy";

    private static readonly (string Name, Func<string, string> Change)[] s_hosts =
    [
        (Healthy, EdgeHosts.Change()),
        ("caches-404", EdgeHosts.Change(("proxy_cache_valid 404 0s;", "proxy_cache_valid 404 3m;"))),
        ("no-cache", EdgeHosts.Change(("proxy_cache edge;", "proxy_cache off;"))),
        ("no-compression", EdgeHosts.Change(("gzip on;", "gzip off;"))),
        ("no-cors", EdgeHosts.Change(("add_header Access-Control-Allow-Origin * always;", ""))),
        // The store's own header, as whoever asked first has it; and not a copy for each.
        (
            "first-cors",
            EdgeHosts.Change(
                ("proxy_hide_header Access-Control-Allow-Origin;", "proxy_ignore_headers Vary;"),
                ("add_header Access-Control-Allow-Origin * always;", "")
            )
        ),
        ("no-preflight", EdgeHosts.Add("if ($request_method = OPTIONS) { return 405; }")),
        ("stale", EdgeHosts.Add("proxy_ignore_headers Cache-Control; proxy_cache_valid 200 10m;")),
        ("browser-ttl", EdgeHosts.Add("proxy_hide_header Cache-Control; add_header Cache-Control \"max-age=14400\" always;")),
        ("content-type", EdgeHosts.Add("proxy_hide_header Content-Type; gzip_types *;")),
        ("no-ranges", EdgeHosts.Add("max_ranges 0;")),
        ("other-bytes", EdgeHosts.Add("sub_filter spillway cloudway; sub_filter_types *; sub_filter_once off;")),
        ("listing", EdgeHosts.Change(("location = / { return 404; }", ""))),
        (
            "redirect",
            EdgeHosts.Change(
                ("location / {", "location /not-here {"),
                ("listen 443 ssl;", "listen 443 ssl; return 301 http://elsewhere.example$uri;")
            )
        ),
        ("forbidden", EdgeHosts.Change(("listen 443 ssl;", "listen 443 ssl; return 403;"))),
        ("answers-anything", EdgeHosts.Change(("listen 443 ssl;", "listen 443 ssl; return 200 Welcome;"))),
        ("breaks", EdgeHosts.Change(("listen 443 ssl;", "listen 443 ssl; return 520;"))),
        ("other-bucket", EdgeHosts.Change()),
        ("writable", EdgeHosts.Change()),
        ("no-list", EdgeHosts.Change()),
    ];

    private readonly Dictionary<string, StorageOptions> _storage = [];
    private readonly Lazy<Task<Dictionary<string, Checked>>> _all;
    private string _folder = "";
    private EdgeHosts? _hosts;

    public EdgeFaults() => _all = new Lazy<Task<Dictionary<string, Checked>>>(CheckAllAsync);

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        if (_hosts is not null)
            await _hosts.DisposeAsync();
        if (_folder.Length > 0)
            Directory.Delete(_folder, recursive: true);
    }

    internal async Task<Checked> OfAsync(string host) => (await _all.Value)[host];

    /// <summary>The settings, to check once more.</summary>
    internal StorageOptions StorageOf(string host) => _storage[host];

    private async Task<Dictionary<string, Checked>> CheckAllAsync()
    {
        _folder = Directory.CreateTempSubdirectory("spillway-edges-").FullName;
        var ceph = await CephCluster.SharedAsync();
        var servers = new List<(int, string, Func<string, string>)>();
        foreach (var (name, change) in s_hosts)
        {
            var bucket = await ceph.CreateBucketAsync();
            var port = FreePort.Next();
            var shown = name == "other-bucket" ? await ceph.CreateBucketAsync() : bucket;
            await AllowAsync(ceph, bucket, name);
            servers.Add((port, shown.PublicUrl, change));
            _storage[name] = ceph.Storage(bucket, publicUrl: $"http://127.0.0.1:{port}");
            _storage[name].Prefix = "shows/2026";
        }
        _hosts = await EdgeHosts.StartAsync(_folder, servers);
        var found = await Task.WhenAll(
            s_hosts.Select(async host => (host.Name, await Checked.RunAsync(Checked.Options(_storage[host.Name]))))
        );
        return found.ToDictionary(static one => one.Name, static one => one.Item2);
    }

    private static async Task AllowAsync(CephCluster ceph, CephBucket bucket, string name)
    {
        var actions = name switch
        {
            "writable" => "\"s3:GetObject\",\"s3:ListBucket\",\"s3:PutObject\"",
            "no-list" => "\"s3:GetObject\"",
            _ => null,
        };
        if (actions is null)
            return;
        using var client = ceph.NewClient();
        await client.PutBucketPolicyAsync(
            new PutBucketPolicyRequest
            {
                BucketName = bucket.Name,
                Policy = $$"""
                {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":[{{actions}}],
                "Resource":["arn:aws:s3:::{{bucket.Name}}","arn:aws:s3:::{{bucket.Name}}/*"]}]}
                """,
            }
        );
    }
}
