using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Spillway.Playlists;
using Spillway.Replays;
using Spillway.Storage;
using Spillway.Tests.Storage;

namespace Spillway.Tests.Replays;

/// <summary>Long broadcasts: made playlists, a real store.</summary>
public sealed class ReplayPartTests : IAsyncDisposable
{
    private const string Folder = "live/b";
    private static readonly DateTimeOffset s_begin = new(2026, 11, 22, 19, 0, 0, TimeSpan.Zero);

    private readonly TestStore _store = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task A_part_has_at_most_twelve_hours_and_the_next_begins_at_the_same_number_in_all_renditions()
    {
        var replay = New("low", "high");
        // 30 hours of segments of 10 s, in windows of a minute, each overlapping the one before.
        await FeedAsync(replay, from: 0, to: 30 * 360, "low", "high");
        await EndAsync(replay);

        var entry = replay.ToEntry("A show", 5);
        Assert.Equal(["b/replay.m3u8", "b/replay-2.m3u8", "b/replay-3.m3u8"], entry.Playlists);
        Assert.Equal(30 * 3600, entry.Duration);
        foreach (var name in (string[])["low", "high"])
        {
            MediaPlaylist[] parts =
            [
                await MediaAsync($"{name}/replay.m3u8"),
                await MediaAsync($"{name}/replay-2.m3u8"),
                await MediaAsync($"{name}/replay-3.m3u8"),
            ];
            Assert.All(parts, static part => Assert.True(part.Ended));
            Assert.Equal([1_000_000, 1_004_320, 1_008_640], parts.Select(static part => part.MediaSequence));
            Assert.Equal([4320, 4320, 2160], parts.Select(static part => part.Segments.Count));
            // One discontinuity an hour, and each part goes on counting where the one before stopped.
            Assert.Equal([7, 18, 30], parts.Select(static part => part.DiscontinuitySequence!.Value));
            Assert.Equal(
                Enumerable.Range(0, 30 * 360).Select(Uri),
                parts.SelectMany(static part => part.Segments).Select(static segment => segment.Uri)
            );
        }
        var top = PlaylistParser.Parse((await _store.Direct.FindAsync($"{Folder}/replay-2.m3u8")).Body.Span).Multivariant!;
        Assert.Equal(["low/replay-2.m3u8", "high/replay-2.m3u8"], top.Variants.Select(static variant => variant.Uri));
    }

    [Fact]
    public async Task What_is_stored_goes_on_in_another_run_as_if_nothing_had_been()
    {
        var first = New("low");
        await FeedAsync(first, 0, 5_000, "low");
        first.Publish(TimeSpan.FromDays(1), ended: false, atOnce: true);
        await first.Published;
        first.Publish(TimeSpan.FromDays(1), ended: false);
        await Until.TrueAsync(() => Publish(first), "its second part is named");
        Assert.Equal(1_005_000, first.ListedBefore("low"));

        var entry = first.ToEntry("A show", 1000) with { Duration = 40_000 };
        var parts = new List<(MediaPlaylist, StoredObject)>();
        foreach (var name in (string[])["low/replay.m3u8", "low/replay-2.m3u8"])
        {
            var stored = await _store.Direct.FindAsync($"{Folder}/{name}");
            parts.Add((PlaylistParser.Parse(stored.Body.Span).Media!, stored));
        }
        // The live playlist was one step ahead of the replay.
        var live = Window(4_990, 5_003);
        var stored2 = new StoredReplay("b", entry, 2, true, [Variant("low")], [new StoredRenditionReplay("low", parts, live)]);
        var second = new BroadcastReplay("live", "b", s_begin, true, [Variant("low")], Open, stored2);
        Assert.Equal(1_005_000, second.ListedBefore("low"));
        await FeedAsync(second, 5_001, 5_100, "low");
        await EndAsync(second);
        var replay = await MediaAsync("low/replay-2.m3u8");
        Assert.True(replay.Ended);
        Assert.Equal(Enumerable.Range(4_320, 780).Select(Uri), replay.Segments.Select(static segment => segment.Uri));
        var told = second.ToEntry("A show", 100);
        Assert.Equal(51_000, told.Duration);
        // 1000 bytes were told of 40,000 s, and 50,030 s had been listed; the rest was counted.
        Assert.Equal(1_250 + 100, told.Bytes);
        Assert.True(told.BytesEstimated);
        Assert.Equal(2, told.Playlists.Count);
    }

    [Fact]
    public async Task Numbers_that_are_lost_are_listed_as_gaps_so_that_all_others_keep_theirs()
    {
        var replay = New("low");
        replay.Take("low", Window(0, 10));
        replay.Take("low", Window(370, 380));
        await EndAsync(replay);
        var stored = await MediaAsync("low/replay.m3u8");
        Assert.Equal(380, stored.Segments.Count);
        Assert.Equal(360, stored.Segments.Count(static segment => segment.Gap));
        Assert.Equal(Uri(370), stored.Segments[370].Uri);
        Assert.Equal(Window(370, 380).Segments[0].ProgramDateTime, stored.Segments[370].ProgramDateTime);
        // 7 discontinuities came before the first one; the one that was lost is there.
        Assert.Single(stored.Segments, static segment => segment.Discontinuity);
        Assert.Equal((360, 3600d), (replay.ToEntry("", 0).Gaps.Count, replay.ToEntry("", 0).Gaps.Seconds));
    }

    private async Task FeedAsync(BroadcastReplay replay, int from, int to, params string[] renditions)
    {
        for (var end = from + 3; end <= to; end += 3)
        {
            foreach (var name in renditions)
                replay.Take(name, Window(Math.Max(0, end - 6), end));
            replay.Publish(TimeSpan.FromSeconds(10 * end), ended: false);
            if (end % 300 == 0)
                await replay.Published;
        }
        foreach (var name in renditions)
            replay.Take(name, Window(to - 6, to));
    }

    private static async Task EndAsync(BroadcastReplay replay) =>
        await Until.TrueAsync(
            () =>
            {
                replay.Publish(TimeSpan.FromDays(2), ended: true);
                return replay.IsDone;
            },
            "all of it is stored"
        );

    private static bool Publish(BroadcastReplay replay)
    {
        replay.Publish(TimeSpan.FromDays(1), ended: false);
        return replay.Path == "b/replay-2.m3u8";
    }

    private async Task<MediaPlaylist> MediaAsync(string name) =>
        PlaylistParser.Parse((await _store.Direct.FindAsync($"{Folder}/{name}")).Body.Span).Media!;

    private BroadcastReplay New(params string[] renditions) =>
        new("live", "b", s_begin, independentSegments: true, renditions.Select(Variant), Open);

    private MutableObject Open(string key, StoredObject? stored)
    {
        var mutable = new MutableObject(_store.Direct, key, 1, true, _store.Clock.Time, NullLogger.Instance);
        mutable.Seen(stored);
        _running.Add(mutable.RunAsync(_stop.Token));
        return mutable;
    }

    private static Variant Variant(string name) => new() { Uri = name, Bandwidth = 1_000_000 };

    private static string Uri(int index) => string.Create(CultureInfo.InvariantCulture, $"{1_000_000 + index}-{index:x32}.ts");

    /// <summary>Segments of 10 s; each 360th begins with a DISCONTINUITY.</summary>
    private static MediaPlaylist Window(int from, int to) =>
        new()
        {
            TargetDuration = 10,
            MediaSequence = 1_000_000 + from,
            DiscontinuitySequence = 7 + Math.Max(0, (from - 1) / 360),
            Segments =
            [
                .. Enumerable
                    .Range(from, to - from)
                    .Select(static i => new MediaSegment
                    {
                        Uri = Uri(i),
                        Duration = TimeSpan.FromSeconds(10),
                        Discontinuity = i > 0 && i % 360 == 0,
                        ProgramDateTime = s_begin + TimeSpan.FromSeconds(10 * i),
                    }),
            ],
        };
}
