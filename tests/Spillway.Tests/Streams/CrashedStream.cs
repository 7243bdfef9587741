using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Spillway.Playlists;
using Spillway.Sources;
using Spillway.Storage;
using Spillway.Streams;
using Spillway.Tests.Storage;
using Spillway.Timeline;
using Spillway.Watch.Checking;

namespace Spillway.Tests.Streams;

/// <summary>A stream whose writers die, one after the other, and what a polling player sees of it over all deaths.</summary>
internal sealed class CrashedStream(TestStore store, ShownSource source) : IAsyncDisposable
{
    private static readonly StreamOptions s_options = new()
    {
        Source = "by hand",
        Title = "A show",
        Grace = TimeSpan.FromSeconds(8),
        Window = 100,
    };

    private readonly List<TimeSpan> _deaths = [];
    private readonly List<(double From, double To)> _lives = [];

    public TestStore Store => store;

    public FastClock Clock => Store.Clock;

    public ShownSource Source => source;

    public double Now => Clock.Elapsed.TotalSeconds;

    public ValueTask DisposeAsync() => Store.DisposeAsync();

    /// <summary>A writer's life, until its line is cut or the show is over.</summary>
    public async Task LiveAsync(Lifeline line)
    {
        using var stream = new LiveStream(
            "live",
            s_options,
            line,
            conditional: true,
            new PlayerSettings(static _ => ["ws://{host}:3000/tracker/live"], [], static key => $"http://edge/{key}"),
            Clock.Time,
            NullLogger<LiveStream>.Instance,
            // The data folder is the same.
            instance: "5a5a5a5a"
        );
        var events = Channel.CreateBounded<SourceEvent>(8);
        using var stop = new CancellationTokenSource();
        var from = Now;
        var running = stream.RunAsync(events.Reader, stop.Token);
        var following = Source.FollowAsync(events.Writer, stop.Token);
        var over = Clock.Wait(Math.Max(Now, Source.EndsAt) - Now + 2.5 + s_options.Grace.TotalSeconds + 3);
        var first = await Task.WhenAny(line.Dead, running, over).WaitAsync(TimeSpan.FromSeconds(60));
        if (first == line.Dead)
            _deaths.Add(Clock.Elapsed);
        _lives.Add((from, Now));
        await stop.CancelAsync();
        line.Cut();
        await Task.WhenAll(running, following)
            .WaitAsync(TimeSpan.FromSeconds(60))
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (running.IsFaulted)
            await running;
    }

    /// <summary>The bucket is what an earlier writer made of it with these PUTs; that was so long ago.</summary>
    public async Task LeaveAsync(IReadOnlyList<SeenPut> puts, double downtime)
    {
        foreach (var put in puts)
        {
            Forward(put.AnsweredAt);
            await Store.Line.StoreAsync(put.Key, put.Body, put.Headers);
        }
        var death = puts.Count > 0 ? puts[^1].AnsweredAt : TimeSpan.FromSeconds(1);
        _deaths.Add(death);
        Forward(death + TimeSpan.FromSeconds(downtime));
    }

    /// <summary>No rule is broken as a polling player sees it, over all deaths; nothing is listed twice, or lost that was shown.</summary>
    public void AssertRight()
    {
        var checker = new PlaylistChecker();
        foreach (var death in _deaths)
            checker.Excuse(death - TimeSpan.FromSeconds(4), death + TimeSpan.FromSeconds(25), "it was dead");
        var stored = new HashSet<string>(StringComparer.Ordinal);
        var puts = Store.Line.Puts.Where(static put => put.Outcome == PutStatus.Stored).ToList();
        var named = puts.Where(static put => put.Key == "live/playlist.m3u8")
            .SelectMany(static put => PlaylistParser.Parse(put.Body).Multivariant!.Variants)
            .Select(static variant => $"live/{variant.Uri}")
            .Append("live/playlist.m3u8")
            .ToHashSet(StringComparer.Ordinal);
        var listed = new Dictionary<string, SortedDictionary<long, MediaSegment>>(StringComparer.Ordinal);
        foreach (var put in puts)
        {
            stored.Add(put.Key);
            if (!put.Key.EndsWith(".m3u8", StringComparison.Ordinal) || !named.Contains(put.Key))
                continue;
            checker.Add($"http://edge/{put.Key}", put.AnsweredAt, Encoding.UTF8.GetString(put.Body));
            if (PlaylistParser.Parse(put.Body).Media is not { } media)
                continue;
            var rendition = put.Key.Split('/')[^2];
            if (!listed.TryGetValue(rendition, out var all))
                listed[rendition] = all = [];
            for (var i = 0; i < media.Segments.Count; i++)
            {
                var segment = media.Segments[i];
                all[media.MediaSequence + i] = segment;
                if (!segment.Gap)
                    Assert.Contains(StreamKeys.Resolve(put.Key[..put.Key.LastIndexOf('/')], segment.Uri), stored);
            }
        }
        checker.AssertClean();
        // Longer than Grace and what a playlist may be without news: then it is another broadcast.
        var published = puts.Where(put => put.Key != "live/playlist.m3u8" && named.Contains(put.Key))
            .Select(static put => put.AnsweredAt)
            .ToList();
        var silence = published.Zip(published.Skip(1), static (one, next) => next - one).Max();
        if (silence < s_options.Grace + TimeSpan.FromSeconds(3))
            Assert.Single(named.Select(static key => key.Split('/')[1]).Where(static id => id != "playlist.m3u8").Distinct());
        foreach (var (rendition, segments) in listed)
            AssertShown(rendition, [.. segments.Values]);
        foreach (var key in named.Where(static key => key != "live/playlist.m3u8"))
            Assert.True(PlaylistParser.Parse(puts.Last(put => put.Key == key).Body).Media!.Ended, $"{key} has ended");
    }

    private void AssertShown(string rendition, List<MediaSegment> listed)
    {
        var hashes = listed.Select(StreamKeys.HashIn).OfType<string>().ToList();
        var story = string.Join(
            ' ',
            listed.Select(s => (s.Discontinuity ? "| " : "") + (s.Gap ? "-" : Name(StreamKeys.HashIn(s)!)))
        );
        Assert.True(hashes.Count == hashes.Distinct().Count(), $"{rendition}: nothing is listed twice: {story}");
        // What the last writer was shown, it lists, or one before it has; what it has missed of an earlier life is its own matter.
        var shown = Source
            .ShownFrom(_lives[^1].From)
            .Where(segment => segment.Rendition == rendition && !Source.MayBeLate(segment));
        foreach (var segment in shown)
            Assert.True(
                hashes.Contains(HashOf(segment)),
                $"{rendition}: {Name(HashOf(segment))} is listed: {story} {string.Join(", ", _lives.Select(static l => $"{l.From:0.0}-{l.To:0.0}"))}"
            );
        // Each start of the source, each pause, and each death that came upon one of them.
        Assert.InRange(listed.Count(static segment => segment.Discontinuity), 0, 2 + _deaths.Count);

        string Name(string hash) =>
            Source.Segments.FirstOrDefault(segment => HashOf(segment) == hash) is { } known
                ? $"{(char)('a' + known.Run)}{known.Event.Sequence}"
                : "?";
    }

    private static string HashOf(ShownSegment segment) => StreamKeys.Hash(segment.Event.Data.Span);

    private void Forward(TimeSpan to)
    {
        var ahead = to - Clock.Elapsed;
        if (ahead > TimeSpan.Zero)
            Clock.Time.Advance(ahead);
    }
}
