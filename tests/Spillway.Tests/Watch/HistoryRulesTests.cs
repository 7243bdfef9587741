using Spillway.Watch.Checking;
using static Spillway.Tests.Watch.Snapshots;

namespace Spillway.Tests.Watch;

public sealed class HistoryRulesTests
{
    private const string EndList = "#EXT-X-ENDLIST\n";

    [Fact]
    public void A_clean_broadcast_has_no_findings() =>
        Breaks("", Check(Live(0, 3), Live(0, 4), Live(0), Live(1), Live(2), Live(3), Live(3) + EndList, Live(3) + EndList));

    [Fact]
    public void A_discontinuity_that_leaves_the_window_counts_once_its_segment_has_gone() =>
        Breaks(
            "",
            Check(
                Header(First) + Range(0, 2) + Discontinuous(First + 2) + Range(3, 2),
                Header(First + 1) + Range(1, 1) + Discontinuous(First + 2) + Range(3, 3),
                Header(First + 2) + Discontinuous(First + 2) + Range(3, 4),
                Header(First + 3, 1) + Range(3, 5),
                Header(First + 4, 1) + Range(4, 5)
            )
        );

    [Fact]
    public void A_clean_replay_that_grows_has_no_findings()
    {
        var header = Header(First).Replace("#SPILL", "#EXT-X-PLAYLIST-TYPE:EVENT\n#SPILL", StringComparison.Ordinal);
        Breaks("", Check(header + Range(0, 1), header + Range(0, 2), header + Range(0, 3), header + Range(0, 3) + EndList));
    }

    [Fact]
    public void A_slate_listed_again_and_again_has_no_findings()
    {
        static string Slate(long number) =>
            $"#EXT-X-DISCONTINUITY\n#EXT-X-PROGRAM-DATE-TIME:{Date(number)}\n#EXTINF:2.000000,\nslate/0123/720p/0.ts\n";
        Breaks(
            "",
            Check(
                Header(First) + Range(0, 1) + Slate(First + 1) + Slate(First + 2),
                Header(First) + Range(0, 1) + Slate(First + 1) + Slate(First + 2) + Slate(First + 3),
                Header(First + 1) + Slate(First + 1) + Slate(First + 2) + Slate(First + 3) + Slate(First + 4),
                Header(First + 2, 1) + Slate(First + 2) + Slate(First + 3) + Slate(First + 4) + Slate(First + 5)
            )
        );
    }

    [Fact]
    public void A_change_of_the_target_duration_is_found() =>
        Breaks(
            "B1",
            Check(
                Live(0),
                Live(1).Replace("DURATION:2", "DURATION:3", StringComparison.Ordinal),
                Live(2).Replace("DURATION:2", "DURATION:3", StringComparison.Ordinal)
            )
        );

    [Fact]
    public void A_number_that_goes_back_is_found() => Breaks("B3", Check(Live(1), Live(0)));

    [Fact]
    public void Segments_removed_without_being_counted_are_found()
    {
        Breaks("B4 X4", Check(Live(0), Header(First) + Range(1, 6)));
        Breaks("B4 C2 X4", Check(Live(0), Header(First + 2) + Range(1, 6)));
        Breaks("B4 C2 X4", Check(Live(0), Header(First + 3) + Range(1, 5)), allowLess: true);
    }

    [Theory]
    [InlineData("#EXTINF:2.000000,", "#EXTINF:1.999000,")]
    [InlineData("#EXT-X-PROGRAM-DATE-TIME:2026-11-22T14:00:02.000Z", "#EXT-X-PROGRAM-DATE-TIME:2026-11-22T14:00:02.010Z")]
    public void A_fact_of_a_segment_that_changes_is_found(string from, string to)
    {
        var text = Live(1);
        var at = text.IndexOf(from, StringComparison.Ordinal);
        Breaks("B5", Check(Live(0), text[..at] + to + text[(at + from.Length)..]));
    }

    [Fact]
    public void Tags_of_a_segment_that_change_are_found()
    {
        Breaks(
            "B5 X3",
            Check(
                Live(0),
                Header(First + 1)
                    + Segment(First + 1).Replace("#EXTINF", "#EXT-X-GAP\n#EXTINF", StringComparison.Ordinal)
                    + Range(2, 5)
            )
        );
        Breaks("B5", Check(Live(0), Header(First + 1) + Range(1, 1) + "#EXT-X-MAP:URI=\"init.mp4\"\n" + Range(2, 5)));
        Breaks("B5", Check(Live(0), Header(First + 1) + Range(1, 1) + "#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n" + Range(2, 5)));
        Breaks("B5 B9", Check(Live(0), Header(First + 1) + Range(1, 1) + Discontinuous(First + 2) + Range(3, 4)));
    }

    [Fact]
    public void Segments_inserted_dropped_or_swapped_are_found()
    {
        Breaks(
            "B6 C2 C3 X4",
            Check(Live(0), Header(First + 1) + Range(1, 2) + Segment(First + 50) + Range(3, 4)),
            allowLess: true
        );
        Breaks("B6 B5 C2 C3 X4", Check(Live(0), Header(First + 1) + Range(1, 2) + Range(4, 3)), allowLess: true);
        Breaks(
            "B6 C3 X4",
            Check(Live(0), Header(First + 1) + Range(1, 1) + Segment(First + 3) + Segment(First + 2) + Range(4, 3)),
            allowLess: true
        );
        Breaks("B6", Check(Live(0), Live(0, 5)));
        Breaks("B6", Check(Live(0), Header(First)));
        Breaks("B6", Check(Live(0), Live(20)));
    }

    [Fact]
    public void A_type_on_a_sliding_window_is_found()
    {
        static string Event(string text) =>
            text.Replace("#SPILL", "#EXT-X-PLAYLIST-TYPE:EVENT\n#SPILL", StringComparison.Ordinal);
        Breaks("B7", Check(Event(Live(0)), Event(Live(1))));
        Breaks("B7", Check(Live(0), Event(Live(0, 7))));
    }

    [Fact]
    public void A_window_left_too_short_by_a_removal_is_found() => Breaks("B8", Check(Live(0, 3), Live(2, 2)));

    [Fact]
    public void A_discontinuity_counted_too_early_or_never_is_found()
    {
        var before = Header(First) + Range(0, 1) + Discontinuous(First + 1) + Range(2, 4);
        Breaks("B9", Check(before, Header(First + 1, 1) + Discontinuous(First + 1) + Range(2, 5)));
        Breaks("B9", Check(before, Header(First + 2) + Range(2, 5)));
        Breaks("B9", Check(Header(First, 2) + Range(0, 4), Header(First + 1, 1) + Range(1, 4)));
    }

    [Fact]
    public void A_missing_discontinuity_sequence_is_advised_and_later_an_error()
    {
        static string Without(string text) => text.Replace("#EXT-X-DISCONTINUITY-SEQUENCE:0\n", "", StringComparison.Ordinal);
        var once = Check(Without(Live(0)));
        Breaks("B10", once);
        Assert.All(once.Findings, finding => Assert.Equal(Severity.Warning, finding.Severity));

        var removed = Check(
            Without(Header(First) + Range(0, 1) + Discontinuous(First + 1) + Range(2, 4)),
            Without(Header(First + 1) + Discontinuous(First + 1) + Range(2, 5))
        );
        Breaks("B10", removed);
        Assert.Contains(removed.Findings, finding => finding.Severity == Severity.Error);
    }

    [Fact]
    public void A_late_segment_is_found_and_excused_only_as_far_as_the_excuse_goes()
    {
        string[] stalled = [Live(0), Live(0), Live(0), Live(1)];
        Breaks("B11", Check(stalled));
        Assert.Throws<InvalidDataException>(() => Check(stalled).AssertClean());

        var excused = Check(stalled);
        excused.Excuse(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(11), "the writer was killed");
        Assert.Equal(Severity.Excused, Assert.Single(excused.Findings).Severity);
        excused.AssertClean(andWithoutWarnings: true);

        var tooLittle = Check(stalled);
        tooLittle.Excuse(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.5), "the writer was killed");
        Assert.Equal(Severity.Error, Assert.Single(tooLittle.Findings).Severity);
    }

    [Fact]
    public void What_happens_after_the_end_is_found()
    {
        Breaks("B12", Check(Live(0) + EndList, Live(0)));
        Breaks("B12", Check(Live(0) + EndList, Live(1) + EndList));
        Breaks("B12", Check(Live(0) + "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"p\"\n" + EndList));
    }

    [Fact]
    public void A_header_tag_that_changes_is_found() =>
        Breaks("B14", Check(Live(0), Live(1).Replace("#EXT-X-INDEPENDENT-SEGMENTS\n", "", StringComparison.Ordinal)));

    [Fact]
    public void Dates_that_overlap_are_found_also_across_discontinuities()
    {
        var back = Discontinuous(First + 6).Replace(Date(First + 6), Date(First + 5), StringComparison.Ordinal);
        Breaks("C2", Check(Live(0), Header(First + 1) + Range(1, 5) + back));
    }

    [Fact]
    public void A_date_range_that_contradicts_itself_or_goes_too_early_is_found()
    {
        var range = $"#EXT-X-DATERANGE:ID=\"a\",START-DATE=\"{Date(First + 3)}\",DURATION=5\n";
        Breaks("", Check(Live(0) + range, Live(1) + range, Live(4)), allowLess: true);
        Breaks("A14", Check(Live(0) + range, Live(1)));
        Breaks("A14", Check(Live(0) + range, Live(1) + range.Replace("=5", "=6", StringComparison.Ordinal)));
    }

    [Fact]
    public void Numbers_and_discontinuities_that_do_not_go_on_in_the_next_broadcast_are_found()
    {
        const string next = "http://edge.test/live/20261122T150000Z-0a1b/720p/playlist.m3u8";
        PlaylistChecker Then(string text)
        {
            var checker = Check(Header(First, 4) + Range(0, 6) + EndList);
            checker.Add(next, TimeSpan.FromSeconds(9), text);
            return checker;
        }

        Breaks("", Then(Header(First + 6, 4) + Range(6, 3)));
        Breaks("B3", Then(Header(First + 5, 4) + Range(5, 3)));
        Breaks("B9", Then(Header(First + 6, 3) + Range(6, 3)));
    }

    private static string Range(int skip, int count) =>
        string.Concat(Enumerable.Range(skip, count).Select(index => Segment(First + index)));

    private static void Breaks(string rules, PlaylistChecker checker, bool allowLess = false)
    {
        if (!allowLess)
        {
            Snapshots.Breaks(rules, checker);
            return;
        }

        // What else such a breach breaks is of no interest; its first rule must be among the findings.
        var first = rules.Split(' ')[0];
        if (first.Length > 0)
            Assert.Contains(checker.Findings, finding => finding.Rule == first && finding.Severity == Severity.Error);
        Assert.All(checker.Findings, finding => Assert.Contains(finding.Rule, rules, StringComparison.Ordinal));
    }
}
