using Spillway.Media;
using Spillway.Watch.Checking;
using static Spillway.Tests.Watch.Snapshots;

namespace Spillway.Tests.Watch;

/// <summary>Segments of 2 s of picture (25 frames a second) and sound, with one thing wrong.</summary>
public sealed class MediaRulesTests
{
    private static readonly double Wrap = Report(0).TimestampModulus!.Value.TotalSeconds;

    [Fact]
    public void Media_that_goes_on_as_listed_has_no_findings() =>
        Breaks("", Judge((0, Report(0)), (1, Report(2)), (2, Report(4)), (3, Report(6))));

    [Fact]
    public void Segments_loaded_in_another_order_are_judged_in_theirs() =>
        Breaks("", Judge((0, Report(0)), (2, Report(4)), (3, Report(6)), (1, Report(2))));

    [Fact]
    public void A_wrap_of_the_time_stamps_is_no_break() =>
        Breaks("", Judge((0, Report(Wrap - 3)), (1, Report(Wrap - 1)), (2, Report(1)), (3, Report(3))));

    [Fact]
    public void A_wrong_EXTINF_is_found()
    {
        Breaks("D2 D3", Judge((0, Report(0)), (1, Report(2.05, shorter: -0.05)), (2, Report(4.05))), "Warning");
        Breaks("D2 D3", Judge((0, Report(0, shorter: -0.2)), (1, Report(2.2)), (2, Report(4.2))));
    }

    [Fact]
    public void EXTINFs_that_drift_from_the_media_are_found() =>
        Breaks("D3", Judge([.. Enumerable.Range(0, 20).Select(index => (index, (MediaReport?)Report(2.025 * index)))]));

    [Fact]
    public void A_jump_of_the_time_stamps_is_found_unless_marked()
    {
        Breaks("D2 D3 D4", Judge((0, Report(0)), (1, Report(9)), (2, Report(11))));
        Breaks("D2 D3 D4", Judge((0, Report(10)), (1, Report(2)), (2, Report(4))));
        Breaks("", Judge([Segment(0), Segment(1) with { Discontinuity = true }, Segment(2)], Report(10), Report(2), Report(4)));
    }

    [Fact]
    public void A_change_of_format_is_found_unless_marked()
    {
        Breaks("D6", Judge((0, Report(0)), (1, Report(2, width: 640))));
        Breaks("D6", Judge((0, Report(0)), (1, Report(2, hasSound: false))));
        Breaks("", Judge([Segment(0), Segment(1) with { Discontinuity = true }], Report(0), Report(2, width: 640)));
    }

    [Fact]
    public void Segments_that_are_not_whole_or_cannot_start_are_found()
    {
        Breaks("D7", Judge((0, Report(0) with { IsWhole = false })));
        Breaks("D7", Judge((0, Report(0) with { Container = MediaContainer.Unknown })));
        Breaks("D8", Judge((0, Report(0) with { Container = MediaContainer.FragmentedMp4 })));
        Breaks("D9", Judge((0, Report(0, isKey: false))));
    }

    [Fact]
    public void A_gap_that_does_not_stand_for_the_missing_time_is_found()
    {
        ListedSegment[] listed = [Segment(0), Segment(1) with { Gap = true }, Segment(2)];
        Breaks("", Judge(listed, Report(0), null, Report(4)));
        Breaks("D10", Judge(listed, Report(0), null, Report(2)));
        Breaks("", Judge([.. listed[..2], listed[2] with { Discontinuity = true }], Report(0), null, Report(2)));
    }

    [Fact]
    public void Nothing_is_judged_across_a_segment_that_did_not_load() =>
        Breaks("", Judge([Segment(0), Segment(1), Segment(2)], Report(0), null, Report(50)));

    [Fact]
    public void Variants_that_give_one_media_time_two_dates_are_found()
    {
        PlaylistChecker Shifted(double seconds)
        {
            var checker = new PlaylistChecker();
            checker.Add(MultivariantUrl, TimeSpan.Zero, Multivariant);
            for (var index = 0; index < 3; index++)
            {
                checker.AddMedia(Url, Segment(index), Report(2 * index));
                checker.AddMedia(OtherUrl, Segment(index), Report(2 * index + seconds));
            }

            return checker;
        }

        Breaks("", Shifted(0.05));
        Breaks("C5", Shifted(0.3), "Warning");
        Breaks("C5", Shifted(0.7));
    }

    private static PlaylistChecker Judge(params (int Number, MediaReport? Media)[] segments)
    {
        var checker = new PlaylistChecker();
        foreach (var (number, media) in segments)
            checker.AddMedia(Url, Segment(number), media);
        return checker;
    }

    private static PlaylistChecker Judge(ListedSegment[] segments, params MediaReport?[] media)
    {
        var checker = new PlaylistChecker();
        foreach (var (segment, report) in segments.Zip(media))
            checker.AddMedia(Url, segment, report);
        return checker;
    }

    private static void Breaks(string rules, PlaylistChecker checker, string severity = "Error")
    {
        Snapshots.Breaks(rules, checker);
        if (rules.Length > 0)
            Assert.Contains(checker.Findings, finding => finding.Severity.ToString() == severity);
        if (severity == "Warning")
            Assert.DoesNotContain(checker.Findings, finding => finding.Severity == Severity.Error);
    }

    private static ListedSegment Segment(int number) =>
        new()
        {
            Number = First + number,
            Uri = Name(First + number),
            Seconds = 2,
            Date = new DateTimeOffset(2026, 11, 22, 14, 0, 2 * number, TimeSpan.Zero),
        };

    private static MediaReport Report(double start, double shorter = 0, int width = 1280, bool hasSound = true, bool isKey = true)
    {
        TrackReport Track(TrackKind kind, int id) =>
            new()
            {
                Kind = kind,
                Id = id,
                Codec = kind is TrackKind.Video ? "avc1.64001f" : "mp4a.40.2",
                Width = kind is TrackKind.Video ? width : null,
                FrameRate = kind is TrackKind.Video ? 25 : null,
                Samples = 50,
                FirstTimestamp = TimeSpan.FromSeconds(start),
                Duration = TimeSpan.FromSeconds(2 - shorter),
                StartsWithKeyframe = isKey,
            };

        return new()
        {
            Container = MediaContainer.MpegTs,
            IsWhole = true,
            Tracks = hasSound ? [Track(TrackKind.Video, 256), Track(TrackKind.Audio, 257)] : [Track(TrackKind.Video, 256)],
        };
    }
}
