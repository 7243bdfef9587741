using Microsoft.Extensions.Logging.Abstractions;
using Spillway.Configuration;
using Spillway.Playlists;
using Spillway.Storage;
using Spillway.Tests.Storage;

namespace Spillway.Tests.Streams;

/// <summary>The store goes away in mid-stream and comes back.</summary>
public sealed class OutageTests : OnAirTest
{
    private const int Segments = 27;

    [Fact]
    public async Task Nothing_is_lost_in_an_outage_and_the_source_need_not_wait()
    {
        Start("0", "1");
        var show = await Show.GetAsync(Show.Plain);
        await PlayBothAsync(show, 0, 3, pace: 0);
        await UntilListedAsync(3);
        Store.Line.Rule = static _ => PutFault.Lost;
        // More than are let in at one time while the store works: the writes would not return.
        await PlayBothAsync(show, 3, Segments - 3, pace: 1);
        await Until.TrueAsync(() => Stream.Uploads.Waiting == 48, "all have been taken");
        await Until.TrueAsync(() => Stream.Status.StoreFault is not null, "the fault is told");
        Assert.Equal(3, Stream.OnAir!.Renditions.First().Listed!.Segments.Count);
        Store.Line.Rule = static _ => null;
        await Until.TrueAsync(
            () => Stream.Status.Renditions is { Count: 2 } all && all.All(static r => r.LastNumber >= 1_000_026),
            () => $"all are listed: {Stream.Status}"
        );
        for (var rendition = 0; rendition < 2; rendition++)
        {
            // All that players have not seen is in the window, however long it is.
            var story = Story(show, await PlaylistAsync(rendition));
            Assert.EndsWith(string.Join(' ', Enumerable.Range(3, Segments - 3)), story, StringComparison.Ordinal);
        }
        Assert.Equal(0, Stream.Status.Gaps);
        await Until.TrueAsync(() => Stream.Status.StoreFault is null, "the fault is forgotten");
    }

    /// <summary>Players that began with the first of it would jump to the live edge with the next playlist: a picture that stands still twice.</summary>
    [Fact]
    public async Task What_has_waited_for_the_store_is_listed_together()
    {
        Start();
        var show = await GoOnAirAsync();
        await UntilListedAsync(3);
        Store.Line.Rule = static _ => PutFault.Lost;
        await PlayAsync(show, 3, 12);
        await Until.TrueAsync(() => Stream.Uploads.Waiting == 12, "all wait");
        var before = Playlists().Count;
        // The second that gets there takes its time: the first one could be listed meanwhile. By the test's own steps, since the clock would not wait.
        var isLate = 0;
        Store.Line.Rule = key =>
        {
            if (key.Contains("/10000", StringComparison.Ordinal) && IsStored(3) && Interlocked.Exchange(ref isLate, 1) == 0)
            {
                Clock.StandsStill = true;
                return PutFault.Late;
            }
            return null;
        };
        await Until.TrueAsync(() => Store.Line.Waiting == 1, "one is on its way");
        for (var step = 0; step < 10; step++)
        {
            Clock.Time.Advance(TimeSpan.FromSeconds(0.04));
            await Task.Delay(5);
        }
        Store.Line.Release();
        Clock.StandsStill = false;
        await Until.TrueAsync(() => Stream.Status.Renditions[0].LastNumber >= 1_000_014, "all are listed");
        // But for what was tried in the last second before the store was back.
        Assert.InRange(Last(Playlists()[before]), 1_000_011, 1_000_014);

        bool IsStored(int index) =>
            Store.Line.Stored.Any(put => put.Key.Contains($"/{1_000_000 + index}-", StringComparison.Ordinal));

        List<MediaPlaylist> Playlists() =>
            [
                .. Store
                    .Line.Stored.Where(put => put.Key == MediaPlaylistKeys[0])
                    .Select(static put => PlaylistParser.Parse(put.Body).Media!),
            ];

        static long Last(MediaPlaylist playlist) => playlist.MediaSequence + playlist.Segments.Count - 1;
    }

    [Fact]
    public async Task What_the_spool_has_no_room_for_becomes_gaps_of_the_right_length_the_oldest_first()
    {
        var show = await Show.GetAsync(Show.Plain);
        Spool = new Spool(new ByteSize(show.Bytes[5].Length * 6), default, null, Clock.Time, NullLogger.Instance);
        Start();
        await GoOnAirAsync();
        Store.Line.Rule = static _ => PutFault.Lost;
        await PlayAsync(show, 3, 17);
        await Until.TrueAsync(() => Stream.Status.Gaps >= 9, "some are given up");
        Store.Line.Rule = static _ => null;
        await Until.TrueAsync(() => Stream.Status.Renditions[0].LastNumber >= 1_000_019, "all are listed");
        var playlist = await PlaylistAsync();
        var all = playlist.Segments.Select((s, i) => (Number: playlist.MediaSequence + i, s.Gap, s.Duration)).ToList();
        // What comes after the last is filler for a source that is silent.
        var gaps = all.Where(static s => s.Gap && s.Number < 1_000_019).ToList();
        // The first of them may have left the window.
        Assert.InRange(gaps.Count, Stream.Status.Gaps - 2, Stream.Status.Gaps);
        Assert.InRange(gaps.Count, 9, 13);
        Assert.All(gaps, static gap => Assert.InRange(gap.Duration.TotalSeconds, 0.9, 1.1));
        // The newest are there, and the missing ones are those that had waited longest, but for one that was being tried.
        Assert.All(all.Where(static s => s.Number is >= 1_000_016 and <= 1_000_019), static s => Assert.False(s.Gap));
        Assert.InRange(gaps.Max(static gap => gap.Number) - gaps.Min(static gap => gap.Number) - gaps.Count, -1, 2);
        Assert.Equal(Stream.Status.Gaps, Stream.Uploads.GivenUp);
    }

    [Fact]
    public async Task A_disk_takes_what_the_memory_has_no_room_for_and_is_empty_afterwards()
    {
        var data = Directory.CreateTempSubdirectory("spillway-spool-");
        try
        {
            using var spool = Spool = new Spool(
                new ByteSize(20_000),
                ByteSize.OfMegabytes(50),
                data.FullName,
                Clock.Time,
                NullLogger.Instance
            );
            Start();
            var show = await GoOnAirAsync(Show.Fragments);
            Store.Line.Rule = static _ => PutFault.Lost;
            await PlayAsync(show, 3, 12);
            await Until.TrueAsync(() => spool.OnDisk > 50_000, "most wait on disk");
            Assert.InRange(spool.InMemory, 1, 40_000);
            Store.Line.Rule = static _ => null;
            await UntilListedAsync(12);
            await Until.TrueAsync(() => Stream.Status.Renditions[0].LastNumber >= 1_000_014, "all are listed");
            Assert.EndsWith("10 11 12 13 14", Story(show, await PlaylistAsync()), StringComparison.Ordinal);
            Assert.Equal((0, 0, 0), (Stream.Status.Gaps, spool.OnDisk, spool.InMemory));
            Assert.DoesNotContain(data.GetFiles("*", SearchOption.AllDirectories), static file => file.Extension.Length == 0);
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_bucket_that_was_deleted_is_filled_anew_with_all_that_is_listed_from_then_on()
    {
        Start();
        var show = await GoOnAirAsync(Show.Fragments);
        await PlayAsync(show, 3, 3);
        await UntilListedAsync(6);
        // The bucket is gone with all that was in it.
        Store.Line.Rule = static _ => PutFault.NoBucket;
        var gone = (await Store.Direct.ListAllAsync("")).Select(static entry => entry.Key).ToArray();
        await PlayAsync(show, 6, 3);
        await Until.TrueAsync(
            () => Stream.Status.StoreFault?.Contains("no such bucket", StringComparison.Ordinal) == true,
            "the cause is told"
        );
        await Store.Direct.RemoveAsync(gone);
        LostAt = Clock.Elapsed;
        Store.Line.Rule = static _ => null;
        await Until.TrueAsync(async () => (await PlayerAsync())?.State == "live", () => "players are led here again");
        await Until.TrueAsync(() => Stream.Status.Renditions[0].LastNumber >= 1_000_008, "it goes on");
        await PlayAsync(show, 9, 2);
        await Until.TrueAsync(
            async () => Story(show, await PlaylistAsync()).EndsWith("9 10", StringComparison.Ordinal),
            () => "and on"
        );
        var playlist = await PlaylistAsync();
        // What was stored before is gone, and not listed.
        Assert.StartsWith("6 7 8", Story(show, playlist), StringComparison.Ordinal);
        Assert.Equal(1_000_006, playlist.MediaSequence);
        var folder = MediaPlaylistKeys[0][..MediaPlaylistKeys[0].LastIndexOf('/')];
        foreach (var segment in playlist.Segments.Where(static s => !s.Gap))
        {
            await Store.Direct.FindAsync($"{folder}/{segment.Uri}");
            await Store.Direct.FindAsync($"{folder}/{segment.Map!.Uri}");
        }
    }

    [Fact]
    public async Task The_time_from_the_answer_to_the_playlist_is_measured()
    {
        Start();
        var show = await GoOnAirAsync();
        await PlayAsync(show, 3, 12, pace: 2);
        await Until.TrueAsync(() => Stream.Status.Renditions[0].LastNumber >= 1_000_014, "all are listed");
        var report = Stream.Publishing.Report();
        Assert.InRange(report.Count, 10, 16);
        // By a clock that goes in steps of 40 ms.
        Assert.InRange(report.MedianMs!.Value, 0, 120);
        Assert.InRange(report.P99Ms!.Value, 0, 400);
    }

    private async Task PlayBothAsync(Show show, int from, int count, double pace)
    {
        for (var i = from; i < from + count; i++)
        {
            await Clock.Wait(pace);
            await SendAsync(show.Segment(i, "0"));
            await SendAsync(show.Segment(i, "1"));
        }
    }
}
