using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Playwright;

namespace Spillway.EndToEnd.Viewers;

/// <summary>Somebody who watches: a page in Chromium, with everything it asked of the network and how its picture went on.</summary>
internal sealed class Viewer : IAsyncDisposable
{
    private static readonly string s_script = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Viewers", "viewer.js"));

    private readonly IBrowserContext _context;
    private readonly ConcurrentDictionary<string, ViewerRequest> _open = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<ViewerRequest> _requests = new();
    private readonly ConcurrentQueue<Uri> _sockets = new();
    private readonly ConcurrentQueue<string> _console = new();

    private Viewer(IBrowserContext context, IPage page) => (_context, Page) = (context, page);

    public IPage Page { get; }
    public IReadOnlyCollection<ViewerRequest> Requests => _requests;

    /// <summary>WebSockets opened.</summary>
    public IReadOnlyCollection<Uri> Sockets => _sockets;
    public IReadOnlyCollection<string> Console => _console;

    public static async Task<Viewer> OpenAsync(IBrowser browser, string url, string? script)
    {
        var context = await browser.NewContextAsync(
            new()
            {
                ViewportSize = new() { Width = 640, Height = 400 },
            }
        );
        var viewer = new Viewer(context, await context.NewPageAsync());
        await viewer.Page.AddInitScriptAsync(s_script);
        if (script is not null)
            await viewer.Page.AddInitScriptAsync(script);
        viewer.Page.Console += (_, message) => viewer._console.Enqueue($"{message.Type}: {message.Text}");
        viewer.Page.PageError += (_, error) => viewer._console.Enqueue($"uncaught: {error}");
        await viewer.ListenAsync();
        await viewer.Page.GotoAsync(url, new() { WaitUntil = WaitUntilState.DOMContentLoaded, Timeout = 15_000 });
        await viewer.ReadyAsync();
        return viewer;
    }

    public Task<ViewerFigures> FiguresAsync() => ReadAsync<ViewerFigures>("spillway");

    public Task<IReadOnlyList<PlaybackSample>> SamplesAsync() => ReadAsync<IReadOnlyList<PlaybackSample>>("spillwayTest.samples");

    public Task<AppendedMedia> AppendedAsync() => ReadAsync<AppendedMedia>("spillwayTest.appended");

    /// <summary>A number that a reload of the page would change.</summary>
    public Task<double> PageIdAsync() => ReadAsync<double>("spillwayTest.id");

    /// <summary>Milliseconds since the page was opened.</summary>
    public Task<double> NowAsync() => ReadAsync<double>("performance.now()");

    /// <summary>What the page says over the picture, or nothing.</summary>
    public async Task<string> NoticeAsync() =>
        await Page.Locator("[role=status]:not([hidden])").AllInnerTextsAsync() is [var text, ..] ? text : "";

    /// <summary>What it says beside the picture, or nothing.</summary>
    public Task<string> AsideAsync() => Page.Locator(".aside").InnerTextAsync();

    public async Task<ViewerFigures> UntilAsync(Func<ViewerFigures, bool> condition, string what, TimeSpan within)
    {
        ViewerFigures? last = null;
        await ReadyAsync();
        await Until.TrueAsync(
            async () => condition(last = await FiguresAsync()),
            within,
            () => $"{what}. The player says {last}; its console: {string.Join(" | ", _console)}"
        );
        return last!;
    }

    /// <summary>
    /// Waits until it has given segments to others or taken some from them. Which of the two is not for a test to ask: who happens to
    /// load the playlist first fetches most segments, and gives them to the rest.
    /// </summary>
    public Task<ViewerFigures> SharesAsync(TimeSpan within) =>
        UntilAsync(static figures => figures.BytesShared > 0, "it shares with others", within);

    /// <summary>Waits until the picture has moved on by so many seconds from now, on whatever broadcast.</summary>
    public async Task PlaysAsync(double seconds, TimeSpan within)
    {
        var since = await NowAsync();
        Playback? playback = null;
        await Until.TrueAsync(
            async () => (playback = Playback.Of(await SamplesAsync(), since)).Played >= seconds,
            within,
            () => $"the picture moves on by {seconds} s: {playback}; its console: {string.Join(" | ", _console)}"
        );
    }

    /// <param name="since">Milliseconds since the page was opened.</param>
    public async Task<Playback> PlaybackAsync(double since) => Playback.Of(await SamplesAsync(), since);

    public Task<T> ReadAsync<T>(string expression) =>
        ParseAsync<T>(Page.EvaluateAsync<string>($"() => JSON.stringify({expression})"));

    public async ValueTask DisposeAsync() => await _context.CloseAsync();

    /// <summary>The player's code comes after the page itself.</summary>
    private Task ReadyAsync() =>
        Until.TrueAsync(
            () => Page.EvaluateAsync<bool>("() => customElements.get('spillway-player') !== undefined"),
            TimeSpan.FromSeconds(15),
            () => $"the player is loaded; its console: {string.Join(" | ", _console)}"
        );

    private static async Task<T> ParseAsync<T>(Task<string> json) =>
        JsonSerializer.Deserialize<T>(await json.WaitAsync(TimeSpan.FromSeconds(10)), JsonSerializerOptions.Web)!;

    private async Task ListenAsync()
    {
        var session = await _context.NewCDPSessionAsync(Page);
        On("Network.requestWillBeSent", Sent);
        On("Network.responseReceived", Answered);
        On("Network.requestServedFromCache", args => Find(args)?.FromCache = true);
        On("Network.dataReceived", args => Find(args)?.Received(args.GetProperty("dataLength").GetInt64()));
        On("Network.webSocketCreated", args => _sockets.Enqueue(new Uri(args.GetProperty("url").GetString()!)));
        await session.SendAsync("Network.enable");

        void On(string name, Action<JsonElement> handle) =>
            session.Event(name).OnEvent += (_, args) =>
            {
                if (args is { } given)
                    handle(given);
            };
    }

    private void Sent(JsonElement args)
    {
        var request = args.GetProperty("request");
        var url = new Uri(request.GetProperty("url").GetString()!);
        if (url.Scheme is not ("http" or "https"))
            return;
        var kind = args.TryGetProperty("type", out var type) ? type.GetString() ?? "" : "";
        var sent = new ViewerRequest(request.GetProperty("method").GetString()!, url, kind);
        _requests.Enqueue(sent);
        _open[args.GetProperty("requestId").GetString()!] = sent;
    }

    private void Answered(JsonElement args)
    {
        if (Find(args) is not { } request)
            return;
        var response = args.GetProperty("response");
        request.Status = response.GetProperty("status").GetInt32();
        request.FromCache |= response.TryGetProperty("fromDiskCache", out var cached) && cached.GetBoolean();
    }

    private ViewerRequest? Find(JsonElement args) => _open.GetValueOrDefault(args.GetProperty("requestId").GetString()!);
}
