using System.Text.Json;
using Microsoft.Playwright;
using Spillway.EndToEnd.Servers;
using Spillway.EndToEnd.Viewers;

namespace Spillway.EndToEnd;

/// <summary>A show in two qualities: viewers go from one to the other, by hand and by themselves, and share in each.</summary>
public sealed class QualityTests : EndToEndTest
{
    private const string Large = "0";
    private const string Small = "1";

    [Fact(Timeout = 120_000)]
    public async Task Viewers_change_the_quality_without_a_stall_and_share_in_each()
    {
        var source = await CreateSourceAsync();
        var server = await ServeAsync(source.Folder);
        source.Start();
        await server.ListsAsync(3, TimeSpan.FromSeconds(20));
        var judge = Own(Judge.Watch(server.Edge));

        var first = await OpenAsync(server.Origin);
        var changing = await OpenAsync(server.Origin);
        var thrifty = await OpenAsync(server.Origin);
        // By itself, on a line that becomes narrow, and with nothing from others, who would widen it.
        var alone = await OpenAsync(server.Origin, "localStorage.setItem('spillway-sharing', 'off');");
        Viewer[] all = [first, changing, thrifty, alone];
        await AllPlayAsync(all, 1, TimeSpan.FromSeconds(25));
        // Four browsers that start at once are another matter.
        var starting = await Task.WhenAll(all.Select(StalledAsync));
        await ChooseAsync(first, Large);
        await ChooseAsync(changing, Large);
        await ChooseAsync(thrifty, Small);
        await SharesAsync([first, changing], Large);
        await using var line = await NarrowAsync(alone, bitsPerSecond: 280_000);

        // It meets one who has been there from the beginning.
        var before = await changing.NowAsync();
        await ChooseAsync(changing, Small);
        await SharesAsync([changing, thrifty], Small);
        await alone.UntilAsync(
            static figures => figures.Rendition == Small,
            "a narrow line makes it small",
            TimeSpan.FromSeconds(20)
        );
        await AllPlayAsync([changing, alone], 3, TimeSpan.FromSeconds(10));

        foreach (var (viewer, atStart) in all.Zip(starting))
        {
            var figures = await viewer.FiguresAsync();
            var stalled = await StalledAsync(viewer) - atStart;
            TestContext.Current.TestOutputHelper?.WriteLine($"Viewer {Array.IndexOf(all, viewer) + 1}: {stalled:F2} s still");
            // hls.js may wait for some milliseconds where it puts another quality into the buffer: nobody sees that. On the line that
            // becomes narrow it first has to see that it is: what that may cost is below.
            Assert.True(
                stalled <= 0.2 || viewer == alone,
                $"Viewer {Array.IndexOf(all, viewer) + 1} of 4 stood still for {stalled:F1} s; {figures}"
            );
            Assert.Equal(0, figures.P2pRejected + figures.HttpRejected);
            Assert.DoesNotContain(figures.Segments, static segment => segment.Sha256Ok == false);
        }
        foreach (var viewer in (Viewer[])[changing, alone])
        {
            var playback = await viewer.PlaybackAsync(before);
            // On the narrow line a few segments come more slowly than they play before hls.js believes it: less than one segment's length.
            var longest = viewer == alone ? source.SegmentSeconds : 1;
            Assert.True(playback.Jumps == 0 && playback.LongestStall < longest, $"{playback}; {await viewer.FiguresAsync()}");
        }
        Assert.Equal(0, (await alone.FiguresAsync()).BytesFromPeers);
        var health = await server.HealthAsync();
        using var json = JsonDocument.Parse(health.Text);
        var splits = json.RootElement.GetProperty("streams")[0].GetProperty("swarmSplits");
        Assert.Equal(0, splits.GetProperty("count").GetInt64());
        await judge.PassAsync();
    }

    /// <summary>It is still in the multivariant playlist, since the source still names it; what it lists is gaps.</summary>
    [Fact(Timeout = 120_000)]
    [Trait("Speed", "slow")]
    public async Task When_a_quality_dies_its_viewers_go_on_in_the_other()
    {
        var source = await CreateSourceAsync();
        var server = await ServeAsync(source.Folder);
        source.Start();
        await server.ListsAsync(3, TimeSpan.FromSeconds(20));
        var judge = Own(Judge.Watch(server.Edge));
        var automatic = await OpenAsync(server.Origin);
        await automatic.UntilAsync(
            static figures => figures.Rendition == Large,
            "a fast line makes it large",
            TimeSpan.FromSeconds(30)
        );
        await automatic.PlaysAsync(3, TimeSpan.FromSeconds(10));
        var before = await automatic.NowAsync();
        source.Dead = Large;
        await automatic.UntilAsync(
            static figures => figures.Rendition == Small,
            "it goes on in the other one",
            TimeSpan.FromSeconds(30)
        );
        await automatic.PlaysAsync(10, TimeSpan.FromSeconds(15));
        var playback = await automatic.PlaybackAsync(before);
        Assert.True(playback is { LongestStall: < 3, Jumps: <= 1 }, $"{playback}; {await automatic.FiguresAsync()}");
        Assert.DoesNotContain(automatic.Requests, static request => request.IsGap);
        await judge.PassAsync();
    }

    private static Task<double> StalledAsync(Viewer viewer) => viewer.ReadAsync<double>("spillway.stalledSeconds");

    private static async Task ChooseAsync(Viewer viewer, string rendition)
    {
        var menu = viewer.Page.GetByRole(AriaRole.Combobox, new() { Name = "Quality" });
        // The larger one comes first, after "Automatic".
        await menu.SelectOptionAsync(new SelectOptionValue { Index = rendition == Large ? 1 : 2 }, new() { Force = true });
        await viewer.UntilAsync(
            figures => figures.Rendition == rendition,
            $"rendition {rendition} is on screen",
            TimeSpan.FromSeconds(20)
        );
    }

    /// <summary>Waits until bytes of that rendition have gone from one to the other.</summary>
    private static async Task SharesAsync(IReadOnlyList<Viewer> viewers, string rendition)
    {
        var shared = 0L;
        await Until.TrueAsync(
            async () =>
            {
                var figures = await Task.WhenAll(viewers.Select(viewer => viewer.FiguresAsync()));
                shared = figures
                    .SelectMany(static viewer => viewer.Segments)
                    .Where(IsShared)
                    .Sum(static segment => segment.Bytes);
                return shared > 0;
            },
            TimeSpan.FromSeconds(25),
            () => $"bytes of rendition {rendition} come from peers: {shared}"
        );
        TestContext.Current.TestOutputHelper?.WriteLine($"Rendition {rendition}: {shared} bytes from peers");

        bool IsShared(ViewerSegment segment) =>
            segment is { From: "peer", Sha256Ok: true } && segment.Url.Contains($"/{rendition}/", StringComparison.Ordinal);
    }

    private static async Task<Line> NarrowAsync(Viewer viewer, int bitsPerSecond)
    {
        var session = await viewer.Page.Context.NewCDPSessionAsync(viewer.Page);
        await session.SendAsync("Network.enable");
        await session.SendAsync(
            "Network.emulateNetworkConditions",
            new Dictionary<string, object>
            {
                ["offline"] = false,
                ["latency"] = 20,
                ["downloadThroughput"] = bitsPerSecond / 8,
                ["uploadThroughput"] = -1,
            }
        );
        return new Line(session);
    }

    private sealed class Line(ICDPSession session) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await session.DetachAsync();
    }
}
