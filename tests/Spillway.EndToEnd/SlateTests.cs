using Microsoft.Playwright;
using Spillway.EndToEnd.Servers;
using Spillway.EndToEnd.Sources;
using Spillway.EndToEnd.Viewers;

namespace Spillway.EndToEnd;

/// <summary>The source pauses while two share what they watch: what fills the pause never gets to the P2P engine, and the show comes back by itself.</summary>
public sealed class SlateTests : EndToEndTest
{
    private static readonly TimeSpan s_short = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(5);

    [Fact(Timeout = 240_000)]
    public Task In_a_pause_the_slate_plays_and_the_show_comes_back() => SlateAsync(s_short);

    [Fact(Timeout = 600_000)]
    [Trait("Speed", "slow")]
    public Task In_a_pause_of_five_minutes_the_slate_plays_and_the_show_comes_back() => SlateAsync(s_long);

    [Fact(Timeout = 170_000)]
    public Task In_a_pause_without_a_slate_nothing_asks_for_a_gap_and_the_show_comes_back() => GapsAsync(s_short);

    [Fact(Timeout = 600_000)]
    [Trait("Speed", "slow")]
    public Task In_a_pause_of_five_minutes_without_a_slate_nothing_asks_for_a_gap_and_the_show_comes_back() => GapsAsync(s_long);

    /// <summary>Seconds: beyond it the player itself would jump (hls-options.ts), with segments of 2 s.</summary>
    private const double LargestLatency = 21;

    private async Task SlateAsync(TimeSpan pause)
    {
        var (source, server, viewers) = await ShareAsync(slate: "");
        await Until.TrueAsync(
            () => server.Log.Contains("the slate is stored", StringComparison.Ordinal),
            TimeSpan.FromSeconds(90),
            () => $"the slate is there. Spillway wrote:\n{server.Log}"
        );
        var judge = Own(Judge.Watch(server.Edge));
        var pages = await Task.WhenAll(viewers.Select(static viewer => viewer.PageIdAsync()));

        await source.KillAsync();
        foreach (var viewer in viewers)
        {
            await viewer.UntilAsync(
                static figures => figures.State == "slate",
                "the slate is on screen",
                TimeSpan.FromSeconds(30)
            );
            Assert.Equal("The show will be back soon.", await viewer.AsideAsync());
            Assert.Equal("", await viewer.NoticeAsync());
        }
        // What was buffered of the show has been played, and what peers still sent of it has come.
        await Pass(TimeSpan.FromSeconds(3));
        var (began, before) = (await NowAsync(viewers), await FiguresAsync(viewers));
        await LookAsync(viewers[1]);
        await Pass(pause - TimeSpan.FromSeconds(3));
        var after = await FiguresAsync(viewers);
        for (var index = 0; index < viewers.Count; index++)
        {
            // Each repetition is as long as the playlist says: nobody falls behind.
            Assert.InRange(after[index].Latency!.Value - before[index].Latency!.Value, -4, 4);
            var playback = await viewers[index].PlaybackAsync(began[index]);
            Assert.True(playback.Played > 0.9 * playback.Seconds, $"the slate goes on: {playback}");
            Assert.True(playback.LongestStall < 1.5, $"{playback}");
            Assert.True(playback.Frames > 15 * playback.Seconds, $"{playback}");
            Assert.Equal(before[index].BytesFromPeers, after[index].BytesFromPeers);
            Assert.Equal("slate", after[index].State);
            var slate = viewers[index].Requests.Where(static request => request.IsSlate).ToList();
            Assert.NotEmpty(slate);
            Assert.All(slate, static request => Assert.Equal("XHR", request.Kind));
            Assert.Contains(viewers[index].Requests, static request => request is { IsSegment: true, Kind: "Fetch" });
            Assert.All(
                after[index].Segments.Where(static segment => segment.Url.Contains("/slate/", StringComparison.Ordinal)),
                static segment => Assert.Equal("edge", segment.From)
            );
        }

        source.Start();
        await BackAsync(viewers, pages, after);
        AssertNoGapWasAsked(viewers);
        await judge.PassAsync();
    }

    private async Task GapsAsync(TimeSpan pause)
    {
        var (source, server, viewers) = await ShareAsync(slate: "none");
        var judge = Own(Judge.Watch(server.Edge));
        var pages = await Task.WhenAll(viewers.Select(static viewer => viewer.PageIdAsync()));

        await source.KillAsync();
        foreach (var viewer in viewers)
        {
            await viewer.UntilAsync(
                static figures => figures.State == "recovering",
                "the picture stands still, and it is told",
                TimeSpan.FromSeconds(30)
            );
        }
        var began = await FiguresAsync(viewers);
        await Pass(pause);
        var before = await FiguresAsync(viewers);
        Assert.All(before, static figures => Assert.Equal("recovering", figures.State));
        // It waits: nothing is torn down and begun anew again and again.
        Assert.Equal(began.Select(static f => f.Errors.Count), before.Select(static f => f.Errors.Count));
        Assert.Contains(judge.Histories("0").Single().Listings.Values, static listing => listing.Segment.Gap);

        source.Start();
        await BackAsync(viewers, pages, before);
        AssertNoGapWasAsked(viewers);
        await judge.PassAsync();
    }

    /// <summary>Two who watch and pass segments on to each other.</summary>
    private async Task<(OwncastSource Source, SpillwayProcess Server, IReadOnlyList<Viewer> Viewers)> ShareAsync(string slate)
    {
        var source = await CreateSourceAsync();
        var settings = new Dictionary<string, string>
        {
            ["SPILLWAY__STREAMS__LIVE__SLATE"] = slate,
            ["SPILLWAY__STREAMS__LIVE__GRACE"] = "10m",
            ["SPILLWAY__STREAMS__LIVE__TITLE"] = "An evening at the lake",
        };
        var server = await ServeAsync(source.Folder, settings);
        source.Start();
        await server.ListsAsync(3, TimeSpan.FromSeconds(20));
        Viewer[] viewers = [await OpenAsync(server.Origin), await OpenAsync(server.Origin)];
        await AllPlayAsync(viewers, 4, TimeSpan.FromSeconds(25));
        foreach (var viewer in viewers)
            await viewer.UntilAsync(
                static figures => figures.Peers > 0 && figures.BytesShared > 100_000,
                "they share",
                TimeSpan.FromSeconds(40)
            );
        return (source, server, viewers);
    }

    /// <summary>By itself, on the same page, near the live edge, and shared again.</summary>
    private static async Task BackAsync(IReadOnlyList<Viewer> viewers, double[] pages, IReadOnlyList<ViewerFigures> before)
    {
        for (var index = 0; index < viewers.Count; index++)
        {
            var was = before[index];
            await viewers[index]
                .UntilAsync(
                    figures => figures.State == "live" && figures.Broadcast == was.Broadcast,
                    "the show is back",
                    TimeSpan.FromSeconds(45)
                );
        }
        await AllPlayAsync(viewers, 6, TimeSpan.FromSeconds(30));
        for (var index = 0; index < viewers.Count; index++)
        {
            var was = before[index];
            var figures = await viewers[index]
                .UntilAsync(
                    figures => figures.Latency < LargestLatency && figures.BytesShared > was.BytesShared + 50_000,
                    "they share again, near the live edge",
                    TimeSpan.FromSeconds(40)
                );
            Assert.Equal(pages[index], await viewers[index].PageIdAsync());
            Assert.Equal("", await viewers[index].AsideAsync());
            Assert.Equal(0, figures.P2pRejected + figures.HttpRejected);
        }
    }

    private static void AssertNoGapWasAsked(IReadOnlyList<Viewer> viewers)
    {
        foreach (var viewer in viewers)
        {
            Assert.DoesNotContain(viewer.Requests, static request => request.IsGap);
            Assert.DoesNotContain(viewer.Requests, static request => request is { IsSlate: true, Kind: not "XHR" });
        }
    }

    /// <summary>Left for people to look at, in <c>artifacts/e2e</c>.</summary>
    private static async Task LookAsync(Viewer viewer)
    {
        var folder = Path.Combine(SpillwayProcess.Artifacts, "e2e");
        Directory.CreateDirectory(folder);
        (string Name, int Width, int Height, ColorScheme Colours)[] looks =
        [
            ("light", 1000, 640, ColorScheme.Light),
            ("dark", 1000, 640, ColorScheme.Dark),
            ("phone", 390, 700, ColorScheme.Light),
        ];
        foreach (var (name, width, height, colours) in looks)
        {
            await viewer.Page.EmulateMediaAsync(new() { ColorScheme = colours });
            await viewer.Page.SetViewportSizeAsync(width, height);
            await viewer.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"slate-{name}.png"), Timeout = 5_000 });
        }
        await viewer.Page.SetViewportSizeAsync(640, 400);
    }

    private static Task Pass(TimeSpan time) => Task.Delay(time, TestContext.Current.CancellationToken);

    private static Task<double[]> NowAsync(IEnumerable<Viewer> viewers) =>
        Task.WhenAll(viewers.Select(static viewer => viewer.NowAsync()));

    private static async Task<IReadOnlyList<ViewerFigures>> FiguresAsync(IEnumerable<Viewer> viewers) =>
        await Task.WhenAll(viewers.Select(static viewer => viewer.FiguresAsync()));
}
