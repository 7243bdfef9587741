using Spillway.Events;

namespace Spillway.Tests.Events;

public sealed class EventWatchTests
{
    [Fact]
    public async Task What_a_server_s_streams_do_is_soon_in_its_log_of_events()
    {
        await using var server = await RunningServer.StartAsync();
        var log = server.Service<EventLog>();
        await server.GoOnAirAsync();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await Until.TrueAsync(
            () => log.Recent.Any(static e => e.Kind == EventKinds.OnAir),
            () => string.Join('\n', log.Recent.Select(static e => e.ToString()))
        );
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed}");
        var told = log.Recent.Single(static e => e.Kind == EventKinds.OnAir);
        Assert.Equal(("live", server.Stream.OnAir!.Id, EventLevel.Info), (told.Stream, told.Broadcast, told.Level));
        Assert.Equal($"Broadcast {told.Broadcast} is on air.", told.Text);
        Assert.InRange(
            told.Time,
            DateTimeOffset.UtcNow - TimeSpan.FromMinutes(1),
            DateTimeOffset.UtcNow + TimeSpan.FromSeconds(1)
        );
        Assert.Contains(log.Recent, static e => e.Kind == EventKinds.Writer);
    }
}
