using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Spillway.Configuration;
using Spillway.Sources.Hls;
using Spillway.Storage;
using Spillway.Tests.Sources.Hls;
using Spillway.Tests.Storage;
using Spillway.Timeline;
using Spillway.Watch;
using Spillway.Watch.Checking;
using ListedSegment = Spillway.Watch.Checking.ListedSegment;

namespace Spillway.Tests.Misbehaving;

/// <summary>
/// The whole server on real ports, a source of real media that lies as the test wants, and a viewer at the edge who polls the
/// playlists and loads every listed segment. All live by a clock that runs fast, and stands still while one of them is at work.
/// Whatever a test does, at its end no rule of HLS may have been broken, every listed segment must have come and be one that the
/// source made, none twice, and what lies between two breaks must decode without a fault and with continuous time stamps.
/// </summary>
public abstract class MisbehavingTest : IAsyncLifetime
{
    private readonly Dictionary<string, (string Label, Footage Footage, int Index)> _known = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _leaving = new();
    private readonly HttpClient _browser = new(new SocketsHttpHandler { UseProxy = false });
    private FaultyStore? _store;
    private volatile bool _isHeld;
    private RunningServer? _server;
    private Task _watching = Task.CompletedTask;

    private protected MisbehavingTest() =>
        Clock = new FastClock(() => _isHeld || _store?.IsBusy == true || Viewer?.IsBusy == true || Origin?.IsBusy == true);

    private protected FastClock Clock { get; }

    /// <summary>Where the source writes.</summary>
    private protected TestFolder Folder { get; } = new();

    /// <summary>Serves the folder, for sources that are followed over HTTP.</summary>
    private protected TestOrigin Origin { get; private set; } = null!;

    private protected RunningServer Server => _server!;

    private protected PlaylistPoller Viewer { get; private set; } = null!;

    /// <summary>The source's own time stamps are broken within its segments' run: only what is listed is judged.</summary>
    private protected bool MayRepeat { get; set; }

    public async ValueTask InitializeAsync()
    {
        Origin = await TestOrigin.StartAsync();
        Origin.Serve(Folder);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_server is not null)
                await JudgeAsync();
        }
        finally
        {
            Origin.Fault = null;
            await _leaving.CancelAsync();
            await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_server is not null)
                await _server.DisposeAsync();
            await Origin.DisposeAsync();
            await Clock.DisposeAsync();
            _browser.Dispose();
            _leaving.Dispose();
            Folder.Dispose();
            GC.SuppressFinalize(this);
        }
    }

    /// <param name="source">Null: the folder itself.</param>
    private protected async Task StartAsync(
        Uri? source = null,
        Action<StreamOptions>? set = null,
        Action<SpillwayOptions>? setAll = null
    )
    {
        _server = await RunningServer.StartAsync(
            options =>
            {
                var stream = new StreamOptions
                {
                    Source = source?.ToString() ?? Folder.Path,
                    Title = "A show",
                    Slate = StreamOptions.NoSlate,
                };
                set?.Invoke(stream);
                options.Streams["live"] = stream;
                setAll?.Invoke(options);
                Data = options.Data;
            },
            services =>
            {
                services.AddSingleton<TimeProvider>(Clock.Time);
                services.AddSingleton(new EmbeddedObjectStore(Data, Clock.Time));
                services.AddSingleton<IObjectStore>(provider =>
                    _store = new FaultyStore(provider.GetRequiredService<EmbeddedObjectStore>(), () => Clock.Elapsed)
                );
            }
        );
        Viewer = new PlaylistPoller(new Uri($"http://127.0.0.1:{_server.EdgePort}/live/playlist.m3u8"), _browser, Clock.Time);
        _watching = Viewer.RunAsync(_leaving.Token);
    }

    private string Data { get; set; } = "";

    private protected Task StartOverHttpAsync(string path = "/stream.m3u8") => StartAsync(Origin.At(path));

    /// <summary>Makes a footage's segments known; those of others are not to be shown.</summary>
    private protected async Task<Footage> TakeAsync(string kind)
    {
        var footage = await Footage.GetAsync(kind);
        for (var i = 0; i < footage.Segments.Count; i++)
            _known[footage.Hashes[i]] = (footage.Labels[i], footage, i);
        return footage;
    }

    /// <summary>
    /// The source makes segments: each is listed once its time has passed, the first at once.
    /// </summary>
    private protected async Task PlayAsync(
        LivePlaylist live,
        Footage footage,
        int from,
        int count,
        string name = "s",
        bool atOnce = false
    )
    {
        for (var i = from; i < from + count; i++)
        {
            if (!atOnce && i > from)
                await Clock.Wait(footage.Durations[i]);
            live.Add($"{name}{i}{footage.Extension}", footage.Segments[i], footage.Durations[i]);
        }
    }

    /// <summary>For what costs the server much work: the clock stands still until the segment is stored.</summary>
    private protected async Task HoldUntilStoredAsync(Footage footage, int index)
    {
        _isHeld = true;
        try
        {
            await Until.TrueAsync(
                () => _store!.Stored.Any(put => put.Key.Contains(footage.Hashes[index], StringComparison.Ordinal)),
                () => $"{footage.Labels[index]} is stored: {Story()}"
            );
        }
        finally
        {
            _isHeld = false;
        }
    }

    /// <summary>Waits until a viewer has seen it listed, in all renditions that are named.</summary>
    private protected Task UntilListedAsync(Footage footage, int index, string rendition = RenditionNames.Bare) =>
        Until.TrueAsync(
            () => Listings(rendition).Any(segment => segment.Uri.Contains(footage.Hashes[index], StringComparison.Ordinal)),
            () => $"{footage.Labels[index]} is listed: {Story(rendition)}; {Server.Stream.Status}"
        );

    private protected Task UntilStateAsync(string state) =>
        Until.TrueAsync(
            () => Server.Stream.Status.State == state,
            () => $"it is {state}: {Server.Stream.Status}; {Story(RenditionNames.Bare)}"
        );

    /// <summary>
    /// All that was listed, in order: labels of segments, "-" for gaps, "!" before what has a DISCONTINUITY, "//" where the next
    /// broadcast begins. Gaps at the end are of the time in which the test only looks.
    /// </summary>
    private protected string Story(string rendition = RenditionNames.Bare)
    {
        var story = new StringBuilder();
        foreach (var broadcast in Broadcasts(rendition))
        {
            story.Append(story.Length > 0 ? " // " : "");
            story.AppendJoin(
                ' ',
                broadcast.Select(s =>
                    (s.Discontinuity ? "!" : "") + (s.Gap ? "-" : _known.GetValueOrDefault(Hash(s)).Label ?? $"?{s.Uri}")
                )
            );
            while (story.Length > 1 && story[^1] is '-' or ' ')
                story.Length--;
        }
        return story.ToString();
    }

    /// <summary>The same without gaps: what was shown, and where it is marked as broken.</summary>
    private protected string Shown(string rendition = RenditionNames.Bare) =>
        string.Join(' ', Story(rendition).Split(' ').Where(static word => word != "-"));

    /// <summary>"a0 a1 a2".</summary>
    private protected static string Labels(Footage footage, int from, int count) =>
        string.Join(' ', footage.Labels.Skip(from).Take(count));

    private protected IReadOnlyList<ListedSegment> Listings(string rendition = RenditionNames.Bare) =>
        [.. Broadcasts(rendition).SelectMany(static broadcast => broadcast)];

    private protected List<List<ListedSegment>> Broadcasts(string rendition)
    {
        lock (Viewer.Checker)
            return
            [
                .. Viewer
                    .Checker.Media.Values.Where(media => IsOf(media.Url, rendition) && media.Listings.Count > 0)
                    .OrderBy(static media => media.Listings.Keys[0])
                    .Select(static media => media.Listings.Values.Select(static listing => listing.Segment).ToList()),
            ];
    }

    private protected IReadOnlyList<string> Renditions
    {
        get
        {
            lock (Viewer.Checker)
                return [.. Viewer.Checker.Media.Keys.Select(static url => url.Split('/')[^2]).Distinct()];
        }
    }

    /// <summary>Everything that was stored but segments: playlists and what players are told, with their names.</summary>
    private protected string Published =>
        string.Join(
            '\n',
            _store!.Puts.Select(static put =>
                put.Key.EndsWith(".ts", StringComparison.Ordinal) || put.Key.EndsWith(".m4s", StringComparison.Ordinal)
                    ? put.Key
                    : $"{put.Key} {Encoding.UTF8.GetString(put.Body)}"
            )
        );

    private static string Hash(ListedSegment segment) => segment.Uri.Split('-', '.') is [_, var hash, _] ? hash : "";

    private static bool IsOf(string playlistUrl, string rendition) =>
        playlistUrl.EndsWith($"/{rendition}/playlist.m3u8", StringComparison.Ordinal);

    private async Task JudgeAsync()
    {
        await _leaving.CancelAsync();
        await _watching;
        foreach (var rendition in Renditions)
            TestContext.Current.TestOutputHelper?.WriteLine($"{rendition}: {Story(rendition)}");
        Viewer.AssertClean();
        var loaded = Viewer.Loaded.Select(static l => (l.PlaylistUrl, l.Segment.Number)).ToHashSet();
        Assert.NotEmpty(loaded);
        foreach (var rendition in Renditions)
        {
            var listed = Listings(rendition).Where(static s => !s.Gap).ToList();
            Assert.True(
                listed.TrueForAll(s => loaded.Any(l => l.Number == s.Number && IsOf(l.PlaylistUrl, rendition))),
                $"all of {rendition} was loaded"
            );
            Assert.DoesNotContain("?", Story(rendition), StringComparison.Ordinal);
            var twice = listed.GroupBy(Hash).Where(static g => g.Count() > 1).Select(g => _known[g.Key].Label);
            if (!MayRepeat)
                Assert.Empty(twice);
            foreach (var broadcast in Broadcasts(rendition))
            foreach (var piece in Pieces(broadcast))
                await Decoding.CheckAsync(piece);
        }
    }

    /// <summary>What is listed between two discontinuities or gaps.</summary>
    private List<List<(Footage Footage, int Index)>> Pieces(List<ListedSegment> broadcast)
    {
        var pieces = new List<List<(Footage Footage, int Index)>>();
        var isOpen = false;
        foreach (var segment in broadcast)
        {
            if (!isOpen || segment.Discontinuity || segment.Gap)
                pieces.Add([]);
            isOpen = !segment.Gap;
            if (!segment.Gap)
                pieces[^1].Add((_known[Hash(segment)].Footage, _known[Hash(segment)].Index));
        }
        return pieces.FindAll(static piece => piece.Count > 0);
    }
}
