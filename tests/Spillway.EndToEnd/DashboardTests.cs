using System.Globalization;
using Microsoft.Playwright;
using Spillway.EndToEnd.Operator;
using Spillway.EndToEnd.Servers;
using Spillway.Tests;
using Spillway.TestSupport;

namespace Spillway.EndToEnd;

/// <summary>The operator's page, in Chromium, over the published binary and a real S3 store.</summary>
public sealed class DashboardTests(ITestOutputHelper output) : EndToEndTest
{
    private const string Token = "the-token-of-the-operator";

    /// <summary>From what the server knows to what the page shows.</summary>
    private static readonly TimeSpan s_shown = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Times are measured twice. From the fault itself: the kill, the start, the breaking of the line. And from when the server can know of
    /// it, which is the last moment at which <c>/health</c>, asked each 50 ms, did not say it yet: a source is only away after its patience,
    /// a broadcast only on air with its third segment. The page's own time is that of the change in its DOM.
    /// </summary>
    [Fact(Timeout = 150_000)]
    public async Task A_start_a_dead_source_its_return_and_a_broken_and_mended_store_are_on_the_page_within_two_seconds()
    {
        var ceph = await CephCluster.SharedAsync();
        var bucket = await ceph.CreateBucketAsync();
        var line = Own(await FaultProxy.StartAsync(ceph.Endpoint));
        var source = Own(await Sources.OwncastSource.CreateAsync(Path.Combine(Folder, "owncast"), segmentSeconds: 1));
        var desk = Own(await HookReceiver.StartAsync());
        var settings = SettingsFor(ceph, bucket, line.Address);
        settings["SPILLWAY__HOOKS__DESK__URL"] = desk.Address;
        settings["SPILLWAY__HOOKS__DESK__SECRET"] = HookReceiver.Secret;
        settings["SPILLWAY__HOOKS__DESK__EVENTS"] = "on-air,off-air,storage-trouble,storage-well,source-away,source-back";
        var server = await ServeAsync(source.Folder, settings);
        var page = await SignedInAsync(server);
        var watch = Own(HealthWatch.Of(server));
        await page.SaysAsync(
            static said => said.Verdict.Contains("Nothing is on air", StringComparison.Ordinal),
            DateTimeOffset.MinValue,
            "that nothing is on air",
            s_patience
        );

        await MeasureAsync(
            "the stream is started",
            Act(source.Start),
            static stream => stream.State == "live",
            static said => said.State == "on air",
            ("that it is starting", static said => said.State == "starting")
        );
        await MeasureAsync(
            "the store is broken",
            Act(() => line.IsDown = true),
            static stream => stream.StoreFault is not null,
            static said => IsWrong(said, "store")
        );
        await MeasureAsync(
            "the store is mended",
            Act(() => line.IsDown = false),
            static stream => stream.StoreFault is null,
            static said => !IsWrong(said, "")
        );
        await MeasureAsync(
            "the source is killed",
            source.KillAsync,
            static stream => stream.SourceAway is not null,
            static said => IsWrong(said, "source"),
            ("that the source is late", static said => said.Verdict.Contains("The source is late", StringComparison.Ordinal))
        );
        await MeasureAsync(
            "the source is back",
            Act(source.Start),
            static stream => stream.SourceAway is null,
            static said => !IsWrong(said, "")
        );
        Assert.Empty(await page.AxeAsync());
        Assert.Empty(await page.ViolationsAsync());
        Assert.Empty(page.Errors);
        await EndAsync(server);
        await AssertToldAsync(desk);

        async Task MeasureAsync(
            string name,
            Func<Task> act,
            Func<StreamHealth, bool> known,
            Func<Saying, bool> said,
            (string What, Func<Saying, bool> Said)? sooner = null
        )
        {
            var at = DateTimeOffset.UtcNow;
            await act();
            var knows = await watch.KnowsAsync(known, at, name, s_patience);
            var says = await page.SaysAsync(said, at, name, s_patience);
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name}: on the page {(says - at).TotalSeconds:0.00} s after it happened, {(says - knows).TotalSeconds:0.00} s after the server could know"
                )
            );
            Assert.True(says - knows <= s_shown, $"{name}: shown {(says - knows).TotalSeconds} s after the server knew");
            if (sooner is not { } sign)
                return;
            // What can be seen of it before it is certain.
            var hints = await page.SaysAsync(sign.Said, at, sign.What, s_patience);
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name}: the page says {sign.What} {(hints - at).TotalSeconds:0.00} s after it happened"
                )
            );
            Assert.True(hints < says, $"{name}: {sign.What} came only {(hints - says).TotalSeconds} s after the rest");
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task It_says_when_the_server_is_gone_comes_back_by_itself_and_asks_for_a_sign_in_then()
    {
        var source = await CreateSourceAsync();
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["SPILLWAY__ADMIN__TOKEN"] = Token };
        var server = await ServeAsync(source.Folder, settings);
        var page = await SignedInAsync(server);
        await page.SaysAsync(IsLive, DateTimeOffset.MinValue, "that it is live", s_patience);

        var killed = DateTimeOffset.UtcNow;
        await server.KillAsync();
        var gone = await page.SaysAsync(
            static said =>
                said.Link.StartsWith("Stale", StringComparison.Ordinal)
                && said.Verdict.StartsWith("The server does not answer", StringComparison.Ordinal),
            killed,
            "that the server is gone, and how old its figures are",
            s_patience
        );
        Assert.True(gone - killed <= s_shown, $"{gone - killed}");
        Assert.True(await page.Page.GetByRole(AriaRole.Button, new() { Name = "End the broadcast" }).IsDisabledAsync());

        // Sessions are kept in memory: another process knows none.
        await ServeAsync(source.Folder, settings, again: server);
        await Assertions.Expect(page.Page.GetByText("Your session has ended.")).ToBeVisibleAsync(new() { Timeout = 15_000 });
        Assert.Empty(await page.AxeAsync());
        await page.SignInAsync("not-the-token-at-all");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("not the admin token");
        var again = DateTimeOffset.UtcNow;
        await page.SignInAsync(Token);
        await page.SaysAsync(IsLive, again, "that it is live again", s_patience);
    }

    [Fact(Timeout = 180_000)]
    [Trait("Speed", "slow")]
    public async Task Every_switch_asks_first_works_by_keyboard_and_says_what_it_did()
    {
        var source = await CreateSourceAsync();
        var settings = new Dictionary<string, string>
        {
            ["SPILLWAY__ADMIN__TOKEN"] = Token,
            ["SPILLWAY__STREAMS__LIVE__REPLAY__COUNT"] = "5",
        };
        var server = await ServeAsync(source.Folder, settings);
        source.Start();
        await server.ListsAsync(3, s_patience);
        var page = await SignedInAsync(server);
        var dialog = page.Page.GetByRole(AriaRole.Dialog);

        var off = page.Page.GetByRole(AriaRole.Button, new() { Name = "Switch sharing off" });
        await off.FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(dialog).ToBeVisibleAsync();
        Assert.Empty(await page.AxeAsync());
        // What is focused first does no harm, and Escape is a way out.
        await Assertions.Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" })).ToBeFocusedAsync();
        await page.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(dialog).ToBeHiddenAsync();
        await Assertions.Expect(off).ToBeFocusedAsync();
        await UseAsync("Switch sharing off", "Switch it off");
        await Assertions.Expect(page.Page.GetByText("Sharing is off")).ToBeVisibleAsync();
        await UseAsync("Switch sharing on", "Switch it on");
        await Assertions.Expect(page.Page.GetByText("Sharing is on")).ToBeVisibleAsync();

        await UseAsync("End the broadcast", "End it");
        await Assertions.Expect(page.Page.GetByText("The broadcast is over.")).ToBeVisibleAsync();
        await server.HealthyAsync(static health => health.Stream.State != "live", "it is over", s_patience);
        await UseAsync("Let the source in", "Let it in");
        await server.HealthyAsync(static health => health.Stream.State == "live", "it is on air again", s_patience);
        // The report of the one that has ended.
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Show the report" }).Last.ClickAsync();
        await Assertions.Expect(page.Page.Locator(".report")).ToContainTextAsync("Store operations");
        Assert.Empty(await page.AxeAsync());

        // Something is on air: the page says what a download would be in the way of.
        await UseAsync("Download live,", "Download it now", download: true);
        await UseAsync("Delete the replay live,", "Delete it");
        await Assertions.Expect(page.Page.Locator("#said-of-replays")).ToContainTextAsync("is deleted.");
        // The keyboard goes on from there, and not from the top of the page.
        await Assertions.Expect(page.Page.Locator("#said-of-replays")).ToBeFocusedAsync();
        var reports = page.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Delete the report of") });
        // Never of the broadcast on air.
        await Assertions.Expect(reports).ToHaveCountAsync(1);
        await UseAsync("Delete the report of", "Delete it");
        await Assertions.Expect(page.Page.Locator("#said-of-reports")).ToContainTextAsync("is deleted.");
        await Assertions.Expect(reports).ToHaveCountAsync(0);
        Assert.Empty(await page.AxeAsync());

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Assertions.Expect(page.Page.GetByLabel("Admin token")).ToBeFocusedAsync();
        Assert.Empty(await page.ViolationsAsync());
        Assert.Empty(page.Errors);

        async Task UseAsync(string name, string confirm, bool download = false)
        {
            await page.Page.GetByRole(AriaRole.Button, new() { Name = name }).FocusAsync();
            await page.Page.Keyboard.PressAsync("Enter");
            await Assertions.Expect(dialog).ToBeVisibleAsync();
            await page.Page.Keyboard.PressAsync("Tab");
            await Assertions.Expect(dialog.GetByRole(AriaRole.Button, new() { Name = confirm, Exact = true })).ToBeFocusedAsync();
            if (download)
                await AssertPlayableAsync(
                    await page.Page.RunAndWaitForDownloadAsync(() => page.Page.Keyboard.PressAsync("Space"))
                );
            else
                await page.Page.Keyboard.PressAsync("Space");
            await Assertions.Expect(dialog).ToBeHiddenAsync();
        }
    }

    [Fact(Timeout = 60_000)]
    [Trait("Speed", "slow")]
    public async Task A_new_stream_key_is_shown_once_and_hidden()
    {
        var settings = new Dictionary<string, string> { ["SPILLWAY__ADMIN__TOKEN"] = Token };
        var page = await SignedInAsync(await ServeAsync("push", settings));
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Make a new key" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Make a new key" }).ClickAsync();
        var secret = page.Page.GetByRole(AriaRole.Group, new() { Name = "The new stream key" });
        var key = await secret.Locator("code").First.InnerTextAsync();
        Assert.True(key.Length >= 16, key);
        await Assertions.Expect(secret).ToContainTextAsync($"http://127.0.0.1");
        await secret.GetByRole(AriaRole.Button, new() { Name = "Hide it" }).ClickAsync();
        Assert.DoesNotContain(key, await page.Page.ContentAsync(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    [Trait("Speed", "slow")]
    public async Task On_a_phone_a_tablet_and_a_laptop_in_light_and_dark_nothing_overhangs_and_axe_finds_nothing()
    {
        var source = await CreateSourceAsync();
        var server = await ServeAsync(source.Folder, new Dictionary<string, string> { ["SPILLWAY__ADMIN__TOKEN"] = Token });
        source.Start();
        await server.ListsAsync(3, s_patience);
        foreach (var (width, height) in ((int, int)[])[(320, 568), (390, 844), (820, 1180), (1280, 900)])
        {
            var page = await DashboardPage.OpenAsync(await (await StartBrowserAsync()).NewPageAsync(), server.Origin);
            await page.Page.SetViewportSizeAsync(width, height);
            // What is folded is decided when the page is opened.
            await page.Page.ReloadAsync();
            Assert.Equal(0, await page.OverhangAsync());
            await page.SignInAsync(Token);
            await page.SaysAsync(static said => said.State == "on air", DateTimeOffset.MinValue, "that it is on air", s_patience);
            await page.Page.EvaluateAsync("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })");
            foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
            {
                await page.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
                Assert.Empty(await page.AxeAsync());
                Assert.True(await page.OverhangAsync() <= 0, $"{width} x {height} overhangs by {await page.OverhangAsync()}");
            }
            Assert.Empty(await page.ViolationsAsync());
            await page.Page.Context.CloseAsync();
        }
    }

    /// <summary>What the browser has saved is a film: every picture of it can be decoded.</summary>
    private async Task AssertPlayableAsync(IDownload download)
    {
        Assert.EndsWith(".mp4", download.SuggestedFilename, StringComparison.Ordinal);
        var file = Path.Combine(Folder, "downloaded.mp4");
        await download.SaveAsAsync(file);
        var probed = await Ffmpeg.ProbeAsync(
            Folder,
            ["-count_frames", "-select_streams", "v", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0", file]
        );
        Assert.True(int.Parse(probed.Trim().TrimEnd(','), CultureInfo.InvariantCulture) >= 25, probed);
    }

    /// <summary>All of it was told to the hook as well: in order, each message once, and the first, which was refused, again.</summary>
    private static async Task AssertToldAsync(HookReceiver desk)
    {
        await Until.TrueAsync(
            () => desk.Delivered.Contains("off-air"),
            s_patience,
            () => $"the hook is told all; it has {string.Join(", ", desk.Tries)}"
        );
        var tries = desk.Tries;
        Assert.All(tries, static one => Assert.True(one.IsGenuine, $"{one}"));
        // At the start nothing comes from a source that has not begun.
        string[] kinds = [.. desk.Delivered.SkipWhile(static kind => kind is "source-away" or "source-back")];
        Assert.Equal(["on-air", "storage-trouble", "storage-well", "source-away", "source-back", "off-air"], kinds);
        Assert.Equal(tries.Select(static one => one.Number).Order(), tries.Select(static one => one.Number));
        var (refused, again) = (tries[0], tries[1]);
        Assert.Equal((500, 204), (refused.Status, again.Status));
        Assert.Equal((refused.Id, refused.Kind), (again.Id, again.Kind));
        Assert.True(again.At > refused.At);
        Assert.Equal(tries.Count - 1, tries.Select(static one => one.Id).Distinct(StringComparer.Ordinal).Count());
        var broadcast = tries.Single(static one => one is { Kind: "on-air", Status: 204 }).Broadcast;
        Assert.Equal(broadcast, tries.Single(static one => one.Kind == "off-air").Broadcast);
    }

    private static async Task EndAsync(SpillwayProcess server)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{server.Origin}api/v1/streams/live/end");
        request.Headers.Authorization = new("Bearer", Token);
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{answer}");
    }

    private async Task<DashboardPage> SignedInAsync(SpillwayProcess server)
    {
        var page = await DashboardPage.OpenAsync(await (await StartBrowserAsync()).NewPageAsync(), server.Origin);
        await page.SignInAsync(Token);
        return page;
    }

    private static bool IsLive(Saying said) => said.Link == "Live";

    /// <param name="what">Of what it must be; empty for anything.</param>
    private static bool IsWrong(Saying said, string what) =>
        said.Verdict.Contains("Wrong:", StringComparison.Ordinal)
        && said.Verdict.Contains(what, StringComparison.OrdinalIgnoreCase);

    private static Func<Task> Act(Action act) =>
        () =>
        {
            act();
            return Task.CompletedTask;
        };

    private static Dictionary<string, string> SettingsFor(CephCluster ceph, CephBucket bucket, Uri endpoint) =>
        new(ceph.Settings(bucket, endpoint), StringComparer.Ordinal)
        {
            ["SPILLWAY__ADMIN__TOKEN"] = Token,
            ["SPILLWAY__STREAMS__LIVE__SLATE"] = "none",
        };
}
