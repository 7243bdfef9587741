using Microsoft.Playwright;
using Spillway.EndToEnd.Viewers;

namespace Spillway.EndToEnd;

/// <summary>Whatever happens, an open page goes on by itself, or says what is wrong and what can be done.</summary>
[Trait("Speed", "slow")]
public sealed class DeadEndTests : EndToEndTest
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(40);

    /// <summary>What is given to the decoder is garbage for as long as the page is told so.</summary>
    private const string Garbage = """
        (() => {
          const append = SourceBuffer.prototype.appendBuffer;
          SourceBuffer.prototype.appendBuffer = function (data) {
            if (!globalThis.garbage) return append.call(this, data);
            const length = data.byteLength;
            return append.call(this, new Uint8Array(length).fill(0x5a));
          };
        })();
        """;

    [Fact(Timeout = 180_000)]
    public async Task When_the_network_is_back_playback_goes_on_without_a_click()
    {
        var (server, _) = await OnAirAsync();
        var viewer = await OpenAsync(server.Edge + "watch/index.html");
        await viewer.PlaysAsync(3, s_soon);
        var page = await viewer.PageIdAsync();
        await viewer.Page.Context.SetOfflineAsync(true);
        await NoticeAsync(viewer, "You are offline.");
        await Axe.AssertNothingAsync(viewer.Page, "it is offline");
        await viewer.Page.Context.SetOfflineAsync(false);
        await viewer.PlaysAsync(4, TimeSpan.FromSeconds(15));
        Assert.Equal("", await viewer.NoticeAsync());
        Assert.Equal(page, await viewer.PageIdAsync());
        Assert.InRange((await viewer.FiguresAsync()).Latency ?? 0, 4, 25);
    }

    [Fact(Timeout = 180_000)]
    public async Task A_tab_that_was_frozen_goes_on_at_the_live_edge()
    {
        var (server, _) = await OnAirAsync();
        var viewer = await OpenAsync(server.Edge + "watch/index.html");
        await viewer.PlaysAsync(3, s_soon);
        var session = await viewer.Page.Context.NewCDPSessionAsync(viewer.Page);
        await SetStateAsync("frozen");
        // Longer than the playlist is.
        await Task.Delay(TimeSpan.FromSeconds(45), TestContext.Current.CancellationToken);
        await SetStateAsync("active");
        await viewer.PlaysAsync(4, TimeSpan.FromSeconds(20));
        await viewer.UntilAsync(static figures => figures.Latency is > 4 and < 25, "it is near the live edge", s_soon);
        Assert.Equal("", await viewer.NoticeAsync());

        Task SetStateAsync(string state) =>
            session.SendAsync("Page.setWebLifecycleState", new Dictionary<string, object> { ["state"] = state });
    }

    [Fact(Timeout = 180_000)]
    public async Task A_media_error_passes_by_itself_and_one_that_does_not_is_said_in_words_with_a_button()
    {
        var (server, _) = await OnAirAsync();
        var viewer = await OpenAsync(server.Edge + "watch/index.html", Garbage);
        await viewer.PlaysAsync(3, s_soon);

        await viewer.Page.EvaluateAsync(
            "() => { globalThis.garbage = true; setTimeout(() => (globalThis.garbage = false), 2500); }"
        );
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        await viewer.PlaysAsync(6, s_soon);

        await viewer.Page.EvaluateAsync("() => { globalThis.garbage = true; }");
        var again = viewer.Page.GetByRole(AriaRole.Button, new() { Name = "Try again" });
        await again.WaitForAsync(new() { Timeout = 60_000 });
        var notice = await viewer.NoticeAsync();
        Assert.Contains("again now and then", notice, StringComparison.Ordinal);
        Assert.NotEmpty((await viewer.FiguresAsync()).Errors);
        await viewer.Page.EvaluateAsync("() => { globalThis.garbage = false; }");
        await again.ClickAsync();
        await viewer.PlaysAsync(3, TimeSpan.FromSeconds(20));
        Assert.Equal("", await viewer.NoticeAsync());
    }

    [Fact(Timeout = 180_000)]
    public async Task The_end_of_a_broadcast_offers_to_watch_it_again()
    {
        var (server, source) = await OnAirAsync(
            new Dictionary<string, string>
            {
                ["SPILLWAY__STREAMS__LIVE__REPLAY__COUNT"] = "3",
                ["SPILLWAY__STREAMS__LIVE__GRACE"] = "5s",
                ["SPILLWAY__STREAMS__LIVE__SLATE"] = "none",
            }
        );
        var viewer = await OpenAsync(server.Edge + "watch/index.html");
        await viewer.PlaysAsync(5, s_soon);
        await source.KillAsync();
        await viewer.UntilAsync(static figures => figures.State == "ended", "it says that it has ended", s_soon);
        await viewer.Page.GetByRole(AriaRole.Button, new() { Name = "Watch it again" }).ClickAsync();
        await viewer.UntilAsync(static figures => figures.State == "replay", "the replay plays", s_soon);
        await viewer.PlaysAsync(2, s_soon);
        Assert.Contains("replay=", viewer.Page.Url, StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task A_quality_chosen_by_hand_outlives_a_pause_of_the_source()
    {
        var (server, source) = await OnAirAsync(new Dictionary<string, string> { ["SPILLWAY__STREAMS__LIVE__SLATE"] = "none" });
        var viewer = await OpenAsync(server.Edge + "watch/index.html");
        await viewer.PlaysAsync(3, s_soon);
        var menu = viewer.Page.GetByRole(AriaRole.Combobox, new() { Name = "Quality" });
        await menu.SelectOptionAsync(new SelectOptionValue { Index = 2 }, new() { Force = true });
        await viewer.UntilAsync(static figures => figures.Rendition == "1", "the small one is on screen", s_soon);
        await source.KillAsync();
        await Task.Delay(TimeSpan.FromSeconds(12), TestContext.Current.CancellationToken);
        source.Start();
        await viewer.PlaysAsync(25, TimeSpan.FromSeconds(80));
        Assert.Equal("1", (await viewer.FiguresAsync()).Rendition);
        Assert.Equal("2", await menu.EvaluateAsync<string>("menu => `${menu.selectedIndex}`"));
    }

    private async Task<(Servers.SpillwayProcess Server, Sources.OwncastSource Source)> OnAirAsync(
        Dictionary<string, string>? settings = null
    )
    {
        var source = await CreateSourceAsync();
        var server = await ServeAsync(source.Folder, settings);
        source.Start();
        await server.ListsAsync(3, TimeSpan.FromSeconds(20));
        return (server, source);
    }

    private static async Task NoticeAsync(Viewer viewer, string expected)
    {
        var notice = "";
        await Until.TrueAsync(
            async () => (notice = await viewer.NoticeAsync()).Contains(expected, StringComparison.Ordinal),
            s_soon,
            () => $"the page says \u201c{expected}\u201d; it says \u201c{notice}\u201d"
        );
    }
}
