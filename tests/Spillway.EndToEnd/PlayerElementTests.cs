using Microsoft.Playwright;
using Spillway.EndToEnd.Servers;

namespace Spillway.EndToEnd;

/// <summary>The player on somebody else's page.</summary>
public sealed class PlayerElementTests : EndToEndTest
{
    [Fact(Timeout = 90_000)]
    public async Task A_page_of_another_origin_plays_the_stream_with_two_lines()
    {
        var source = await CreateSourceAsync();
        var server = await ServeAsync(
            source.Folder,
            new Dictionary<string, string>
            {
                ["SPILLWAY__STREAMS__LIVE__BRANDING__ACCENT"] = "#b8430b",
                ["SPILLWAY__STREAMS__LIVE__BRANDING__NAME"] = "Hall 2",
                ["SPILLWAY__STREAMS__LIVE__DESCRIPTION"] = "Two hours of it.",
            }
        );
        source.Start();
        await server.ListsAsync(3, TimeSpan.FromSeconds(20));
        var site = Directory.CreateDirectory(Path.Combine(Folder, "site")).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(site, "index.html"),
            $"""
            <!doctype html><title>A site</title>
            <script type="module" src="{server.Edge}watch/spillway-player.js"></script>
            <spillway-player src="{server.Edge}live/playlist.m3u8"></spillway-player>
            <script>
              const states = [];
              document.querySelector("spillway-player").addEventListener("statechange", ({"{"} detail {"}"}) => states.push(detail.state));
            </script>
            """
        );
        var host = Own(await NginxEdge.StartAsync(Path.Combine(Folder, "host"), server.Edge, plain: site));

        var viewer = await OpenAsync($"{host.PublicUrl}/plain/index.html");
        await viewer.PlaysAsync(3, TimeSpan.FromSeconds(25));
        Assert.Equal("live", await viewer.ReadAsync<string>($"{Element}.state"));
        Assert.Equal("live", await viewer.ReadAsync<string>("states.at(-1)"));
        Assert.Contains(
            "#b8430b",
            await viewer.ReadAsync<string>($"{Element}.renderRoot.firstElementChild.getAttribute('style')"),
            StringComparison.Ordinal
        );
        var segments = viewer.Requests.Where(static request => request.IsSegment).ToList();
        Assert.All(segments, request => Assert.Equal(server.EdgePort, request.Url.Port));
        // What is asked for ahead of the player is what it wants.
        var played = await viewer.ReadAsync<IReadOnlyList<Viewers.ViewerSegment>>($"{Element}.figures.segments");
        Assert.Equal(segments[0].Url.AbsoluteUri, played[0].Url);
        Assert.Single(segments, request => request.Url == segments[0].Url);
        // The page's own host has no tracker: it is the edge's host that has one.
        await Until.TrueAsync(
            () => viewer.Sockets.Any(socket => socket.Port == server.Port),
            TimeSpan.FromSeconds(15),
            () => $"it finds the tracker: {string.Join(' ', viewer.Sockets)}"
        );

        // Spillway's own page says whose it is; in an iframe there is the picture alone.
        var page = await OpenAsync(server.Origin);
        await page.PlaysAsync(1, TimeSpan.FromSeconds(25));
        Assert.Contains("Hall 2", (await page.Page.Locator("header").TextContentAsync())!, StringComparison.Ordinal);
        Assert.Equal("Two hours of it.", await page.Page.Locator(".about").InnerTextAsync());
        await Viewers.Axe.AssertNothingAsync(page.Page, "it plays");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "About this playback" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Copy as text" }).WaitForAsync();
        await Viewers.Axe.AssertNothingAsync(page.Page, "the panel is open");
        var embedded = await OpenAsync(server.Origin + "watch/live?embed");
        await embedded.PlaysAsync(1, TimeSpan.FromSeconds(25));
        Assert.Equal(0, await embedded.Page.Locator("header").CountAsync());
        // The policy in the page let everything through that it needs.
        foreach (var who in (Viewers.Viewer[])[viewer, page, embedded])
            Assert.DoesNotContain(who.Console, static line => line.Contains("Content Security Policy", StringComparison.Ordinal));
    }

    private const string Element = "document.querySelector('spillway-player')";
}
