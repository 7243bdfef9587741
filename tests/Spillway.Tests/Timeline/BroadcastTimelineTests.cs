using Spillway.Playlists;
using Spillway.Timeline;

namespace Spillway.Tests.Timeline;

/// <summary>What the timeline says of single events; its histories are in <see cref="TimelineHistoryTests"/>.</summary>
public sealed class BroadcastTimelineTests
{
    private const int Target = 3;
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 19, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Wrap = TimeSpan.FromTicks((1L << 33) * 1000 / 9);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3.6);

    private BroadcastTimeline _timeline = Timeline("0");
    private TimeSpan _now;

    [Fact]
    public void Segments_get_numbers_and_dates_one_after_the_other()
    {
        foreach (var i in Enumerable.Range(0, 4))
            Stored(2 * i);
        var playlist = Playlist();
        Assert.Equal((1_000_000, 0, Target), (playlist.MediaSequence, playlist.DiscontinuitySequence, playlist.TargetDuration));
        Assert.Equal(["1000000-x.ts", "1000001-x.ts", "1000002-x.ts", "1000003-x.ts"], playlist.Segments.Select(s => s.Uri));
        Assert.Equal([0, 2, 4, 6], playlist.Segments.Select(s => (s.ProgramDateTime!.Value - Start).TotalSeconds));
        Assert.DoesNotContain(playlist.Segments, static s => s.Discontinuity || s.Gap);
        Assert.Equal((1_000_004, 1), (_timeline.NextNumber, _timeline.NextDiscontinuity));
        Assert.Equal(Start.AddSeconds(8), _timeline.End);
    }

    [Fact]
    public void Nothing_is_listed_behind_an_upload_that_is_not_answered()
    {
        Stored(0);
        var pending = Add(2)!;
        Stored(4);
        Assert.Equal(["1000000-x.ts"], Uris());
        pending.State = EntryState.Stored;
        Assert.Equal(["1000000-x.ts", "1000001-x.ts", "1000002-x.ts"], Uris());
    }

    [Fact]
    public void Before_its_first_answer_a_rendition_has_no_playlist()
    {
        Add(0);
        Assert.Null(_timeline.Playlist("0", ended: false));
        Assert.Null(_timeline.Playlist("0", ended: true));
    }

    [Fact]
    public void What_could_not_be_stored_is_a_gap_of_the_same_length()
    {
        Stored(0);
        Add(2)!.BecomeGap();
        Stored(4);
        var gap = Playlist().Segments[1];
        Assert.True(gap.Gap);
        Assert.Equal(("1000001-gap", TimeSpan.FromSeconds(2)), (gap.Uri, gap.Duration));
    }

    [Fact]
    public void The_window_keeps_the_shortest_tail_that_has_both_segments_and_time()
    {
        _timeline = Timeline("0", window: 3, seconds: 9);
        foreach (var i in Enumerable.Range(0, 10))
        {
            _now = TimeSpan.FromSeconds(2 * i);
            Stored(2 * i);
            Playlist();
        }
        // Five of 2 s make the 9 s.
        Assert.Equal((1_000_005, 5), (Playlist().MediaSequence, Playlist().Segments.Count));
    }

    [Fact]
    public void What_came_all_at_once_stays_until_players_have_seen_it()
    {
        _timeline = Timeline("0", window: 3, seconds: 6);
        foreach (var i in Enumerable.Range(0, 10))
            Stored(2 * i);
        Assert.Equal(10, Playlist().Segments.Count);
        _now = TimeSpan.FromSeconds(Target);
        Stored(20);
        Assert.Equal(3, Playlist().Segments.Count);
    }

    [Fact]
    public void The_discontinuity_sequence_counts_what_has_left_the_window()
    {
        _timeline = Timeline("0", window: 3, seconds: 6);
        Stored(0);
        Stored(100, run: 1);
        Stored(102, run: 1);
        var playlist = Playlist();
        // Its own tag is still there: it counts only when it has gone (RFC 8216bis 4.4.3.3).
        Assert.Equal((0, true), (playlist.DiscontinuitySequence, playlist.Segments[1].Discontinuity));
        _now = TimeSpan.FromSeconds(10);
        Stored(104, run: 1);
        Assert.Equal((0, true), (Playlist().DiscontinuitySequence, Playlist().Segments[0].Discontinuity));
        _now = TimeSpan.FromSeconds(20);
        Stored(106, run: 1);
        Assert.Equal((1, false), (Playlist().DiscontinuitySequence, Playlist().Segments[0].Discontinuity));
    }

    [Fact]
    public void A_broadcast_goes_on_from_the_numbers_it_is_given()
    {
        _timeline = Timeline("0", number: 1_000_500, discontinuity: 7);
        Stored(0);
        Stored(50, run: 1);
        Assert.Equal((1_000_500, 7), (Playlist().MediaSequence, Playlist().DiscontinuitySequence));
        Assert.Equal((1_000_502, 9), (_timeline.NextNumber, _timeline.NextDiscontinuity));
    }

    [Theory]
    [InlineData(2.04, 0.04)]
    [InlineData(1.96, -0.04)]
    public void A_small_difference_of_time_stamps_is_taken_up_by_the_next_duration(double timestamp, double taken)
    {
        Stored(0);
        Stored(timestamp);
        var segment = Playlist().Segments[1];
        Assert.False(segment.Discontinuity);
        Assert.Equal(2 + taken, segment.Duration.TotalSeconds, 6);
        Assert.Equal(Start.AddSeconds(2), segment.ProgramDateTime);
    }

    [Theory]
    [InlineData(2.2)]
    [InlineData(1.8)]
    [InlineData(0.0)]
    [InlineData(500.0)]
    public void A_jump_of_time_stamps_is_a_discontinuity(double timestamp)
    {
        Stored(0);
        Stored(timestamp);
        Assert.True(Playlist().Segments[1].Discontinuity);
        Assert.Equal(TimeSpan.FromSeconds(2), Playlist().Segments[1].Duration);
    }

    [Fact]
    public void The_wrap_of_MPEG_TS_time_stamps_is_no_jump()
    {
        Stored((Wrap - TimeSpan.FromSeconds(2)).TotalSeconds);
        Stored(0);
        Stored(2);
        Assert.DoesNotContain(Playlist().Segments, static s => s.Discontinuity);
    }

    [Fact]
    public void A_mark_of_the_source_is_a_discontinuity()
    {
        Stored(0);
        var marked = _timeline.Add(Piece(2) with { Discontinuity = true }, Name, _now, Start)!;
        Assert.True(marked.Discontinuity);
    }

    [Fact]
    public void Media_without_time_stamps_is_believed_to_go_on()
    {
        foreach (var _ in Enumerable.Range(0, 3))
            _timeline.Add(Piece(0) with { Timestamp = null }, Name, _now, Start)!.State = EntryState.Stored;
        Assert.DoesNotContain(Playlist().Segments, static s => s.Discontinuity);
        Assert.Equal([0, 2, 4], Playlist().Segments.Select(s => (s.ProgramDateTime!.Value - Start).TotalSeconds));
    }

    [Theory]
    [InlineData(3.0, true)]
    [InlineData(3.4999999, true)]
    [InlineData(3.5, false)]
    public void A_segment_fits_that_rounds_to_the_target_duration(double seconds, bool fits) =>
        Assert.Equal(fits, _timeline.Fits(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Missing_media_is_as_many_gaps_as_the_target_duration_asks_for()
    {
        Stored(0);
        _timeline.AddMissing("0", 0, TimeSpan.FromSeconds(8), _now);
        Stored(10);
        var playlist = Playlist();
        Assert.Equal([false, true, true, true, false], playlist.Segments.Select(s => s.Gap));
        Assert.All(playlist.Segments, s => Assert.True(s.Duration <= TimeSpan.FromSeconds(Target)));
        Assert.False(playlist.Segments[4].Discontinuity);
        Assert.Equal(Start.AddSeconds(10), playlist.Segments[4].ProgramDateTime!.Value, TimeSpan.FromMicroseconds(5));
    }

    [Fact]
    public void Missing_media_of_a_rendition_or_a_run_it_does_not_know_is_nothing()
    {
        _timeline.AddMissing("0", 0, TimeSpan.FromSeconds(2), _now);
        Stored(0);
        _timeline.AddMissing("7", 0, TimeSpan.FromSeconds(2), _now);
        _timeline.AddMissing("0", 1, TimeSpan.FromSeconds(2), _now);
        Assert.Single(Playlist().Segments);
    }

    [Fact]
    public void Silence_is_filled_when_patience_ends_and_not_behind_an_upload()
    {
        Stored(0);
        Assert.False(_timeline.Fill(Patience - TimeSpan.FromTicks(1), Patience));
        Assert.True(_timeline.Fill(Patience, Patience));
        Assert.False(_timeline.Fill(Patience, Patience));
        Assert.Equal(["1000000-x.ts", "1000001-gap"], Uris());
        Assert.Equal(TimeSpan.FromSeconds(Target), Playlist().Segments[1].Duration);
        Assert.Equal(1, _timeline.PauseGaps);

        _timeline = Timeline("0");
        Add(0);
        Assert.False(_timeline.Fill(TimeSpan.FromMinutes(1), Patience));
    }

    [Fact]
    public void Media_that_was_only_late_follows_the_filler_with_a_discontinuity_and_is_not_lost()
    {
        Stored(0);
        _timeline.Fill(Patience, Patience);
        _now = TimeSpan.FromSeconds(5);
        Stored(2);
        var playlist = Playlist();
        Assert.Equal(["1000000-x.ts", "1000001-gap", "1000002-x.ts"], playlist.Segments.Select(s => s.Uri));
        Assert.True(playlist.Segments[2].Discontinuity);
        Assert.True(playlist.Segments[2].ProgramDateTime >= Start.AddSeconds(5));
    }

    [Fact]
    public void What_comes_after_its_time_was_listed_as_a_gap_is_refused_while_the_others_went_on()
    {
        _timeline = Timeline("0", "1");
        Stored(0, rendition: "0");
        Stored(0, rendition: "1");
        _now = TimeSpan.FromSeconds(2);
        Stored(2, rendition: "0");
        _now = TimeSpan.FromSeconds(4);
        Stored(4, rendition: "0");
        _timeline.Fill(_now, Patience);
        _timeline.Fill(_now + TimeSpan.FromSeconds(2), Patience);
        // The gap stands for 2 to 4 s and a part of what follows.
        Assert.Null(Add(2, rendition: "1"));
        Assert.Equal(_timeline.Renditions.First().NextNumber - 1, _timeline.Renditions.Last().NextNumber);
    }

    [Fact]
    public void An_initialization_section_stays_in_force_over_a_gap()
    {
        foreach (var (at, section) in (ReadOnlySpan<(int, string)>)[(0, "init-a.mp4"), (2, "init-b.mp4"), (4, "init-b.mp4")])
        {
            var entry = _timeline.Add(Piece(at) with { InitializationSection = section }, Name, _now, Start)!;
            if (at == 2)
                entry.BecomeGap();
            else
                entry.State = EntryState.Stored;
        }
        Assert.Equal(["init-a.mp4", "init-a.mp4", "init-b.mp4"], Playlist().Segments.Select(s => s.Map!.Uri));
    }

    [Fact]
    public void Ended_says_so()
    {
        Stored(0);
        Assert.False(Playlist().Ended);
        Assert.True(_timeline.Playlist("0", ended: true)!.Ended);
    }

    private static BroadcastTimeline Timeline(params string[] renditions) => new(Settings(6, 24, 1_000_000, 0), renditions);

    private static BroadcastTimeline Timeline(
        string rendition,
        int window = 6,
        int seconds = 24,
        long number = 1_000_000,
        long discontinuity = 0
    ) => new(Settings(window, seconds, number, discontinuity), [rendition]);

    private static BroadcastSettings Settings(int window, int seconds, long number, long discontinuity) =>
        new(Target, window, TimeSpan.FromSeconds(seconds), number, discontinuity);

    private static string Name(long number) => $"{number}-x.ts";

    private static MediaPiece Piece(double timestamp, int run = 0, string rendition = "0") =>
        new()
        {
            Rendition = rendition,
            Run = run,
            Duration = TimeSpan.FromSeconds(2),
            Timestamp = TimeSpan.FromSeconds(timestamp),
            Modulus = Wrap,
        };

    private TimelineEntry? Add(double timestamp, int run = 0, string rendition = "0") =>
        _timeline.Add(Piece(timestamp, run, rendition), Name, _now, Start + _now);

    private void Stored(double timestamp, int run = 0, string rendition = "0") =>
        Add(timestamp, run, rendition)!.State = EntryState.Stored;

    private MediaPlaylist Playlist() => _timeline.Playlist("0", ended: false)!;

    private IEnumerable<string> Uris() => Playlist().Segments.Select(static s => s.Uri);
}
