using System.Text;
using Spillway.Playlists;

namespace Spillway.Tests.Playlists;

public sealed class PlaylistWriterTests
{
    private static readonly MediaSegment Segment = new() { Uri = "1000000-0123.ts", Duration = TimeSpan.FromSeconds(2) };

    [Fact]
    public void A_segment_may_last_no_time_and_begin_its_file()
    {
        var written = Written(
            Playlist(Segment with { Duration = TimeSpan.Zero, Range = new(0, 1), Map = new("init.mp4", new(0, 1)) })
        );
        Assert.Contains("#EXT-X-BYTERANGE:1@0", written, StringComparison.Ordinal);
        Assert.Contains("URI=\"init.mp4\",BYTERANGE=\"1@0\"", written, StringComparison.Ordinal);
    }

    [Fact]
    public void A_live_playlist_is_written_in_full()
    {
        var start = new DateTimeOffset(2026, 11, 22, 15, 0, 0, 40, TimeSpan.FromHours(1));
        var map = new InitializationSectionReference("init-01.mp4", null);
        var playlist = new MediaPlaylist
        {
            TargetDuration = 2,
            MediaSequence = 1_000_000,
            IndependentSegments = true,
            Stamp = new(3, 12),
            Segments =
            [
                new()
                {
                    Uri = "1000000-01.m4s",
                    Duration = TimeSpan.FromSeconds(2),
                    ProgramDateTime = start,
                    Map = map,
                },
                new()
                {
                    Uri = "1000001-gap",
                    Duration = TimeSpan.FromSeconds(1.96),
                    Gap = true,
                    ProgramDateTime = start.AddSeconds(2),
                    Map = map,
                },
                new()
                {
                    Uri = "1000002-02.m4s",
                    Duration = TimeSpan.FromSeconds(2),
                    Discontinuity = true,
                    ProgramDateTime = start.AddSeconds(3.96),
                    Map = map,
                },
            ],
        };

        Assert.Equal(
            """
            #EXTM3U
            #EXT-X-VERSION:6
            #EXT-X-TARGETDURATION:2
            #EXT-X-MEDIA-SEQUENCE:1000000
            #EXT-X-DISCONTINUITY-SEQUENCE:0
            #EXT-X-INDEPENDENT-SEGMENTS
            #SPILLWAY:EPOCH=3,REVISION=12
            #EXT-X-MAP:URI="init-01.mp4"
            #EXT-X-PROGRAM-DATE-TIME:2026-11-22T14:00:00.040Z
            #EXTINF:2.000000,
            1000000-01.m4s
            #EXT-X-PROGRAM-DATE-TIME:2026-11-22T14:00:02.040Z
            #EXT-X-GAP
            #EXTINF:1.960000,
            1000001-gap
            #EXT-X-DISCONTINUITY
            #EXT-X-MAP:URI="init-01.mp4"
            #EXT-X-PROGRAM-DATE-TIME:2026-11-22T14:00:04.000Z
            #EXTINF:2.000000,
            1000002-02.m4s

            """,
            Written(playlist)
        );
    }

    [Fact]
    public void A_multivariant_playlist_is_written_in_full()
    {
        var playlist = new MultivariantPlaylist
        {
            IndependentSegments = true,
            Stamp = new(1, 1),
            Variants =
            [
                new()
                {
                    Uri = "20261122T190501Z-7f3a/720p/playlist.m3u8",
                    Bandwidth = 2_600_000,
                    AverageBandwidth = 2_500_000,
                    Codecs = "avc1.64001f,mp4a.40.2",
                    Resolution = new(1280, 720),
                    FrameRate = 30000 / 1001.0,
                },
            ],
        };

        Assert.Equal(
            """
            #EXTM3U
            #EXT-X-VERSION:6
            #EXT-X-INDEPENDENT-SEGMENTS
            #SPILLWAY:EPOCH=1,REVISION=1
            #EXT-X-STREAM-INF:BANDWIDTH=2600000,AVERAGE-BANDWIDTH=2500000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=29.970
            20261122T190501Z-7f3a/720p/playlist.m3u8

            """,
            Encoding.UTF8.GetString(PlaylistWriter.Write(playlist))
        );
    }

    [Theory]
    [InlineData(2_4999999, "2.499999")]
    [InlineData(2_4999994, "2.499999")]
    [InlineData(1_0000006, "1.000001")]
    [InlineData(2_0000000, "2.000000")]
    public void A_duration_is_rounded_but_never_over_the_target_duration(long ticks, string written) =>
        Assert.Contains(
            $"#EXTINF:{written},",
            Written(Playlist(Segment with { Duration = TimeSpan.FromTicks(ticks) })),
            StringComparison.Ordinal
        );

    public static TheoryData<string, object> Invalid { get; } =
        new()
        {
            { "target duration", Segment with { Duration = TimeSpan.FromSeconds(2.5) } },
            { "negative", Segment with { Duration = TimeSpan.FromSeconds(-1) } },
            { "URI", Segment with { Uri = "" } },
            { "URI", Segment with { Uri = "#a.ts" } },
            { "URI", Segment with { Uri = "a.ts\n#EXT-X-ENDLIST" } },
            { "byte range", Segment with { Range = new(0, 0) } },
            { "initialization", Segment with { Map = new("a\"b", null) } },
            { "key", Segment with { Key = new("AES-128\n", "k", null) } },
            { "key", Segment with { Key = new("", "k", null) } },
            { "key", Segment with { Key = new("AES-128", "k\"", null) } },
            { "key", Segment with { Key = new("AES-128", "k", "0x 1") } },
            { "URI", Segment with { Uri = "a b.ts" } },
            { "URI", Segment with { Uri = "a\ud800.ts" } },
            { "byte range", Segment with { Range = new(-1, 5) } },
            { "initialization", Segment with { Map = new("a\nb", null) } },
            { "initialization", Segment with { Map = new("a\ud800", null) } },
            { "map's byte range", Segment with { Map = new("a", new(0, 0)) } },
            { "map's byte range", Segment with { Map = new("a", new(-1, 5)) } },
        };

    [Theory]
    [MemberData(nameof(Invalid), DisableDiscoveryEnumeration = true)]
    public void What_no_valid_playlist_can_say_is_refused(string reason, object segment) =>
        Assert.Contains(
            reason,
            Assert.Throws<ArgumentException>(() => PlaylistWriter.Write(Playlist((MediaSegment)segment))).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Segments_without_an_initialization_section_are_refused_after_one_that_has_it() =>
        Assert.Throws<ArgumentException>(() => PlaylistWriter.Write(Playlist(Segment with { Map = new("a", null) }, Segment)));

    [Fact]
    public void A_gap_needs_no_initialization_section() =>
        Assert.Null(
            PlaylistWriter.Refusal(Playlist(Segment with { Map = new("a", null) }, Segment with { Uri = "1-gap", Gap = true }))
        );

    [Fact]
    public void Numbers_at_their_bounds_are_written_and_beyond_them_refused()
    {
        var playlist = Playlist(Segment) with { MediaSequence = 0, DiscontinuitySequence = 0, Stamp = new(0, 0) };
        Assert.Null(PlaylistWriter.Refusal(playlist));
        Refused("TargetDuration", playlist with { TargetDuration = 0, Segments = [] });
        Assert.Null(PlaylistWriter.Refusal(playlist with { TargetDuration = 1, Segments = [] }));
        Refused("MediaSequence", playlist with { MediaSequence = -1 });
        Refused("DiscontinuitySequence", playlist with { DiscontinuitySequence = -1 });
        Refused("stamp", playlist with { Stamp = new(-1, 0) });
        Refused("stamp", playlist with { Stamp = new(0, -1) });

        static void Refused(string reason, MediaPlaylist playlist) =>
            Assert.Contains(reason, PlaylistWriter.Refusal(playlist), StringComparison.Ordinal);
    }

    private static readonly Variant s_variant = new() { Uri = "0/playlist.m3u8", Bandwidth = 1000 };

    public static TheoryData<string, object> InvalidVariants { get; } =
        new()
        {
            { "URI", s_variant with { Uri = "" } },
            { "URI", s_variant with { Uri = "#a" } },
            { "URI", s_variant with { Uri = "a b" } },
            { "the bandwidth", s_variant with { Bandwidth = 0 } },
            { "average bandwidth", s_variant with { AverageBandwidth = 0 } },
            { "average bandwidth", s_variant with { AverageBandwidth = 1001 } },
            { "codecs", s_variant with { Codecs = "" } },
            { "codecs", s_variant with { Codecs = "avc1\"" } },
            { "resolution", s_variant with { Resolution = new(0, 720) } },
            { "resolution", s_variant with { Resolution = new(1280, 0) } },
            { "frame rate", s_variant with { FrameRate = 0 } },
            { "frame rate", s_variant with { FrameRate = 10_000 } },
        };

    [Theory]
    [MemberData(nameof(InvalidVariants), DisableDiscoveryEnumeration = true)]
    public void A_variant_that_no_valid_playlist_can_name_is_refused(string reason, object variant) =>
        Assert.Contains(
            reason,
            Assert
                .Throws<ArgumentException>(() => PlaylistWriter.Write(new MultivariantPlaylist { Variants = [(Variant)variant] }))
                .Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_multivariant_playlist_names_a_variant_and_has_no_negative_stamp()
    {
        Assert.Throws<ArgumentException>(() => PlaylistWriter.Write(new MultivariantPlaylist { Variants = [] }));
        Assert.Throws<ArgumentException>(() =>
            PlaylistWriter.Write(new MultivariantPlaylist { Variants = [s_variant], Stamp = new(-1, 0) })
        );
        PlaylistWriter.Write(new MultivariantPlaylist { Variants = [s_variant with { AverageBandwidth = 1000 }] });
    }

    [Fact]
    public void A_stored_playlist_says_its_type_and_its_discontinuity_sequence_only_if_it_has_one()
    {
        var written = Written(Playlist(Segment) with { Type = PlaylistType.Vod, Ended = true });
        Assert.Contains("#EXT-X-PLAYLIST-TYPE:VOD\n", written, StringComparison.Ordinal);
        Assert.EndsWith("#EXT-X-ENDLIST\n", written, StringComparison.Ordinal);
        Assert.DoesNotContain("DISCONTINUITY-SEQUENCE", written, StringComparison.Ordinal);
        Assert.Contains(
            "#EXT-X-DISCONTINUITY-SEQUENCE:3\n",
            Written(Playlist(Segment) with { Type = PlaylistType.Event, DiscontinuitySequence = 3 }),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_key_is_written_where_it_changes_and_NONE_where_it_ends()
    {
        var key = new EncryptionKey("AES-128", "k", "0x0A");
        var written = Written(Playlist(Segment with { Key = key }, Segment with { Key = key }, Segment));

        Assert.Equal(
            ["#EXT-X-KEY:METHOD=AES-128,URI=\"k\",IV=0x0A", "#EXT-X-KEY:METHOD=NONE"],
            written.Split('\n').Where(static line => line.StartsWith("#EXT-X-KEY", StringComparison.Ordinal))
        );
    }

    private static string Written(MediaPlaylist playlist) => Encoding.UTF8.GetString(PlaylistWriter.Write(playlist));

    private static MediaPlaylist Playlist(params MediaSegment[] segments) => new() { TargetDuration = 2, Segments = segments };
}
