namespace Spillway.Tests.Streams;

/// <summary>A tracker node has died, or come: players are told.</summary>
public sealed class TrackerChangeTests : OnAirTest
{
    [Fact]
    public async Task Players_are_told_within_ten_seconds_and_nothing_else_changes()
    {
        Trackers = ["wss://t1/tracker/live", "wss://t2/tracker/live"];
        Start();
        var show = await GoOnAirAsync();
        var before = (await PlayerAsync())!;
        Assert.Equal(Trackers, before.Trackers);

        var changed = Clock.Elapsed;
        Trackers = ["wss://t2/tracker/live", "ws://{host}:3000/tracker/live"];
        var playing = PlayAsync(show, 3, 5);
        await Until.TrueAsync(async () => (await PlayerAsync())!.Trackers.SequenceEqual(Trackers), () => "players are told");
        Assert.InRange((Clock.Elapsed - changed).TotalSeconds, 0, 10);
        await playing;
        var after = (await PlayerAsync())!;
        Assert.Equal(before with { Revision = after.Revision, Trackers = after.Trackers, Stun = after.Stun }, after);
        Assert.Equal(before.Revision + 1, after.Revision);
    }
}
