using Microsoft.Playwright;

namespace Spillway.EndToEnd.Viewers;

/// <summary>One Chromium; each viewer gets a context of its own in it, since peers of one context would share their id.</summary>
internal sealed class Browser : IAsyncDisposable
{
    /// <summary>A host name for this machine that is no secure context: there is no crypto.subtle over plain HTTP.</summary>
    public const string InsecureHost = "spillway.test";

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Browser(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    public static async Task<Browser> StartAsync()
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(
            new()
            {
                ExecutablePath = "/usr/bin/chromium",
                Headless = true,
                Args =
                [
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--autoplay-policy=no-user-gesture-required",
                    $"--host-resolver-rules=MAP {InsecureHost} 127.0.0.1",
                ],
            }
        );
        return new Browser(playwright, browser);
    }

    public string Version => _browser.Version;

    /// <param name="url">The page.</param>
    /// <param name="script">Run before the page's own.</param>
    public Task<Viewer> OpenAsync(string url, string? script = null) => Viewer.OpenAsync(_browser, url, script);

    /// <summary>An empty page in a context of its own, for what is no player of ours.</summary>
    public async Task<IPage> NewPageAsync() => await (await _browser.NewContextAsync()).NewPageAsync();

    public async ValueTask DisposeAsync()
    {
        await _browser.CloseAsync();
        _playwright.Dispose();
    }
}
