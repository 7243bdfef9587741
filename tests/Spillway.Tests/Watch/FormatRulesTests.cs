using Spillway.Media;
using Spillway.Watch.Checking;
using static Spillway.Tests.Watch.Snapshots;

namespace Spillway.Tests.Watch;

/// <summary>D5 and E3 to E5: the bytes of segments, and what the multivariant playlist says of them.</summary>
public sealed class FormatRulesTests
{
    [Fact]
    public void Segments_as_declared_have_no_findings() => Breaks("", Judge(Media()));

    [Theory]
    [InlineData("hvc1.1.6.L93.B0", "mp4a.40.2")]
    [InlineData("avc1.64001f", "ac-3")]
    [InlineData("avc1.64001f", "mp4a.40.34")]
    [InlineData("avc1.64001f", null)]
    public void Other_codecs_than_declared_are_found(string video, string? audio)
    {
        var checker = Judge(Media(video, audio));
        Breaks("E4", checker);
        Assert.Contains(checker.Findings, static finding => finding.Severity == Severity.Error);
    }

    [Fact]
    public void Another_profile_than_declared_is_a_warning()
    {
        var checker = Judge(Media("avc1.42c01e"));
        Breaks("E4", checker);
        Assert.DoesNotContain(checker.Findings, static finding => finding.Severity == Severity.Error);
    }

    [Fact]
    public void Another_size_or_more_frames_than_declared_are_found()
    {
        Breaks("E5", Judge(Media(width: 640)));
        Breaks("E5", Judge(Media(frameRate: 50)));
        Breaks("", Judge(Media(frameRate: 12.5)));
    }

    [Fact]
    public void A_peak_above_the_bandwidth_is_found()
    {
        // 2 s each; BANDWIDTH is 2,600,000, AVERAGE-BANDWIDTH 2,500,000.
        Breaks("", Judge(Media(), bytes: [600_000, 800_000, 600_000]));
        Breaks("E3", Judge(Media(), bytes: [600_000, 1_000_000, 600_000]));
        Breaks("E3", Judge(Media(), bytes: [.. Enumerable.Repeat(730_000, 12)]));
    }

    [Fact]
    public void Continuity_counters_that_go_on_have_no_findings() =>
        Breaks(
            "",
            Packets([Packet(5, 1), Packet(6, 1), Packet(6, 1), Packet(6, 1, hasPayload: false)], [Packet(7, 1), Packet(9, 2)])
        );

    [Fact]
    public void Continuity_counters_that_do_not_go_on_are_found_unless_marked()
    {
        Breaks("D5", Packets([Packet(5, 1), Packet(7, 1)], [Packet(8, 1)]));
        Breaks("D5", Packets([Packet(5, 1)], [Packet(0, 1)]));
        Breaks("D5", Packets([Packet(4, 1), Packet(5, 1)], [Packet(5, 1), Packet(6, 1)]));
        Breaks("", Packets([Packet(15, 1)], [Packet(0, 1)]));
        // A table, once a segment.
        Breaks("", Packets([Packet(5, 1)], [Packet(5, 1)]));
        Breaks("", Packets([Packet(5, 1)], [Packet(0, 1, isMarked: true)]));
        Breaks("", Packets([Packet(5, 1)], [Packet(0, 1)], isDiscontinuous: true));
        Breaks("", Packets([Packet(5, 0x1FFF)], [Packet(0, 0x1FFF)]));
    }

    private static PlaylistChecker Judge(MediaReport media, int[]? bytes = null)
    {
        var checker = new PlaylistChecker();
        checker.Add(MultivariantUrl, TimeSpan.Zero, Multivariant);
        checker.Add(Url, TimeSpan.Zero, Live(0));
        bytes ??= [100_000, 100_000];
        for (var i = 0; i < bytes.Length; i++)
        {
            var at = TimeSpan.FromSeconds(2 * i);
            var tracks = media.Tracks.Select(track => track with { FirstTimestamp = at }).ToList();
            checker.AddMedia(Url, Segment(i), media with { Tracks = tracks }, new byte[bytes[i]]);
        }
        return checker;
    }

    private static PlaylistChecker Packets(byte[][] first, byte[][] second, bool isDiscontinuous = false)
    {
        var checker = new PlaylistChecker();
        var media = Media() with { Tracks = [] };
        checker.AddMedia(Url, Segment(0), media, [.. first.SelectMany(static packet => packet)]);
        checker.AddMedia(
            Url,
            Segment(1) with
            {
                Discontinuity = isDiscontinuous,
            },
            media,
            [.. second.SelectMany(static packet => packet)]
        );
        return checker;
    }

    private static byte[] Packet(int counter, int pid, bool hasPayload = true, bool isMarked = false)
    {
        var packet = new byte[188];
        packet[0] = 0x47;
        packet[1] = (byte)(pid >> 8);
        packet[2] = (byte)pid;
        packet[3] = (byte)((hasPayload ? 0x10 : 0) | (hasPayload && !isMarked ? 0 : 0x20) | counter);
        packet[4] = (byte)(hasPayload && !isMarked ? 0 : 1);
        packet[5] = (byte)(isMarked ? 0x80 : 0);
        return packet;
    }

    private static ListedSegment Segment(int index) =>
        new()
        {
            Number = First + index,
            Uri = Name(First + index),
            Seconds = 2,
            Date = new DateTimeOffset(2026, 11, 22, 14, 0, 2 * index, TimeSpan.Zero),
        };

    private static MediaReport Media(
        string video = "avc1.64001f",
        string? audio = "mp4a.40.2",
        int width = 1280,
        double frameRate = 25
    ) =>
        new()
        {
            Container = MediaContainer.MpegTs,
            IsWhole = true,
            Tracks =
            [
                new TrackReport
                {
                    Kind = TrackKind.Video,
                    Id = 256,
                    Codec = video,
                    Width = width,
                    Height = 720,
                    FrameRate = frameRate,
                    Samples = 50,
                    FirstTimestamp = TimeSpan.Zero,
                    Duration = TimeSpan.FromSeconds(2),
                    StartsWithKeyframe = true,
                },
                .. audio is null
                    ? (TrackReport[])[]
                    :
                    [
                        new TrackReport
                        {
                            Kind = TrackKind.Audio,
                            Id = 257,
                            Codec = audio,
                            Samples = 90,
                            FirstTimestamp = TimeSpan.Zero,
                            Duration = TimeSpan.FromSeconds(2),
                        },
                    ],
            ],
        };
}
