using Spillway.EndToEnd.Viewers;

namespace Spillway.EndToEnd;

/// <summary>The source dies and comes back with other names, numbers and time stamps, as a restarted Owncast does.</summary>
public sealed class SourceRestartTests : EndToEndTest
{
    [Fact(Timeout = 120_000)]
    public async Task A_source_that_is_killed_and_comes_back_costs_one_discontinuity_and_no_reload()
    {
        var source = await CreateSourceAsync();
        // The slate has discontinuities of its own.
        var server = await ServeAsync(
            source.Folder,
            new Dictionary<string, string> { ["SPILLWAY__STREAMS__LIVE__SLATE"] = "none" }
        );
        source.Start();
        await server.ListsAsync(3, TimeSpan.FromSeconds(20));
        var judge = Own(Judge.Watch(server.Edge));
        Viewer[] viewers = [await OpenAsync(server.Origin), await OpenAsync(server.Origin)];
        await AllPlayAsync(viewers, 4, TimeSpan.FromSeconds(25));
        var pages = await Task.WhenAll(viewers.Select(viewer => viewer.PageIdAsync()));
        var broadcast = (await viewers[0].FiguresAsync()).Broadcast;

        await source.KillAsync();
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        source.Start();

        await Until.TrueAsync(
            () => Discontinuities("0").Count > 0 && Discontinuities("1").Count > 0,
            TimeSpan.FromSeconds(20),
            () => $"both renditions go on after a discontinuity. Spillway wrote:\n{server.Log}"
        );
        var first = Discontinuities("0").Max();
        foreach (var viewer in viewers)
        {
            await viewer.UntilAsync(
                figures => figures.Segments.Any(segment => segment.Number > first + 1),
                "it has loaded what came after the restart",
                TimeSpan.FromSeconds(20)
            );
        }
        await AllPlayAsync(viewers, 3, TimeSpan.FromSeconds(20));

        foreach (var rendition in (string[])["0", "1"])
        {
            var history = Assert.Single(judge.Histories(rendition));
            Assert.Single(Discontinuities(rendition));
            Assert.Equal(history.Listings.Count, history.Listings.Keys.Last() - history.Listings.Keys.First() + 1);
            Assert.True(history.Listings.Keys.First() >= 1_000_000);
        }
        for (var index = 0; index < viewers.Length; index++)
        {
            var figures = await viewers[index].FiguresAsync();
            Assert.Equal(broadcast, figures.Broadcast);
            Assert.Equal("live", figures.State);
            Assert.Equal(pages[index], await viewers[index].PageIdAsync());
        }
        await judge.PassAsync();

        List<long> Discontinuities(string rendition)
        {
            lock (judge.Poller.Checker)
                return
                [
                    .. judge
                        .Histories(rendition)
                        .SelectMany(history => history.Listings.Values)
                        .Where(listing => listing.Segment.Discontinuity)
                        .Select(listing => listing.Segment.Number),
                ];
        }
    }
}
