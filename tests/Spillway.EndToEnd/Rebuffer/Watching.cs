using System.Text.Json;
using Microsoft.Playwright;
using Spillway.EndToEnd.Viewers;

namespace Spillway.EndToEnd.Rebuffer;

/// <summary>A page with a player, ours or not, in a context of its own.</summary>
internal sealed class Watching : IAsyncDisposable
{
    private static readonly string s_script = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Rebuffer", "picture.js"));

    private readonly IPage _page;

    private Watching(string name, IPage page) => (Name, _page) = (name, page);

    public string Name { get; }

    /// <summary>What was seen last.</summary>
    public Picture? Last { get; private set; }

    /// <summary>Returns when the page has begun to load.</summary>
    public static async Task<Watching> OpenAsync(Browser browser, string name, string url)
    {
        var page = await browser.NewPageAsync();
        await page.SetViewportSizeAsync(480, 300);
        await page.AddInitScriptAsync(s_script);
        await page.GotoAsync(url, new() { WaitUntil = WaitUntilState.Commit, Timeout = 20_000 });
        return new Watching(name, page);
    }

    public async Task<Picture> LookAsync()
    {
        var seen = await _page
            .EvaluateAsync<string>("() => JSON.stringify(globalThis.spillwayPicture)")
            .WaitAsync(TimeSpan.FromSeconds(15));
        return Last = JsonSerializer.Deserialize<Picture>(seen, JsonSerializerOptions.Web)!;
    }

    public Task BeginsAsync(TimeSpan within) =>
        Until.TrueAsync(async () => (await LookAsync()).First is not null, within, () => $"{Name} shows a picture: {Last}");

    /// <summary>The picture goes on by so many seconds from now.</summary>
    public async Task GoesOnAsync(double seconds, TimeSpan within)
    {
        var since = (await LookAsync()).Played;
        await Until.TrueAsync(
            async () => (await LookAsync()).Played >= since + seconds,
            within,
            () => $"{Name} plays {seconds} s more: {Last}"
        );
    }

    public async ValueTask DisposeAsync() => await _page.Context.CloseAsync();
}
