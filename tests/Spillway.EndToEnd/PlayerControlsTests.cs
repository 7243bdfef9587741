using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Spillway.EndToEnd.Servers;
using Spillway.EndToEnd.Viewers;

namespace Spillway.EndToEnd;

/// <summary>The player in the hands of somebody with a keyboard, a remote control or a pointer.</summary>
[Trait("Speed", "slow")]
public sealed class PlayerControlsTests : EndToEndTest
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(30);

    /// <summary>A browser that knows of a television, and counts how often its list was opened.</summary>
    private const string Television = """
        Object.defineProperty(HTMLMediaElement.prototype, "remote", {
          get: () => ({
            watchAvailability: async (tell) => { setTimeout(() => tell(true)); return 1; },
            prompt: async () => { globalThis.prompted = (globalThis.prompted ?? 0) + 1; },
          }),
        });
        """;

    /// <summary>What has the focus, by its name or its tag.</summary>
    private const string Focused = """
        () => {
          let at = document.activeElement;
          while (at?.shadowRoot?.activeElement && !at.tagName.startsWith("MEDIA-")) at = at.shadowRoot.activeElement;
          return at?.getAttribute("aria-label") || at?.innerText?.trim() || at?.tagName || "";
        }
        """;

    [Fact(Timeout = 240_000)]
    public async Task A_long_broadcast_has_a_bar_in_wall_clock_time_for_keys_and_pointer()
    {
        var server = await OnAirAsync(new() { ["SPILLWAY__STREAMS__LIVE__REPLAY__COUNT"] = "3" });
        var viewer = await OpenAsync(server.Origin);
        await viewer.PlaysAsync(3, s_soon);
        Assert.Equal(0, await viewer.Page.Locator("spillway-time-bar").CountAsync());
        var bar = viewer.Page.GetByRole(AriaRole.Slider, new() { Name = "Position in the broadcast" });
        await bar.WaitForAsync(new() { Timeout = 100_000, State = WaitForSelectorState.Attached });
        Assert.Matches(@"^\d+:\d\d:\d\d.*, live$", await bar.GetAttributeAsync("aria-valuetext"));
        await Axe.AssertNothingAsync(viewer.Page, "the bar is there");

        // Beyond what the live playlist lists, by the keyboard: that is the replay, in the same place on the bar.
        await bar.FocusAsync();
        await viewer.Page.Keyboard.PressAsync("PageDown");
        await viewer.UntilAsync(static figures => figures.State == "replay", "it has gone back by a minute", s_soon);
        await viewer.PlaysAsync(2, s_soon);
        await BehindAsync(bar, 50, 75);
        await viewer.Page.Keyboard.PressAsync("End");
        await viewer.UntilAsync(static figures => figures is { State: "live", Latency: < 16 }, "it is live again", s_soon);
        await viewer.PlaysAsync(2, s_soon);

        // Within it, by the pointer, which is told where it points to.
        var box = (await bar.BoundingBoxAsync())!;
        await viewer.Page.Mouse.MoveAsync(box.X + (box.Width * 0.9f), box.Y + (box.Height / 2));
        Assert.Matches(@"\d+:\d\d:\d\d.* · −0:\d\d$", await viewer.Page.Locator("spillway-time-bar .bubble").InnerTextAsync());
        await viewer.Page.Mouse.DownAsync();
        await viewer.Page.Mouse.UpAsync();
        await viewer.UntilAsync(static figures => figures is { State: "live", Latency: > 13 }, "it is further behind", s_soon);
        await viewer.Page.GetByRole(AriaRole.Button, new() { Name = "Go live" }).ClickAsync();
        await viewer.UntilAsync(static figures => figures is { State: "live", Latency: < 12 }, "it is live again", s_soon);
        await viewer.PlaysAsync(2, s_soon);
    }

    [Fact(Timeout = 180_000)]
    public async Task A_short_pause_is_made_up_for_by_a_little_speed_and_a_long_one_by_a_jump()
    {
        var server = await OnAirAsync([]);
        var viewer = await OpenAsync(server.Origin);
        // The peers are waited for first.
        await viewer.PlaysAsync(21, TimeSpan.FromSeconds(60));
        await PauseAsync(viewer, 5);
        await Until.TrueAsync(
            () => viewer.ReadAsync<bool>("spillwayTest.samples.at(-1).rate === 1.03"),
            s_soon,
            () => "it plays a little faster"
        );
        var (late, since) = ((await viewer.FiguresAsync()).Latency!.Value, await viewer.NowAsync());
        await viewer.UntilAsync(figures => figures.Latency < late - 0.4, "it comes nearer to the live edge", s_soon);
        var playback = await viewer.PlaybackAsync(since);
        Assert.True(playback is { Jumps: 0, LongestStall: < 1 }, $"{playback}");

        // What it has paused at stays on screen, and is no longer listed in the end.
        since = await viewer.NowAsync();
        await PauseAsync(viewer, 35, async () => Assert.Equal(0, (await viewer.PlaybackAsync(since)).Jumps));
        await viewer.PlaysAsync(3, s_soon);
        Assert.InRange((await viewer.PlaybackAsync(since)).Jumps, 1, 2);
        Assert.InRange((await viewer.FiguresAsync()).Latency!.Value, 4, 16);
    }

    [Fact(Timeout = 180_000)]
    public async Task All_of_it_can_be_reached_and_used_by_the_keys_of_a_remote_control()
    {
        var server = await OnAirAsync(new() { ["SPILLWAY__STREAMS__LIVE__REPLAY__COUNT"] = "3" });
        var viewer = await OpenAsync(server.Origin, Television);
        var page = viewer.Page;
        await page.SetViewportSizeAsync(1920, 1080);
        await viewer.PlaysAsync(3, s_soon);
        await page.GetByRole(AriaRole.Button, new() { Name = "Play on another screen" }).WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Replays" }).WaitForAsync();

        // Nothing has the focus: the first arrow gives it to the controls.
        await page.Keyboard.PressAsync("ArrowDown");
        await GoAsync(page, "ArrowDown", "^(play|pause)$");
        var row = await RowAsync(page, "ArrowRight");
        foreach (
            var name in (string[])
                ["volume", "Back 30 seconds", "live", "Quality", "Replays", "About", "another screen", "fullscreen"]
        )
            Assert.Contains(row, one => one.Contains(name, StringComparison.OrdinalIgnoreCase));
        await GoAsync(page, "ArrowLeft", "Play on another screen");
        await page.Keyboard.PressAsync("Enter");
        Assert.Equal(1, await viewer.ReadAsync<int>("prompted"));

        // Into a panel and out of it; what opened it has the focus again.
        await GoAsync(page, "ArrowLeft", "About this playback");
        await page.Keyboard.PressAsync("Space");
        await page.GetByRole(AriaRole.Button, new() { Name = "Copy as text" }).WaitForAsync();
        // The space bar is for the button, not for the picture.
        await viewer.PlaysAsync(2, s_soon);
        await GoAsync(page, "ArrowUp", "INPUT");
        await GoAsync(page, "ArrowDown", "Copy as text");
        await page.Keyboard.PressAsync("Escape");
        await page.Locator("spillway-panel").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        Assert.Equal("About this playback", await page.EvaluateAsync<string>(Focused));
        await GoAsync(page, "ArrowLeft", "Replays");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Link).WaitForAsync();
        await GoAsync(page, "ArrowUp", "On air");
        // No key of a keyboard that Playwright knows.
        await page.EvaluateAsync(
            """
            () => {
              let at = document.activeElement;
              while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
              at.dispatchEvent(new KeyboardEvent("keydown", { key: "GoBack", bubbles: true, composed: true }));
            }
            """
        );
        await page.GetByRole(AriaRole.Link).WaitForAsync(new() { State = WaitForSelectorState.Detached });

        // Over the picture, and around it on its page.
        await page.GetByRole(AriaRole.Button, new() { Name = "Tap for sound" }).WaitForAsync();
        await GoAsync(page, "ArrowUp", "Tap for sound");
        await GoAsync(page, "ArrowUp", "Share");
        await GoAsync(page, "ArrowDown", "another screen|picture in picture|fullscreen");
        await page.GetByRole(AriaRole.Button, new() { Name = "Tap for sound" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        Assert.False(await viewer.ReadAsync<bool>(Video("muted")));
        await page.EvaluateAsync($"() => {{ {Video("volume")} = 0.35; }}");
        await page.ReloadAsync();
        await viewer.PlaysAsync(2, s_soon);
        Assert.Equal(
            (0.35, false),
            (await viewer.ReadAsync<double>(Video("volume")), await viewer.ReadAsync<bool>(Video("muted")))
        );
        await page.Locator("media-play-button").FocusAsync();
        await page.Keyboard.PressAsync("k");
        await Until.TrueAsync(() => viewer.ReadAsync<bool>(Video("paused")), s_soon, () => "k pauses");

        // In a browser that knows of no other screen there is no such button.
        var plain = await OpenAsync(server.Origin);
        await plain.Page.GetByRole(AriaRole.Button, new() { Name = "About this playback" }).WaitForAsync();
        Assert.Equal(0, await plain.Page.GetByRole(AriaRole.Button, new() { Name = "Play on another screen" }).CountAsync());
    }

    private static async Task PauseAsync(Viewer viewer, double seconds, Func<Task>? look = null)
    {
        await viewer.Page.EvaluateAsync($"() => {Video("pause()")}");
        await Task.Delay(TimeSpan.FromSeconds(seconds), TestContext.Current.CancellationToken);
        if (look is not null)
            await look();
        await viewer.Page.EvaluateAsync($"() => {Video("play()")}");
    }

    /// <summary>Presses one arrow again and again until something has the focus.</summary>
    /// <param name="name">A pattern.</param>
    private static async Task GoAsync(IPage page, string key, string name)
    {
        List<string> passed = [];
        for (var press = 0; press < 15; press++)
        {
            passed.Add(await page.EvaluateAsync<string>(Focused));
            if (Regex.IsMatch(passed[^1], name, RegexOptions.IgnoreCase))
                return;
            await page.Keyboard.PressAsync(key);
        }
        Assert.Fail($"{key} does not lead to {name}, but to {string.Join(" > ", passed)}");
    }

    /// <summary>What one arrow passes until it comes to an end; a slider is left by the way down.</summary>
    private static async Task<IReadOnlyList<string>> RowAsync(IPage page, string key)
    {
        List<string> passed = [];
        for (var press = 0; press < 20; press++)
        {
            var now = await page.EvaluateAsync<string>(Focused);
            var isSlider = now.Contains("volume", StringComparison.OrdinalIgnoreCase);
            if (passed.Count > 0 && passed[^1] == now)
                return passed;
            passed.Add(now);
            await page.Keyboard.PressAsync(isSlider ? "ArrowDown" : key);
        }
        Assert.Fail($"{key} comes to no end: {string.Join(" > ", passed)}");
        return passed;
    }

    private static async Task BehindAsync(ILocator bar, int least, int most)
    {
        var said = await bar.GetAttributeAsync("aria-valuetext") ?? "";
        var match = Regex.Match(said, @"(?:(\d+) minutes? ?)?(?:(\d+) seconds?)? behind live$");
        Assert.True(match.Success, said);
        var behind = (60 * Number(match.Groups[1].Value)) + Number(match.Groups[2].Value);
        Assert.InRange(behind, least, most);

        static int Number(string text) =>
            text.Length > 0 ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : 0;
    }

    private static string Video(string member) =>
        $"document.querySelector('spillway-page').shadowRoot.querySelector('spillway-player').video.{member}";

    private async Task<SpillwayProcess> OnAirAsync(Dictionary<string, string> settings)
    {
        var source = await CreateSourceAsync();
        var server = await ServeAsync(source.Folder, settings);
        source.Start();
        await server.ListsAsync(3, TimeSpan.FromSeconds(20));
        return server;
    }
}
