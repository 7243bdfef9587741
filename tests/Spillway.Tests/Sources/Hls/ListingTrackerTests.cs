using System.Globalization;
using CsCheck;
using Spillway.Playlists;
using Spillway.Sources;
using Spillway.Sources.Hls;

namespace Spillway.Tests.Sources.Hls;

public sealed class ListingTrackerTests
{
    private static readonly Uri Location = new("http://127.0.0.1/live/stream.m3u8");
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 19, 0, 0, TimeSpan.Zero);

    private readonly ListingTracker _tracker = new(StartWindow.Default);
    private TimeSpan _now;

    [Fact]
    public void First_contact_takes_the_end_of_a_long_window() =>
        Assert.Equal(Numbers(94, 99), Sequences(Observe(Listing(0, 100))));

    [Fact]
    public void First_contact_takes_no_more_than_24_seconds() =>
        Assert.Equal(Numbers(6, 9), Sequences(Observe(Listing(0, 10, seconds: 6))));

    [Fact]
    public void First_contact_takes_three_segments_however_long_they_are() =>
        Assert.Equal(Numbers(7, 9), Sequences(Observe(Listing(0, 10, seconds: 30))));

    [Fact]
    public void An_ended_playlist_at_first_contact_is_an_old_show()
    {
        Assert.Empty(Observe(Listing(0, 5) with { Ended = true }).New);
        Assert.Equal([5], Sequences(Observe(Listing(0, 6))));
    }

    [Fact]
    public void An_ended_playlist_that_appeared_while_waited_for_is_taken() =>
        Assert.Equal(Numbers(0, 1), Sequences(Observe(Listing(0, 2) with { Ended = true }, takeEnded: true)));

    [Fact]
    public void Each_segment_comes_once_however_often_it_is_listed()
    {
        Observe(Listing(10, 5));
        Assert.Empty(Observe(Listing(10, 5)).New);
        Assert.Equal([15], Sequences(Observe(Listing(11, 5))));
        Assert.Empty(Observe(Listing(11, 5)).New);
        Assert.Empty(Observe(Listing(12, 4)).New);
    }

    [Fact]
    public void Skipped_numbers_are_told_as_missed_with_the_target_duration()
    {
        Observe(Listing(10, 5));
        var listing = Observe(Listing(17, 5));
        Assert.Equal(Numbers(15, 21), Sequences(listing));
        Assert.Equal([15, 16], listing.New.Where(s => s.Missing is not null).Select(s => s.Sequence));
        Assert.Equal(TimeSpan.FromSeconds(2), listing.New[0].Duration);
    }

    [Fact]
    public void At_most_twenty_missed_numbers_are_told()
    {
        Observe(Listing(10, 5));
        _now += TimeSpan.FromMinutes(10);
        var listing = Observe(Listing(215, 5));
        Assert.Equal(0, listing.New[0].Run);
        Assert.Equal(20, listing.New.Count(s => s.Missing is not null));
        Assert.Equal(195, listing.New[0].Sequence);
    }

    [Fact]
    public void A_jump_that_no_source_could_have_made_is_a_restart()
    {
        Observe(Listing(10, 5));
        var listing = Confirmed(Listing(1_700_000_000, 5, name: "epoch"), mayBeStale: true);
        Assert.True(listing.Restarted);
        Assert.All(listing.New, s => Assert.Equal(1, s.Run));
        Assert.All(listing.New, s => Assert.Null(s.Missing));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Other_names_at_known_numbers_are_a_restart(bool mayBeStale)
    {
        Observe(Listing(0, 5), mayBeStale);
        Observe(Listing(0, 6), mayBeStale);
        var listing = Confirmed(Listing(0, 2, name: "other"), mayBeStale);
        Assert.True(listing.Restarted);
        Assert.Equal([0, 1], Sequences(listing));
        Assert.Equal([1, 1], listing.New.Select(s => s.Run));
        Assert.Equal([true, false], listing.New.Select(s => s.Discontinuity));
    }

    [Fact]
    public void A_restart_needs_a_second_reading()
    {
        Observe(Listing(0, 5));
        Assert.True(Observe(Listing(0, 1, name: "other")).Doubtful);
        Assert.Equal([5], Sequences(Observe(Listing(0, 6))));
        Assert.True(Observe(Listing(0, 1, name: "other")).Doubtful);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_same_names_with_later_dates_are_a_restart(bool mayBeStale)
    {
        Observe(Listing(0, 5, date: Start), mayBeStale);
        var listing = Confirmed(Listing(0, 1, date: Start.AddMinutes(1)), mayBeStale);
        Assert.True(listing.Restarted);
    }

    [Fact]
    public void Numbers_far_back_with_later_dates_are_a_restart_also_over_http()
    {
        Observe(Listing(5000, 5, date: Start), mayBeStale: true);
        Assert.True(Confirmed(Listing(0, 1, date: Start.AddHours(10)), mayBeStale: true).Restarted);
    }

    [Fact]
    public void In_a_folder_a_window_that_goes_back_is_a_restart_at_once()
    {
        Observe(Listing(100, 5));
        Assert.True(Confirmed(Listing(0, 1), mayBeStale: false).Restarted);
    }

    [Fact]
    public void A_torn_listing_that_lost_its_end_changes_nothing()
    {
        Observe(Listing(10, 5));
        Assert.True(Observe(Listing(10, 2)).Old);
        Assert.True(Observe(Listing(10, 2)).Old);
        Assert.Equal([15], Sequences(Observe(Listing(11, 5))));
    }

    [Fact]
    public void In_a_folder_a_shorter_listing_that_stays_is_a_restart()
    {
        Observe(Listing(0, 4));
        Assert.True(Observe(Listing(0, 1)).Old);
        _now += TimeSpan.FromSeconds(1.5);
        var listing = Confirmed(Listing(0, 1), mayBeStale: false);
        Assert.True(listing.Restarted);
        Assert.Equal([0], Sequences(listing));
    }

    [Fact]
    public void A_stale_answer_of_a_cache_changes_nothing()
    {
        Observe(Listing(10, 5, date: Start), mayBeStale: true);
        Observe(Listing(12, 5, date: Start), mayBeStale: true);
        for (var i = 0; i < 20; i++)
        {
            Assert.True(Observe(Listing(9, 5, date: Start), mayBeStale: true).Old);
            _now += TimeSpan.FromSeconds(1);
        }
        Assert.Equal([17], Sequences(Observe(Listing(13, 5, date: Start), mayBeStale: true)));
    }

    [Fact]
    public void A_cache_that_is_stuck_without_dates_changes_nothing()
    {
        Observe(Listing(10, 5), mayBeStale: true);
        for (var i = 0; i < 20; i++)
        {
            Assert.True(Observe(Listing(8, 5), mayBeStale: true).Old);
            _now += TimeSpan.FromSeconds(1);
        }
        Assert.Equal([15], Sequences(Observe(Listing(11, 5), mayBeStale: true)));
    }

    [Fact]
    public void Going_on_from_further_back_for_two_target_durations_is_a_restart()
    {
        Observe(Listing(0, 10), mayBeStale: true);
        Assert.True(Observe(Listing(0, 1), mayBeStale: true).Old);
        _now += TimeSpan.FromSeconds(2);
        Assert.True(Observe(Listing(0, 2), mayBeStale: true).Old);
        _now += TimeSpan.FromSeconds(2.5);
        var listing = Confirmed(Listing(0, 3), mayBeStale: true);
        Assert.True(listing.Restarted);
        Assert.Equal([0, 1, 2], Sequences(listing));
    }

    [Fact]
    public void A_stale_answer_from_before_a_restart_does_not_restart_again()
    {
        Observe(Listing(0, 8, name: "a"), mayBeStale: true);
        Confirmed(Listing(0, 2, name: "b"), mayBeStale: true);
        Assert.True(Observe(Listing(0, 7, name: "a"), mayBeStale: true).Old);
        Assert.True(Observe(Listing(0, 7, name: "a"), mayBeStale: true).Old);
        var listing = Observe(Listing(0, 3, name: "b"), mayBeStale: true);
        Assert.Equal([2], Sequences(listing));
        Assert.Equal(1, listing.New[0].Run);
    }

    [Fact]
    public void Changing_tokens_and_hosts_are_no_restart()
    {
        Observe(Listing(0, 5, suffix: "?token=1"));
        var other = Listing(0, 6, suffix: "?token=2");
        Assert.Equal([5], Sequences(Observe(other)));
    }

    [Fact]
    public void A_window_that_slides_without_counting_is_no_restart()
    {
        for (var i = 0; i < 10; i++)
        {
            var listing = Observe(Listing(i, 5) with { MediaSequence = 0 });
            Assert.Equal(i == 0 ? Numbers(0, 4) : Numbers(i + 4, i + 4), Sequences(listing));
            Assert.All(listing.New, s => Assert.Equal(0, s.Run));
        }
        Assert.True(Confirmed(Listing(0, 2, name: "other"), mayBeStale: true).Restarted);
    }

    [Fact]
    public void A_discontinuity_comes_with_its_segment()
    {
        Observe(Listing(0, 5));
        var listing = Observe(With(Listing(1, 5), 4, s => s with { Discontinuity = true }));
        Assert.True(Assert.Single(listing.New).Discontinuity);
    }

    [Fact]
    public void A_discontinuity_among_skipped_numbers_is_seen_by_the_count()
    {
        Observe(Listing(0, 5) with { DiscontinuitySequence = 3 });
        var listing = Observe(Listing(8, 5) with { DiscontinuitySequence = 4 });
        Assert.True(listing.New[0].Discontinuity);
        Assert.False(listing.New[1].Discontinuity);
    }

    [Fact]
    public void A_gap_is_missed_with_its_duration()
    {
        Observe(Listing(0, 5));
        var gap = Assert.Single(Observe(With(Listing(1, 5), 4, s => s with { Gap = true })).New);
        Assert.NotNull(gap.Missing);
        Assert.Equal(TimeSpan.FromSeconds(2), gap.Duration);
    }

    [Fact]
    public void The_offline_clip_of_Owncast_is_not_the_show()
    {
        Observe(Listing(0, 5));
        var clip = new MediaSegment
        {
            Uri = "offline-v2.ts",
            Duration = TimeSpan.FromSeconds(8),
            Discontinuity = true,
        };
        var ended = Listing(0, 5);
        var listing = Observe(ended with { Segments = [.. ended.Segments, clip], Ended = true });
        Assert.Empty(listing.New);
        Assert.True(listing.Offline);
    }

    [Fact]
    public void Segments_that_cannot_be_opened_are_left_out_and_said_to_be()
    {
        var listing = Observe(With(Listing(0, 1), 0, s => s with { Key = new EncryptionKey("SAMPLE-AES", "key", null) }));
        Assert.Empty(listing.New);
        Assert.Contains("METHOD=SAMPLE-AES", listing.Encrypted, StringComparison.Ordinal);
    }

    [Fact]
    public void Segments_that_can_be_opened_carry_the_number_the_source_gave_them()
    {
        var key = new EncryptionKey("AES-128", "key", null);
        Observe(With(Listing(5, 3), 0, s => s with { Key = key }));
        // The window slides, and MEDIA-SEQUENCE does not rise with it: the source goes by its own number all the same.
        var miscounted = Listing(6, 3) with
        {
            MediaSequence = 5,
        };
        var listing = Observe(With(miscounted, 2, s => s with { Key = key }));
        Assert.Equal(
            (8, 7),
            Assert.Single(listing.New, static s => s.Segment!.Key is not null) is var last
                ? (last.Sequence, last.DeclaredSequence)
                : default
        );
    }

    [Fact]
    public void A_listing_of_a_hundred_thousand_segments_takes_no_time()
    {
        var long1 = Listing(0, 100_000);
        Observe(long1);
        var began = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 100; i++)
            Observe(long1);
        Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(5));
    }

    /// <summary>Whatever a source says, what leaves the tracker rises within a run, and runs rise.</summary>
    [Fact]
    public void Whatever_is_listed_numbers_rise_within_a_run() =>
        Gen.Select(Gen.Long[0, 60], Gen.Int[0, 12], Gen.Int[0, 2], Gen.Bool, Gen.Int[0, 5])
            .Array[1, 60]
            .Sample(readings =>
            {
                var any = new ListingTracker(StartWindow.Default);
                var at = TimeSpan.Zero;
                (int Run, long Sequence) last = (0, -1);
                foreach (var (first, count, name, mayBeStale, seconds) in readings)
                {
                    at += TimeSpan.FromSeconds(seconds);
                    var playlist = Listing(first, count, name: name.ToString(CultureInfo.InvariantCulture));
                    foreach (var s in any.Observe(playlist, Location, mayBeStale, takeEnded: true, at).New)
                    {
                        Assert.True(s.Run > last.Run || (s.Run == last.Run && s.Sequence > last.Sequence));
                        last = (s.Run, s.Sequence);
                    }
                }
            });

    private Listing Observe(MediaPlaylist playlist, bool mayBeStale = false, bool takeEnded = false) =>
        _tracker.Observe(playlist, Location, mayBeStale, takeEnded, _now);

    private Listing Confirmed(MediaPlaylist playlist, bool mayBeStale)
    {
        Assert.True(Observe(playlist, mayBeStale).Doubtful);
        return Observe(playlist, mayBeStale);
    }

    private static MediaPlaylist Listing(
        long first,
        int count,
        double seconds = 2,
        string name = "stream",
        DateTimeOffset? date = null,
        string suffix = ""
    ) =>
        new()
        {
            TargetDuration = (int)Math.Ceiling(seconds),
            MediaSequence = first,
            Segments =
            [
                .. Enumerable
                    .Range(0, count)
                    .Select(i => new MediaSegment
                    {
                        Uri = $"{name}{first + i}.ts{suffix}",
                        Duration = TimeSpan.FromSeconds(seconds),
                        ProgramDateTime = date + TimeSpan.FromSeconds(seconds * (first + i)),
                    }),
            ],
        };

    private static MediaPlaylist With(MediaPlaylist playlist, int index, Func<MediaSegment, MediaSegment> change) =>
        playlist with
        {
            Segments = [.. playlist.Segments.Select((s, i) => i == index ? change(s) : s)],
        };

    private static IEnumerable<long> Sequences(Listing listing) => listing.New.Select(s => s.Sequence);

    private static IEnumerable<long> Numbers(long first, long last) =>
        Enumerable.Range(0, (int)(last - first + 1)).Select(i => first + i);
}
