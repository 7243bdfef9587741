using Spillway.Playlists;
using Spillway.Reports;

namespace Spillway.Tests.Reports;

public sealed class ListedCountTests
{
    private static readonly DateTimeOffset s_begin = new(2026, 11, 22, 19, 0, 0, TimeSpan.Zero);

    private readonly ListedCount _count = new(new RenditionReport { Name = "0" });

    [Fact]
    public void Each_number_is_counted_once_over_all_versions()
    {
        for (var first = 0; first < 20; first++)
            _count.Add(Playlist(first, 6));
        var report = _count.Report;
        Assert.Equal((25, 0, 25, 25L), (report.Segments, report.Gaps, report.Seconds, report.NextNumber!.Value - 1_000_000));
        Assert.Equal((s_begin, s_begin + TimeSpan.FromSeconds(25)), (_count.Begin, _count.End));
        Assert.Equal(0, report.Uncounted);
    }

    [Fact]
    public void Gaps_the_slate_and_discontinuities_are_told_apart()
    {
        var playlist = Playlist(0, 6);
        MediaSegment[] segments = [.. playlist.Segments];
        segments[1] = segments[1] with { Gap = true, Uri = "1000001-gap", Duration = TimeSpan.FromSeconds(3.5) };
        segments[3] = segments[3] with
        {
            Discontinuity = true,
            Uri = "../../slate/x/0/0-y.ts",
            Duration = TimeSpan.FromSeconds(2),
        };
        segments[4] = segments[4] with { Discontinuity = true };
        _count.Add(playlist with { Segments = segments });
        var report = _count.Report;
        Assert.Equal(
            (4, 1, 3.5, 1, 2.0, 2, 9.5),
            (
                report.Segments,
                report.Gaps,
                report.GapSeconds,
                report.SlateSegments,
                report.SlateSeconds,
                report.Discontinuities,
                report.Seconds
            )
        );
    }

    [Fact]
    public void A_successor_counts_on_and_says_what_nobody_counted()
    {
        _count.Add(Playlist(0, 6));
        var next = new ListedCount(_count.Report);
        next.Add(Playlist(4, 6));
        Assert.Equal((10, 0L), (next.Report.Segments, next.Report.Uncounted));
        next = new ListedCount(next.Report);
        next.Add(Playlist(15, 6));
        Assert.Equal((16, 5L), (next.Report.Segments, next.Report.Uncounted));
    }

    [Fact]
    public void Dates_go_on_where_a_playlist_read_from_the_store_says_none()
    {
        var playlist = Playlist(0, 6);
        _count.Add(
            playlist with
            {
                Segments =
                [
                    playlist.Segments[0],
                    .. playlist.Segments.Skip(1).Select(static s => s with { ProgramDateTime = null }),
                ],
            }
        );
        Assert.Equal(s_begin + TimeSpan.FromSeconds(6), _count.End);
    }

    private static MediaPlaylist Playlist(int first, int count) =>
        new()
        {
            TargetDuration = 4,
            MediaSequence = 1_000_000 + first,
            Segments =
            [
                .. Enumerable
                    .Range(first, count)
                    .Select(static i => new MediaSegment
                    {
                        Uri = $"{1_000_000 + i}-x.ts",
                        Duration = TimeSpan.FromSeconds(1),
                        ProgramDateTime = s_begin + TimeSpan.FromSeconds(i),
                    }),
            ],
        };
}
