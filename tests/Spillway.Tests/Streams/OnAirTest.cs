using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Spillway.Audience;
using Spillway.Playlists;
using Spillway.Reports;
using Spillway.Retention;
using Spillway.Slate;
using Spillway.Sources;
using Spillway.Storage;
using Spillway.Streams;
using Spillway.Tests.Storage;
using Spillway.Timeline;
using Spillway.Watch.Checking;

namespace Spillway.Tests.Streams;

/// <summary>
/// A live stream fed by hand, with real media and a real store, under a fast clock. Whatever a test does, at its end every
/// version of every playlist that the store took is held against the rules of HLS, and against what was stored before it.
/// </summary>
public abstract class OnAirTest : IAsyncLifetime
{
    private readonly List<LiveStream> _streams = [];
    private readonly List<(CancellationTokenSource Stop, Task Running)> _runs = [];

    /// <summary>
    /// In these times nothing new need be listed: a writer had stopped, or died. Excused once a death, for three target durations or
    /// 10 s, whichever is longer.
    /// </summary>
    private protected List<(TimeSpan From, TimeSpan To)> Excuses { get; } = [];

    private protected TestStore Store { get; } = new();

    private protected FastClock Clock => Store.Clock;

    private protected StreamOptions Options { get; } = new() { Source = "by hand", Title = "A show" };

    /// <summary>Where players are led to.</summary>
    private protected IReadOnlyList<string> Trackers { get; set; } = ["ws://{host}:3000/tracker/live"];

    /// <summary>The store has conditional PUT.</summary>
    private protected bool Conditional { get; set; } = true;

    /// <summary>Null: nothing is ever deleted.</summary>
    private protected StreamSweeps? Sweeps { get; set; }

    /// <summary>What the reports of a new process are made of, its counts beginning at 0; null: no reports are made.</summary>
    private protected Func<CountingObjectStore, StreamReports>? MakeReports { get; set; }

    /// <summary>Of the process that was started last.</summary>
    private protected StreamReports? Reports { get; private set; }

    /// <summary>What viewers report to; null: nobody does.</summary>
    private protected AudienceServer? Audience { get; set; }

    /// <summary>Null: pauses are gaps.</summary>
    private protected SlateMaker? Slates { get; set; }

    /// <summary>Null: what waits for the store does so in memory.</summary>
    private protected Spool? Spool { get; set; }

    /// <summary>When the bucket lost all it had: what is listed after is judged by itself.</summary>
    private protected TimeSpan LostAt { get; set; } = TimeSpan.MaxValue;

    /// <summary>The one that was started last.</summary>
    private protected LiveStream Stream => _streams[^1];

    private protected Channel<SourceEvent> Source { get; private set; } = null!;

    /// <summary>Of the one that was started last.</summary>
    private protected Task Running => _runs[^1].Running;

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        try
        {
            AssertListedMeansStored();
            AssertMore();
        }
        finally
        {
            Store.Line.Rule = static _ => null;
            Store.Line.Release();
            await EndAsync();
            foreach (var (stop, running) in _runs)
            {
                await stop.CancelAsync();
                await running.WaitAsync(TimeSpan.FromSeconds(20)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                stop.Dispose();
            }
            _streams.ForEach(static stream => stream.Dispose());
            await Store.DisposeAsync();
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>The process that was started last, as the store sees it.</summary>
    private protected Lifeline Line { get; private set; } = null!;

    /// <summary>A new process, on the same store.</summary>
    private protected void Start(params string[] renditions)
    {
        Line = new Lifeline(Store.Line);
        var counting = MakeReports is null ? null : new CountingObjectStore(Line);
        Reports = counting is null ? null : MakeReports!(counting);
        _streams.Add(
            new LiveStream(
                "live",
                Options,
                counting ?? (IObjectStore)Line,
                Conditional,
                new PlayerSettings(_ => Trackers, [], static key => $"http://edge/{key}") { Audience = Audience },
                Clock.Time,
                NullLogger<LiveStream>.Instance,
                Slates,
                // The data folder is the same.
                instance: "5a5a5a5a",
                sweeps: Sweeps,
                reports: Reports,
                spool: Spool
            )
        );
        Run(renditions);
    }

    /// <summary>Runs the same one (again), as its supervisor does.</summary>
    private protected void Run(params string[] renditions)
    {
        Source = Channel.CreateBounded<SourceEvent>(8);
        var stop = new CancellationTokenSource();
        _runs.Add((stop, Stream.RunAsync(Source.Reader, stop.Token)));
        Source.Writer.TryWrite(
            new RenditionsFound([.. renditions.DefaultIfEmpty("0").Select(static name => Made.Rendition(name, target: 1))])
        );
    }

    /// <summary>What a test class has started by itself.</summary>
    private protected virtual Task EndAsync() => Task.CompletedTask;

    private protected async Task StopAsync()
    {
        Excuses.Add((Clock.Elapsed - TimeSpan.FromSeconds(5), Clock.Elapsed + TimeSpan.FromSeconds(10)));
        await _runs[^1].Stop.CancelAsync();
        await Running.WaitAsync(TimeSpan.FromSeconds(20)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>kill -9: nothing of it reaches the store any more.</summary>
    private protected async Task KillAsync()
    {
        Line.Cut();
        await StopAsync();
    }

    private protected async Task SendAsync(SourceEvent next)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await Source.Writer.WriteAsync(next, late.Token);
    }

    /// <summary>Segments at the pace of their media, as a live source brings them; the first three at once.</summary>
    private protected async Task PlayAsync(Show show, int from, int count, int run = 0, bool atOnce = false, double pace = 1)
    {
        for (var i = from; i < from + count; i++)
        {
            if (!atOnce && i > from)
                await Clock.Wait(pace);
            await SendAsync(show.Segment(i, run: run));
        }
    }

    private protected async Task<Show> GoOnAirAsync(string kind = Show.Plain)
    {
        var show = await Show.GetAsync(kind);
        await PlayAsync(show, 0, 3, atOnce: true);
        await UntilStateAsync("live");
        await UntilListedAsync(3);
        // Players are told last of all.
        await Until.TrueAsync(
            async () => (await PlayerAsync())?.Broadcast == Stream.OnAir!.Id,
            () => $"players are told of {Stream.OnAir?.Id}: {Stream.Status}"
        );
        return show;
    }

    /// <summary>So many of the broadcast on air are listed in the store, gaps included.</summary>
    private protected Task UntilListedAsync(int count) =>
        Until.TrueAsync(
            () => Stream.OnAir?.Renditions.All(r => r.Listed?.Segments.Count >= count) == true,
            () => $"{count} are listed: {Stream.Status}, {Stream.OnAir?.Renditions.First().Listed?.Segments.Count}"
        );

    private protected Task UntilStateAsync(string state) =>
        Until.TrueAsync(
            // The document of an earlier process may say the same.
            async () => Stream.Status.State == state && (await PlayerAsync())?.State == state,
            () => $"player.json says {state}: {Stream.Status} {(Running.IsFaulted ? Running.Exception : null)}"
        );

    private protected async Task<PlayerDocument?> PlayerAsync() =>
        await Store.Direct.LookAsync("live/player.json") is { Object.Body: var body }
            ? JsonSerializer.Deserialize(body.Span, StreamsJson.Default.PlayerDocument)
            : null;

    private protected async Task<MultivariantPlaylist> MultivariantAsync() =>
        PlaylistParser.Parse((await Store.Direct.FindAsync("live/playlist.m3u8")).Body.Span).Multivariant!;

    /// <summary>The playlist that the multivariant one names.</summary>
    private protected async Task<MediaPlaylist> PlaylistAsync(int rendition = 0) =>
        await PlaylistAsync($"live/{(await MultivariantAsync()).Variants[rendition].Uri}");

    private protected async Task<MediaPlaylist> PlaylistAsync(string key) =>
        PlaylistParser.Parse((await Store.Direct.FindAsync(key)).Body.Span).Media!;

    /// <summary>A playlist once it has its ENDLIST: two PUTs to a key are more than a second apart.</summary>
    private protected async Task<MediaPlaylist> EndedAsync(string key)
    {
        await Until.TrueAsync(async () => (await PlaylistAsync(key)).Ended, () => $"{key} has ended");
        return await PlaylistAsync(key);
    }

    /// <summary>Keys of all media playlists that were ever stored, in the order of their first versions.</summary>
    private protected IReadOnlyList<string> MediaPlaylistKeys =>
        [
            .. Store
                .Line.Stored.Select(static put => put.Key)
                .Where(static key => key.EndsWith("/playlist.m3u8", StringComparison.Ordinal) && key != "live/playlist.m3u8")
                .Distinct(),
        ];

    /// <summary>Which of a show's segments an entry is; -1 for a gap or none of them.</summary>
    private protected static int IndexIn(Show show, MediaSegment segment) =>
        StreamKeys.HashIn(segment) is { } hash ? show.Bytes.ToList().FindIndex(bytes => StreamKeys.Hash(bytes) == hash) : -1;

    /// <summary>
    /// "0 1 - 3": the show's segments that a playlist lists, and the gaps between them; those after the last one are of the time
    /// in which the test only looks.
    /// </summary>
    private protected static string Story(Show show, MediaPlaylist playlist) =>
        string.Join(' ', playlist.Segments.Select(s => s.Gap ? "-" : $"{IndexIn(show, s)}")).TrimEnd(' ', '-');

    /// <summary>What else is judged at the end of each test.</summary>
    private protected virtual void AssertMore() { }

    private void AssertListedMeansStored()
    {
        var checker = new PlaylistChecker();
        var afterTheLoss = new PlaylistChecker();
        foreach (var (from, to) in Excuses)
            checker.Excuse(from, to, "the writer had stopped");
        var stored = new HashSet<string>(StringComparer.Ordinal);
        var everNamed = Store
            .Line.Stored.Where(static put => put.Key == "live/playlist.m3u8")
            .SelectMany(static put => PlaylistParser.Parse(put.Body).Multivariant!.Variants)
            .Select(static variant => $"live/{variant.Uri}")
            .Append("live/playlist.m3u8")
            .ToHashSet(StringComparer.Ordinal);
        foreach (var put in Store.Line.Puts.Where(static put => put.Outcome == PutStatus.Stored))
        {
            stored.Add(put.Key);
            if (!put.Key.EndsWith(".m3u8", StringComparison.Ordinal))
                continue;
            var folder = put.Key[..put.Key.LastIndexOf('/')];
            var parsed = PlaylistParser.Parse(put.Body);
            var named =
                parsed.Multivariant?.Variants.Select(static variant => variant.Uri)
                ?? parsed
                    .Media!.Segments.Where(static segment => !segment.Gap)
                    .SelectMany(static segment => new[] { segment.Uri, segment.Map?.Uri })
                    .OfType<string>();
            foreach (var name in named)
                Assert.True(stored.Contains(StreamKeys.Resolve(folder, name)), $"{put.Key} names {name} before it is stored");
            // What no multivariant playlist ever named nobody has seen.
            if (everNamed.Contains(put.Key))
                (put.AnsweredAt > LostAt ? afterTheLoss : checker).Add(
                    $"http://edge/{put.Key}",
                    put.AnsweredAt,
                    Encoding.UTF8.GetString(put.Body)
                );
        }
        checker.AssertClean();
        afterTheLoss.AssertClean();
    }
}
