using System.Text.Json;
using Spillway.EndToEnd.Viewers;

namespace Spillway.EndToEnd;

/// <summary>Broadcasts end and begin; pages that are open stay open.</summary>
public sealed class BroadcastTests : EndToEndTest
{
    [Fact(Timeout = 120_000)]
    public async Task After_a_restart_of_the_server_the_broadcast_and_open_pages_go_on_by_themselves()
    {
        var source = await CreateSourceAsync();
        var server = await ServeAsync(source.Folder);
        source.Start();
        await server.ListsAsync(3, TimeSpan.FromSeconds(20));
        var judge = Own(Judge.Watch(server.Edge));
        Viewer[] viewers = [await OpenAsync(server.Origin), await OpenAsync(server.Origin)];
        await AllPlayAsync(viewers, 4, TimeSpan.FromSeconds(25));
        var pages = await Task.WhenAll(viewers.Select(viewer => viewer.PageIdAsync()));
        var before = (await server.HealthAsync()).Stream.Broadcast;

        // Nobody answers while it is down: its edge goes with it.
        await judge.StopAsync();
        Assert.Equal(0, await server.StopAsync());
        var again = await ServeAsync(source.Folder, again: server);
        judge.Poller.Excuse(TimeSpan.FromSeconds(10), "the writer was started again");
        judge.Resume();

        await again.HealthyAsync(
            health => health.Stream is { State: "live" } stream && stream.Broadcast == before,
            "the broadcast goes on",
            TimeSpan.FromSeconds(20)
        );
        await again.ListsAsync(3, TimeSpan.FromSeconds(20));
        await AllPlayAsync(viewers, 4, TimeSpan.FromSeconds(30));
        for (var index = 0; index < viewers.Length; index++)
            Assert.Equal(pages[index], await viewers[index].PageIdAsync());

        await judge.StopAsync();
        AssertNumbersRise(judge, broadcasts: 1);
        foreach (var rendition in (string[])["0", "1"])
            Assert.DoesNotContain(Assert.Single(judge.Histories(rendition)).Latest!.Segments, static s => s.Discontinuity);
        await judge.PassAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task When_the_source_ends_pages_show_the_waiting_screen_and_play_by_themselves_when_it_starts_again()
    {
        var source = await CreateSourceAsync();
        var settings = new Dictionary<string, string> { ["SPILLWAY__STREAMS__LIVE__GRACE"] = "5s" };
        var server = await ServeAsync(source.Folder, settings);
        source.Start();
        var before = await server.ListsAsync(3, TimeSpan.FromSeconds(20));
        var judge = Own(Judge.Watch(server.Edge));
        var viewer = await OpenAsync(server.Edge + "watch/index.html");
        await viewer.PlaysAsync(4, TimeSpan.FromSeconds(25));
        var page = await viewer.PageIdAsync();

        await source.KillAsync();
        await server.HealthyAsync(health => health.Stream.State == "ended", "the broadcast ends", TimeSpan.FromSeconds(15));
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        await Until.TrueAsync(
            async () => await IsEndedAsync(http, server.Edge, before.Stream.Broadcast!),
            TimeSpan.FromSeconds(10),
            () => $"the playlists and player.json say so. Spillway wrote:\n{server.Log}"
        );
        await viewer.UntilAsync(figures => figures.State == "ended", "it plays to the end", TimeSpan.FromSeconds(30));
        Assert.Contains("The broadcast has ended", await viewer.NoticeAsync(), StringComparison.Ordinal);

        source.Start();
        var after = await server.HealthyAsync(
            health => health.Stream is { State: "live" } stream && stream.Broadcast != before.Stream.Broadcast,
            "the next broadcast is on air",
            TimeSpan.FromSeconds(20)
        );
        await viewer.UntilAsync(
            figures => figures.Broadcast == after.Stream.Broadcast && figures.State == "live",
            "it plays the next broadcast",
            TimeSpan.FromSeconds(20)
        );
        await viewer.PlaysAsync(4, TimeSpan.FromSeconds(15));
        Assert.Equal(page, await viewer.PageIdAsync());
        Assert.Equal("", await viewer.NoticeAsync());

        await judge.StopAsync();
        AssertNumbersRise(judge, broadcasts: 2);
        await judge.PassAsync();
    }

    private static async Task<bool> IsEndedAsync(HttpClient http, string edge, string broadcast)
    {
        var player = JsonDocument.Parse(await http.GetStringAsync($"{edge}live/player.json"));
        if (player.RootElement.GetProperty("state").GetString() != "ended")
            return false;
        foreach (var rendition in (string[])["0", "1"])
        {
            var playlist = await http.GetStringAsync($"{edge}live/{broadcast}/{rendition}/playlist.m3u8");
            if (!playlist.TrimEnd().EndsWith("#EXT-X-ENDLIST", StringComparison.Ordinal))
                return false;
        }
        return true;
    }

    private static void AssertNumbersRise(Judge judge, int broadcasts)
    {
        foreach (var rendition in (string[])["0", "1"])
        {
            var histories = judge.Histories(rendition);
            Assert.Equal(broadcasts, histories.Count);
            Assert.True(histories[0].Listings.Keys.First() >= 1_000_000);
            for (var index = 1; index < histories.Count; index++)
            {
                Assert.True(histories[index].Listings.Keys.First() > histories[index - 1].Listings.Keys.Last());
                Assert.True(histories[index - 1].Latest!.Ended, $"{histories[index - 1].Url} has no ENDLIST");
            }
        }
    }
}
