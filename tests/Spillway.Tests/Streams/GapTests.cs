using Spillway.Playlists;
using Spillway.Sources;
using Spillway.Storage;
using Spillway.Tests.Storage;

namespace Spillway.Tests.Streams;

/// <summary>Listed means stored; what could not be stored in time is a gap for ever.</summary>
public sealed class GapTests : OnAirTest
{
    [Fact]
    public async Task A_segment_that_is_never_stored_becomes_a_gap_and_the_later_ones_follow_in_order()
    {
        Start();
        var show = await GoOnAirAsync();
        Store.Line.Rule = static key => key.Contains("/1000003-", StringComparison.Ordinal) ? PutFault.Lost : null;
        await PlayAsync(show, 3, 4);
        // It is waited for: nothing after it is listed meanwhile.
        await Until.TrueAsync(() => Stream.Status.Renditions[0].Stored == 6, "the later ones are stored");
        Assert.Equal("0 1 2", Story(show, await PlaylistAsync()));
        await UntilListedAsync(7);
        var playlist = await PlaylistAsync();
        Assert.Equal("0 1 2 - 4 5 6", Story(show, playlist));
        Assert.Equal("1000003-gap", playlist.Segments[3].Uri);
        Assert.Equal(1, Stream.Status.Gaps);
        Store.Line.Rule = static _ => null;
        await PlayAsync(show, 7, 3);
        await Until.TrueAsync(() => Stream.Status.Renditions[0].LastNumber >= 1_000_009, "it goes on");
        Assert.DoesNotContain(Store.Line.Stored, put => put.Key.Contains("/1000003-", StringComparison.Ordinal));
        foreach (var put in Store.Line.Stored.Where(put => put.Key == MediaPlaylistKeys[0]))
            Assert.Contains(
                PlaylistParser
                    .Parse(put.Body)
                    .Media!.Segments.FirstOrDefault(s => s.Uri.StartsWith("1000003-", StringComparison.Ordinal))
                    ?.Uri,
                (string?[])[null, "1000003-gap"]
            );
    }

    [Fact]
    public async Task Uploads_answered_out_of_order_are_listed_in_order()
    {
        Start();
        var show = await GoOnAirAsync();
        var held = true;
        Store.Line.Rule = key => held && key.Contains("/1000003-", StringComparison.Ordinal) ? PutFault.Late : null;
        await PlayAsync(show, 3, 3);
        await Until.TrueAsync(() => Stream.Status.Renditions[0].Stored == 5, "the later ones are stored");
        Assert.Equal("0 1 2", Story(show, await PlaylistAsync()));
        held = false;
        Store.Line.Release();
        await UntilListedAsync(6);
        Assert.Equal("0 1 2 3 4 5", Story(show, await PlaylistAsync()));
    }

    [Fact]
    public async Task Bad_answers_of_the_store_leave_no_trace_while_they_are_mended_in_time()
    {
        Start();
        var show = await GoOnAirAsync();
        var random = new Random(7);
        Store.Line.Rule = _ =>
        {
            lock (random)
                return random.Next(10) switch
                {
                    < 2 => PutFault.Lost,
                    < 4 => PutFault.AnswerLost,
                    _ => null,
                };
        };
        await PlayAsync(show, 3, 14);
        Store.Line.Rule = static _ => null;
        await UntilListedAsync(17);
        Assert.Equal(string.Join(' ', Enumerable.Range(0, 17)), Story(show, await PlaylistAsync()));
        Assert.True(Stream.Uploads.FailedTries > 0);
    }

    [Fact]
    public async Task What_the_source_missed_is_listed_as_a_gap()
    {
        Start();
        var show = await GoOnAirAsync();
        await Clock.Wait(1);
        await SendAsync(new SegmentMissed("0", 0, 3, false, TimeSpan.FromSeconds(1), "it was gone"));
        await PlayAsync(show, 4, 2);
        await UntilListedAsync(6);
        Assert.Equal("0 1 2 - 4 5", Story(show, await PlaylistAsync()));
        Assert.Equal((1, 0), (Stream.Status.Gaps, Stream.Status.PauseGaps));
    }

    [Fact]
    public async Task A_source_that_brings_nothing_for_a_while_is_filled_with_gaps_and_goes_on()
    {
        Start();
        var show = await GoOnAirAsync();
        await SendAsync(new SourceAway("nothing new"));
        await Until.TrueAsync(() => Stream.Status.SourceAway == "nothing new", "it is told");
        await UntilListedAsync(6);
        await SendAsync(new SourceBack());
        await PlayAsync(show, 3, 3, run: 1);
        await Until.TrueAsync(() => Stream.Status is { SourceAway: null } status && status.Renditions[0].Stored == 6, "back");
        await Until.TrueAsync(
            async () => Story(show, await PlaylistAsync()).EndsWith(" 3 4 5", StringComparison.Ordinal),
            () => "all are listed"
        );
        var playlist = await PlaylistAsync();
        Assert.StartsWith("0 1 2 - -", Story(show, playlist), StringComparison.Ordinal);
        var back = Assert.Single(playlist.Segments, static segment => segment.Discontinuity);
        Assert.Equal(3, IndexIn(show, back));
        // No segment was lost: each gap stands for time in which nothing came.
        Assert.Equal((0, playlist.Segments.Count(static segment => segment.Gap)), (Stream.Status.Gaps, Stream.Status.PauseGaps));
    }

    [Fact]
    public async Task The_origin_s_copy_is_never_ahead_of_the_store()
    {
        Start();
        var show = await GoOnAirAsync();
        Store.Line.Rule = static key => key.EndsWith(".m3u8", StringComparison.Ordinal) ? PutFault.Lost : null;
        await PlayAsync(show, 3, 3);
        await Until.TrueAsync(() => Stream.Status.Renditions[0].Stored == 6, "all are stored");
        await Until.TrueAsync(() => Stream.Status.StoreFault is not null, "the fault is told");
        Assert.Equal(3, Stream.OnAir!.Renditions.Single().Listed!.Segments.Count);
        Store.Line.Rule = static _ => null;
        await UntilListedAsync(6);
    }
}
