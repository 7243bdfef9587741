using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Playwright;
using Spillway.EndToEnd.Viewers;

namespace Spillway.EndToEnd.Tracker;

/// <summary>WebTorrent's own browser build (2.8.5), with nothing of ours in the pages.</summary>
public sealed class WebTorrentTests : EndToEndTest
{
    private const string Page = """
        <!doctype html><meta charset="utf-8"><title>WebTorrent</title>
        <script type="module">
          import WebTorrent from "./webtorrent.min.js";
          globalThis.client = new WebTorrent({ dht: false, lsd: false, utPex: false, tracker: { rtcConfig: { iceServers: [] } } });
        </script>
        """;

    [Fact(Timeout = 60_000)]
    public async Task A_file_goes_from_one_page_to_another_that_met_through_our_tracker()
    {
        var tracker = Own(await TrackerProcess.OursAsync(Folder));
        var browser = await StartBrowserAsync();
        var seeder = await OpenAsync(browser, tracker);
        var leecher = await OpenAsync(browser, tracker);
        var file = RandomNumberGenerator.GetBytes(300_000);

        var magnet = await seeder.EvaluateAsync<string>(
            """
            ({ base64, url }) => new Promise((resolve, reject) => {
              const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
              client.on("error", (error) => reject(error));
              client.seed(new File([bytes], "small.bin"), { announce: [url] }, (torrent) => resolve(torrent.magnetURI));
            })
            """,
            new { base64 = Convert.ToBase64String(file), url = tracker.Url }
        );
        var got = await leecher.EvaluateAsync<JsonElement>(
            """
            ({ magnet, url }) => new Promise((resolve, reject) => {
              client.on("error", (error) => reject(error));
              client.add(magnet, { announce: [url] }, (torrent) => torrent.on("done", async () => {
                const bytes = await torrent.files[0].arrayBuffer();
                const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
                resolve({ length: bytes.byteLength, received: torrent.received, hash: [...hash].map((b) => b.toString(16).padStart(2, "0")).join("") });
              }));
            })
            """,
            new { magnet, url = tracker.Url }
        );
        Assert.Equal(file.Length, got.GetProperty("length").GetInt32());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(file)), got.GetProperty("hash").GetString());
        Assert.True(got.GetProperty("received").GetInt64() >= file.Length, $"{got}");
    }

    /// <summary>A page at the tracker's own address: that is no other origin, and a secure context, which WebTorrent needs.</summary>
    private static async Task<IPage> OpenAsync(Browser browser, TrackerProcess tracker)
    {
        var page = await browser.NewPageAsync();
        var root = $"http://127.0.0.1:{tracker.Port}/webtorrent/";
        await page.RouteAsync(
            $"{root}**",
            async route =>
            {
                if (route.Request.Url == root)
                    await route.FulfillAsync(new() { ContentType = "text/html", Body = Page });
                else
                    await route.FulfillAsync(
                        new()
                        {
                            Path = System.IO.Path.Combine(
                                TrackerProcess.Packages,
                                "node_modules",
                                "webtorrent",
                                "dist",
                                "webtorrent.min.js"
                            ),
                        }
                    );
            }
        );
        await page.GotoAsync(root, new() { Timeout = 15_000 });
        await page.WaitForFunctionAsync("globalThis.client", null, new() { Timeout = 15_000 });
        return page;
    }
}
