namespace Spillway.Tests.Retention;

/// <summary>Signs of life of tracker nodes.</summary>
public sealed class DeadHeartbeatTests
{
    private readonly SweptStream _stream = new() { Pages = new HashSet<string>() };

    public DeadHeartbeatTests()
    {
        _stream.PutBroadcast(SweptStream.Now, 1_000_000, 1_000_010, 1_000_004);
        _stream.PutMultivariant(SweptStream.Now);
        _stream.Store.Put("watch/index.html");
        foreach (var key in (string[])["trackers/t1.json", "trackers/T 1.json", "trackers/notes.txt", "trackers/a/b.json"])
            _stream.Store.Put(key);
        _stream.Pass(hours: 0.9);
        _stream.Store.Put("trackers/t2.json");
    }

    [Fact]
    public async Task Those_of_the_last_hour_stay_and_older_ones_go_and_nothing_else()
    {
        await _stream.SweepAsync();
        Assert.Contains("trackers/t1.json", _stream.Keys);
        _stream.Pass(hours: 0.2);
        var rehearsed = await _stream.SweepAsync(dryRun: true);
        Assert.Contains(rehearsed.Deleted, static group => group is { Keys: 1, Reason: "heartbeats of dead tracker nodes" });
        Assert.Contains("trackers/t1.json", _stream.Keys);
        await _stream.SweepAsync();
        Assert.Equal(
            ["trackers/T 1.json", "trackers/a/b.json", "trackers/notes.txt", "trackers/t2.json"],
            _stream.Keys.Where(static key => key.StartsWith("trackers/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Another_streams_sweep_leaves_them_alone()
    {
        _stream.Pages = null;
        _stream.Pass(hours: 5);
        await _stream.SweepAsync();
        Assert.Contains("trackers/t1.json", _stream.Keys);
    }
}
