using System.Net;
using System.Net.Sockets;
using Spillway.EndToEnd.Servers;
using Spillway.TestSupport;

namespace Spillway.EndToEnd;

/// <summary>What an operator gets wrong: one clear line, or a server that waits and heals.</summary>
[Collection(Lanes.Servers)]
public sealed class BadInputTests : EndToEndTest
{
    private const int Configuration = 78;
    private const string Secret = "a-secret-that-nobody-may-see";

    [Fact(Timeout = 30_000)]
    public async Task All_wrong_settings_are_told_at_once_in_a_line_each()
    {
        var settings = new Dictionary<string, string>
        {
            ["SPILLWAY__STREAMS__LIVE__GRACE"] = "banana",
            ["SPILLWAY__STORAGE__BUKET"] = "videos",
            ["SPILLWAY__SERVER__LOGFORMAT"] = "xml",
        };
        var server = Own(SpillwayProcess.Serve("/nowhere", DataFolder, settings));
        Assert.Equal(Configuration, await server.ExitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(
            [
                """spillway: SPILLWAY__STORAGE__BUKET is not a setting. Did you mean SPILLWAY__STORAGE__BUCKET?""",
                """spillway: Server.LogFormat (SPILLWAY__SERVER__LOGFORMAT) is "xml": it must be console or json.""",
                """spillway: Streams.live.Grace (SPILLWAY__STREAMS__LIVE__GRACE) is "banana": it must be a time from 5s to 1h, such as 60s, 2m, 00:01:00 or a number of seconds.""",
            ],
            server.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)
        );
    }

    [Fact(Timeout = 30_000)]
    public async Task Ports_in_use_are_refused_in_a_line_each()
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        using var other = new TcpListener(IPAddress.Any, 0);
        other.Start();
        var (port, edgePort) = (((IPEndPoint)listener.LocalEndpoint).Port, ((IPEndPoint)other.LocalEndpoint).Port);
        var server = Own(SpillwayProcess.Serve("/nowhere", DataFolder, port: port, edgePort: edgePort));
        Assert.Equal(Configuration, await server.ExitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(
            $"""
            spillway: Server:Port: port {port} is in use by another program; choose another with --port.
            spillway: Server:EdgePort: port {edgePort} is in use by another program; choose another with --edge-port.
            """,
            server.Log
        );
    }

    [Fact(Timeout = 30_000)]
    public async Task A_data_folder_that_another_Spillway_uses_is_refused_in_a_line()
    {
        _ = await ServeAsync("/nowhere");
        var second = Own(SpillwayProcess.Serve("/nowhere", DataFolder));
        Assert.Equal(Configuration, await second.ExitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(
            $"spillway: The data folder '{DataFolder}' is in use by another Spillway. Stop that one, or give this one a folder "
                + "of its own with --data FOLDER (in the file: Data). To run two on one stream, use an S3 bucket (Storage:Bucket).",
            second.Log
        );
    }

    [Fact(Timeout = 60_000)]
    public async Task A_source_folder_that_is_missing_degrades_the_server_until_it_appears()
    {
        var source = await CreateSourceAsync();
        var server = await ServeAsync(source.Folder);
        var away = await server.HealthyAsync(
            health => health is { Status: "degraded", Stream.SourceAway: not null },
            "the missing folder is told",
            TimeSpan.FromSeconds(15)
        );
        Assert.Contains(source.Folder, away.Stream.SourceAway, StringComparison.Ordinal);
        Assert.Contains(source.Folder, server.Log, StringComparison.Ordinal);
        source.Start();
        await server.HealthyAsync(
            health => health is { Status: "ok", Stream.State: "live" },
            "it is on air",
            TimeSpan.FromSeconds(20)
        );
    }

    [Fact(Timeout = 120_000)]
    public async Task A_bucket_that_cannot_be_reached_is_tried_again_ever_more_slowly_until_it_can()
    {
        var ceph = await CephCluster.SharedAsync();
        var bucket = await ceph.CreateBucketAsync();
        var proxy = Own(await FaultProxy.StartAsync(ceph.Endpoint));
        proxy.Plan(new ProxyFault.Reset(), times: int.MaxValue);
        var source = await CreateSourceAsync();
        source.Start();
        var server = await ServeAsync(source.Folder, SettingsFor(proxy.Address, bucket, ceph.SecretAccessKey, ceph));
        var fault = await server.HealthyAsync(
            health => health is { Status: "degraded", Stream.StoreFault: not null },
            "the unreachable store is told",
            TimeSpan.FromSeconds(15)
        );
        Assert.Contains("Storage:Endpoint", fault.Stream.StoreFault, StringComparison.Ordinal);
        Assert.Contains("Storage:Endpoint", server.Log, StringComparison.Ordinal);
        var before = proxy.Requests.Count;
        await Task.Delay(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        Assert.InRange(proxy.Requests.Count - before, 1, 40);

        proxy.Heal();
        await server.HealthyAsync(
            health => health is { Status: "ok", Stream.State: "live" },
            "it is on air",
            TimeSpan.FromSeconds(40)
        );
        Assert.DoesNotContain(ceph.SecretAccessKey, server.Log, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Wrong_credentials_are_named_by_their_setting_and_never_shown()
    {
        var ceph = await CephCluster.SharedAsync();
        var bucket = await ceph.CreateBucketAsync();
        var server = await ServeAsync("/nowhere", SettingsFor(ceph.Endpoint, bucket, Secret, ceph));
        var health = await server.HealthyAsync(
            health => health is { Status: "degraded", Stream.StoreFault: not null },
            "the refusal is told",
            TimeSpan.FromSeconds(15)
        );
        Assert.Contains("Check Storage:SecretAccessKey", health.Stream.StoreFault, StringComparison.Ordinal);
        Assert.Contains("Check Storage:SecretAccessKey", server.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, server.Log + health.Text, StringComparison.Ordinal);
        Assert.False(server.HasExited);
    }

    private static Dictionary<string, string> SettingsFor(Uri endpoint, CephBucket bucket, string secret, CephCluster ceph) =>
        new(ceph.Settings(bucket, endpoint)) { ["SPILLWAY__STORAGE__SECRETACCESSKEY"] = secret };
}
