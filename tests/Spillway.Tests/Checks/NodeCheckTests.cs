using System.Net;
using System.Net.Sockets;
using Spillway.Checks;
using Spillway.EndToEnd.Servers;
using Spillway.Playlists;
using Spillway.Storage;
using Spillway.Tests.Storage;
using Spillway.Tests.Tracker;
using Spillway.TestSupport;

namespace Spillway.Tests.Checks;

/// <summary>Tracker nodes, by their heartbeats in a real bucket and their WebSockets.</summary>
public sealed class NodeCheckTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nodes_that_live_and_nodes_that_do_not_are_told_apart()
    {
        var (storage, _) = await CephBucketStore.CreateAsync();
        using var store = new S3ObjectStore(storage, TimeProvider.System);
        var port = FreePort.Next();
        await using var node = await RunningNode.StartAsync(
            store,
            options =>
            {
                options.Server.Port = port;
                options.Tracker.PublicUrl = $"ws://127.0.0.1:{port}";
            }
        );
        await Until.TrueAsync(
            async () => (await store.GetAsync(StreamKeys.Heartbeat("t1"), Cancellation)).Object is not null,
            static () => "the node gives a sign of life"
        );
        await store.StoreAsync(StreamKeys.Heartbeat("t3"), TestObjects.Bytes("junk"));
        // It says that it lives, and nobody is there.
        var gone = $$"""
            {"node":"t4","instance":"x","sequence":1,"address":"ws://127.0.0.1:{{FreePort.Next()}}","interval":15,"connections":0,"capacity":9,"peers":0}
            """;
        await store.StoreAsync(StreamKeys.Heartbeat("t4"), TestObjects.Bytes(gone));

        var options = Checked.Options(storage);
        options.Tracker.Stun = [];
        options.Streams["live"].P2P = true;
        options.Tracker.Nodes = ["t1", "t2", "t3", "t4"];
        var found = await Checked.RunAsync(options);
        Assert.Equal([TrackerFindings.NodeDead.Id], found.Trouble("tracker"));
        found.AssertSaid(TrackerFindings.Node, $"t1 at ws://127.0.0.1:{port} lives");
        string[] dead =
        [
            .. found.Findings.Where(static one => one.Kind == TrackerFindings.NodeDead).Select(static one => one.Seen),
        ];
        Assert.Equal(3, dead.Length);
        Assert.Contains("t2 has given no sign of life: there is no trackers/t2.json in the bucket.", dead);
        Assert.Contains("trackers/t3.json is no heartbeat of a tracker node.", dead);
        Assert.Contains(
            dead,
            static one => one.StartsWith("t4 at", StringComparison.Ordinal) && one.Contains("refused", StringComparison.Ordinal)
        );
    }
}
