using System.Globalization;
using System.Text.Json;
using Spillway.EndToEnd.Servers;
using Spillway.EndToEnd.Viewers;

namespace Spillway.EndToEnd;

/// <summary>Replays as a viewer meets them: back from the live stream, and again when it has ended.</summary>
public sealed class ReplayTests : EndToEndTest
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, string> _settings = new()
    {
        ["SPILLWAY__STREAMS__LIVE__REPLAY__COUNT"] = "5",
        ["SPILLWAY__STREAMS__LIVE__GRACE"] = "5s",
        ["SPILLWAY__STREAMS__LIVE__TITLE"] = "Evening concert",
        ["SPILLWAY__STREAMS__LIVE__SLATE"] = "none",
    };

    [Fact(Timeout = 240_000)]
    public async Task A_viewer_goes_back_from_the_live_stream_and_later_watches_all_of_it_again()
    {
        var source = await CreateSourceAsync();
        var server = await ServeAsync(source.Folder, _settings);
        var viewer = await OpenAsync(server.Origin + "watch/live");
        await viewer.UntilAsync(static figures => figures.State == "offline", "nothing is on air", s_soon);
        await Axe.AssertNothingAsync(viewer.Page, "it waits");
        source.Start();
        await viewer.PlaysAsync(3, s_soon);

        // The replay is put for the second time half a minute after the first.
        var broadcast = (await viewer.FiguresAsync()).Broadcast;
        await Until.TrueAsync(
            async () => (await EdgeTextAsync(server, $"live/{broadcast}/0/replay.m3u8")).Split("#EXTINF").Length > 14,
            TimeSpan.FromSeconds(60),
            () => $"it lists half a minute. Spillway wrote:\n{server.Log}"
        );

        // Back beyond what the live playlist lists, in the same page, and to the live stream again.
        await viewer.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Back 30 seconds" }).ClickAsync();
        await viewer.UntilAsync(static figures => figures.State == "replay", "it plays the replay on air", s_soon);
        Assert.InRange(await viewer.ReadAsync<double>(Video("currentTime")), 0, 15);
        await viewer.PlaysAsync(2, s_soon);
        await viewer.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Go live" }).ClickAsync();
        await viewer.UntilAsync(static figures => figures is { State: "live", Latency: < 16 }, "it is live again", s_soon);
        await viewer.PlaysAsync(3, s_soon);
        Assert.DoesNotContain("replay=", viewer.Page.Url, StringComparison.Ordinal);

        // What is on air is in the list, too, and brings to its start.
        await viewer.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Replays" }).ClickAsync();
        var link = viewer.Page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { NameString = "Evening concert" });
        Assert.Contains("On air", await link.InnerTextAsync(), StringComparison.Ordinal);
        await Axe.AssertNothingAsync(viewer.Page, "the replays are listed");
        await link.ClickAsync();
        await viewer.UntilAsync(static figures => figures.State == "replay", "it plays from the start", s_soon);
        Assert.InRange(await viewer.ReadAsync<double>(Video("currentTime")), 0, 8);
        // The browser's own way back.
        await viewer.Page.GoBackAsync();
        await viewer.UntilAsync(static figures => figures.State == "live", "it is live again", s_soon);

        await source.KillAsync();
        await server.HealthyAsync(static health => health.Stream.State == "ended", "the broadcast ends", s_soon);
        await viewer.UntilAsync(static figures => figures.State == "ended", "the page says so", s_soon);
        await Until.TrueAsync(
            async () => (await ReplaysAsync(server)).GetProperty("end").ValueKind == JsonValueKind.String,
            s_soon,
            () => $"the replay has its end. Spillway wrote:\n{server.Log}"
        );
        var replay = await ReplaysAsync(server);

        // Offered where nothing is on air, with its length; then asked for by its address alone, in a page that was never live.
        await Until.TrueAsync(async () => await link.CountAsync() == 1, s_soon, () => "the list is on the waiting page");
        await Axe.AssertNothingAsync(viewer.Page, "it has ended");
        var again = await OpenAsync($"{server.Origin}watch/live?replay={replay.GetProperty("broadcast").GetString()}");
        await again.UntilAsync(static figures => figures.State == "replay", "the replay plays", s_soon);
        var duration = replay.GetProperty("duration").GetDouble();
        Assert.Equal(duration, await again.ReadAsync<double>(Video("duration")), 0.3);
        await again.Page.EvaluateAsync($"() => {{ {Video("currentTime")} = {Seconds(duration / 2)}; }}");
        await again.PlaysAsync(3, s_soon);
        Assert.InRange(await again.ReadAsync<double>(Video("currentTime")), duration / 2 + 2, duration);

        foreach (var who in (Viewer[])[viewer, again])
        {
            // Media and lists come from the edge, and nothing that is not there was ever asked for but player.json at the very start.
            Assert.All(
                who.Requests.Where(static r =>
                    r.IsSegment || r.IsPlaylist || r.Url.AbsolutePath.EndsWith(".json", StringComparison.Ordinal)
                ),
                request => Assert.Equal(server.EdgePort, request.Url.Port)
            );
            Assert.DoesNotContain(
                who.Requests,
                static r => r.Status == 404 && !r.Url.AbsolutePath.EndsWith("/player.json", StringComparison.Ordinal)
            );
        }
        // A replay is not shared.
        Assert.Empty(again.Sockets);
        Assert.Equal(0, (await again.FiguresAsync()).BytesFromPeers);
        Assert.All((await again.FiguresAsync()).Segments, static segment => Assert.True(segment.Sha256Ok ?? true));
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_replays_no_page_asks_for_them_and_one_that_is_gone_is_said_to_be()
    {
        var source = await CreateSourceAsync();
        _settings.Remove("SPILLWAY__STREAMS__LIVE__REPLAY__COUNT");
        var server = await ServeAsync(source.Folder, _settings);
        source.Start();
        var viewer = await OpenAsync(server.Origin + "watch/live");
        await viewer.PlaysAsync(3, s_soon);
        var gone = await OpenAsync(server.Origin + "watch/live?replay=20200101T000000Z-0000");
        await gone.UntilAsync(static figures => figures.State == "missing", "it says that it is gone", s_soon);
        Assert.Contains("no longer kept", await gone.NoticeAsync(), StringComparison.Ordinal);
        // From there to what is on air.
        await gone.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Go live" }).ClickAsync();
        await gone.PlaysAsync(2, s_soon);
        foreach (var who in (Viewer[])[viewer, gone])
            Assert.DoesNotContain(who.Requests, static r => r.Url.AbsolutePath.Contains("replay", StringComparison.Ordinal));
    }

    private static string Video(string member) =>
        $"document.querySelector('spillway-page').shadowRoot.querySelector('spillway-player').video.{member}";

    private static string Seconds(double seconds) => seconds.ToString("0.###", CultureInfo.InvariantCulture);

    private static async Task<string> EdgeTextAsync(SpillwayProcess server, string key)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        return await http.GetStringAsync(server.Edge + key);
    }

    private static async Task<JsonElement> ReplaysAsync(SpillwayProcess server)
    {
        var list = JsonDocument.Parse(await EdgeTextAsync(server, "live/replays.json"));
        var replay = list.RootElement.GetProperty("replays")[0];
        return replay.TryGetProperty("end", out _) ? replay : JsonDocument.Parse("{\"end\":null}").RootElement;
    }
}
