using Spillway.EndToEnd.Servers;
using Spillway.Storage;
using Spillway.TestSupport;

namespace Spillway.Bench.Latency;

/// <summary>A store to measure: once through Spillway, once bare.</summary>
internal sealed class MeasuredStore : IAsyncDisposable
{
    private readonly IAsyncDisposable? _server;

    private MeasuredStore(IObjectStore bare, string publicUrl, IReadOnlyDictionary<string, string> settings, CephCluster? server)
    {
        (Bare, PublicUrl, Settings, _server) = (bare, publicUrl, settings, server);
    }

    /// <summary>For the bare PUTs, with connections of its own.</summary>
    public IObjectStore Bare { get; }

    /// <summary>Where viewers see its root, without a slash at its end.</summary>
    public string PublicUrl { get; }

    /// <summary>Environment variables for Spillway.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; }

    /// <param name="name"><c>embedded</c> or <c>ceph</c>.</param>
    /// <param name="folder">For the bare PUTs to the embedded store, which one process holds: a second one on the same disk.</param>
    public static async Task<MeasuredStore> OpenAsync(string name, string folder)
    {
        if (name == "embedded")
        {
            var port = FreePort.Next();
            var settings = new Dictionary<string, string> { ["SPILLWAY__SERVER__EDGEPORT"] = $"{port}" };
            var bare = new EmbeddedObjectStore(folder, TimeProvider.System);
            return new MeasuredStore(bare, $"http://127.0.0.1:{port}", settings, server: null);
        }
        var ceph = await CephCluster.StartAsync();
        try
        {
            var bucket = await ceph.CreateBucketAsync();
            var store = new S3ObjectStore(ceph.Storage(bucket), TimeProvider.System);
            return new MeasuredStore(store, bucket.PublicUrl, ceph.Settings(bucket), ceph);
        }
        catch
        {
            await ceph.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        ((IDisposable)Bare).Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
    }
}
