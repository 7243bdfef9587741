using System.Text;
using Spillway.Playlists;

namespace Spillway.Tests.Playlists;

public sealed class PlaylistParserTests
{
    /// <summary>As ffmpeg 5.1 writes it with <c>-hls_flags program_date_time+append_list</c>.</summary>
    private const string Ffmpeg = """
        #EXTM3U
        #EXT-X-VERSION:6
        #EXT-X-TARGETDURATION:3
        #EXT-X-MEDIA-SEQUENCE:41
        #EXT-X-INDEPENDENT-SEGMENTS
        #EXTINF:2.000000,
        #EXT-X-PROGRAM-DATE-TIME:2026-11-22T14:00:01.250+0000
        stream-abc-41.ts
        #EXT-X-DISCONTINUITY
        #EXTINF:1.960000,
        #EXT-X-PROGRAM-DATE-TIME:2026-11-22T15:00:03.250+0100
        stream-def-0.ts

        """;

    [Fact]
    public void A_playlist_of_ffmpeg_is_read()
    {
        var playlist = Media(Ffmpeg);

        Assert.Equal(3, playlist.TargetDuration);
        Assert.Equal(41, playlist.MediaSequence);
        Assert.Null(playlist.DiscontinuitySequence);
        Assert.Equal(PlaylistType.Live, playlist.Type);
        Assert.True(playlist.IndependentSegments);
        Assert.False(playlist.Ended);
        Assert.Null(playlist.Stamp);
        Assert.Equal(["stream-abc-41.ts", "stream-def-0.ts"], playlist.Segments.Select(segment => segment.Uri));
        Assert.Equal([2.0, 1.96], playlist.Segments.Select(segment => segment.Duration.TotalSeconds));
        Assert.Equal([false, true], playlist.Segments.Select(segment => segment.Discontinuity));
        var first = new DateTimeOffset(2026, 11, 22, 14, 0, 1, 250, TimeSpan.Zero);
        Assert.Equal([first, first.AddSeconds(2)], playlist.Segments.Select(segment => segment.ProgramDateTime));
    }

    [Fact]
    public void A_byte_order_mark_CRLF_blanks_unknown_tags_and_comments_change_nothing()
    {
        var messy =
            "\uFEFF\r\n  "
            + Ffmpeg
                .Replace("\n", "  \r\n\t", StringComparison.Ordinal)
                .Replace("#EXTINF:", "#EXT-X-OF-TOMORROW:A=\"\r\n# a comment\r\n#EXTINF: ", StringComparison.Ordinal);

        Same(Media(Ffmpeg), Media(messy));
    }

    [Fact]
    public void Every_tag_of_a_segment_is_read()
    {
        var playlist = Media(
            """
            #EXTM3U
            #EXT-X-TARGETDURATION:4
            #EXT-X-PLAYLIST-TYPE:EVENT
            #EXT-X-DISCONTINUITY-SEQUENCE:7
            #SPILLWAY:EPOCH=1,REVISION=7
            #EXT-X-MAP:URI="init, 1.mp4",BYTERANGE="600@10"
            #EXT-X-BYTERANGE:1000@610
            #EXTINF:4,a title, with a comma
            all.mp4
            #EXT-X-BYTERANGE:500
            #EXTINF:4.0
            all.mp4
            #EXT-X-KEY:METHOD=AES-128,URI="https://keys.example/k?a=1,2",IV=0x0A
            #EXT-X-GAP
            #EXTINF:3.5,
            missing.m4s
            #EXT-X-KEY:METHOD=NONE
            #EXT-X-MAP:URI="init2.mp4"
            #EXTINF:3.5,
            last.m4s
            #EXT-X-ENDLIST
            """
        );

        Assert.Equal(PlaylistType.Event, playlist.Type);
        Assert.Equal(7, playlist.DiscontinuitySequence);
        Assert.Equal(new Stamp(1, 7), playlist.Stamp);
        Assert.True(playlist.Ended);
        var map = new InitializationSectionReference("init, 1.mp4", new ByteRange(10, 600));
        Assert.Equal([map, map, map, new("init2.mp4", null)], playlist.Segments.Select(segment => segment.Map));
        Assert.Equal(
            [new ByteRange(610, 1000), new ByteRange(1610, 500), null, null],
            playlist.Segments.Select(segment => segment.Range)
        );
        var key = new EncryptionKey("AES-128", "https://keys.example/k?a=1,2", "0x0A");
        Assert.Equal([null, null, key, null], playlist.Segments.Select(segment => segment.Key));
        Assert.Equal([false, false, true, false], playlist.Segments.Select(segment => segment.Gap));
    }

    [Theory]
    [InlineData("2026-11-22T14:00:01.250+0000", 250)]
    [InlineData("2026-11-22T14:00:01.250+00:00", 250)]
    [InlineData("2026-11-22T14:00:01.250Z", 250)]
    [InlineData("2026-11-22T14:00:01Z", 0)]
    [InlineData("2026-11-22T14:00:01.25", 250)]
    [InlineData("2026-11-22T09:00:01.250-05", 250)]
    [InlineData("2026-11-22T19:30:01.2500+0530", 250)]
    public void A_date_is_read_in_every_form_of_zone(string text, int milliseconds) =>
        Assert.Equal(
            new DateTimeOffset(2026, 11, 22, 14, 0, 1, milliseconds, TimeSpan.Zero),
            PlaylistDate.Parse(Encoding.UTF8.GetBytes(text))
        );

    [Theory]
    [InlineData("")]
    [InlineData("yesterday at around noon")]
    [InlineData("2026-13-22T14:00:01.250Z")]
    [InlineData("2026-11-22T14:00:01.250+9999")]
    public void A_date_that_cannot_be_read_costs_the_date_only(string text) =>
        Assert.Null(
            Assert
                .Single(Media($"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-PROGRAM-DATE-TIME:{text}\n#EXTINF:2,\na.ts\n").Segments)
                .ProgramDateTime
        );

    [Fact]
    public void A_multivariant_playlist_is_read()
    {
        var playlist = PlaylistParser
            .Parse(
                """
                #EXTM3U
                #EXT-X-INDEPENDENT-SEGMENTS
                #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="b"
                #EXT-X-STREAM-INF:BANDWIDTH=2500000, AVERAGE-BANDWIDTH=2000000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=29.970
                0/stream.m3u8
                #EXT-X-STREAM-INF:PROGRAM-ID=1,BANDWIDTH=800000
                1/stream.m3u8?token=a,b

                """u8
            )
            .Multivariant!;

        Assert.True(playlist.IndependentSegments);
        Assert.Equal(
            [
                new()
                {
                    Uri = "0/stream.m3u8",
                    Bandwidth = 2_500_000,
                    AverageBandwidth = 2_000_000,
                    Codecs = "avc1.64001f,mp4a.40.2",
                    Resolution = new(1280, 720),
                    FrameRate = 29.97,
                },
                new() { Uri = "1/stream.m3u8?token=a,b", Bandwidth = 800_000 },
            ],
            playlist.Variants
        );
    }

    [Theory]
    [InlineData("<!DOCTYPE html>\n<html></html>", "HTML")]
    [InlineData("{\"error\":404}", "#EXTM3U")]
    [InlineData("#EXTM3U\n#EXTINF:2,\na.ts\n", "TARGETDURATION")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:soon\n", "Line 2: EXT-X-TARGETDURATION: 'soon'")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\na.ts\n", "no EXTINF")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:-1,\na.ts\n", "'-1'")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:NaN,\na.ts\n", "'NaN'")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1e300,\na.ts\n", "'1e300'")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:99999999,\na.ts\n", "longer than a day")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-BYTERANGE:5\n#EXTINF:1,\na.ts\n", "no offset")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-BYTERANGE:x\n#EXTINF:1,\na.ts\n", "'x'")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:99999999999999999999\n", "MEDIA-SEQUENCE")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MAP:URI=\"a\n", "MAP")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-KEY:URI=\"a\"\n", "METHOD")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\n", "mixed")]
    [InlineData("#EXTM3U\n#EXT-X-STREAM-INF:CODECS=\"a\"\na.m3u8\n", "BANDWIDTH")]
    [InlineData("#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO\n", "no variant")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-DEFINE:NAME=\"a\",VALUE=\"b\"\n", "DEFINE")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na\u0007.ts\n", "control")]
    public void What_is_no_playlist_gives_an_error_that_says_why(string text, string reason) => Fails(text, reason);

    [Theory]
    [InlineData("")]
    [InlineData("\r\n")]
    [InlineData("#EXTM")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2.0")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2.0,\n")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2.0,\na.ts\n#EXTINF:2.0,\nb.t")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2.0,\na.ts\n#EXTI")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2.0,\na.ts\n#")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2.0,\na.ts\n\0\0\0\0\n#EXTINF:2.0,\nb.ts\n")]
    [InlineData("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n")]
    public void A_torn_playlist_is_told_as_torn(string text) => Fails(text, "torn");

    [Theory]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2.0,\na.ts")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2.0,\na.aac\n#EXTINF:2.0,\nb.aac")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2.0,\na.ts\n#EXT-X-ENDLIST")]
    public void A_last_line_that_can_only_be_whole_needs_no_line_end(string text) => Assert.NotEmpty(Media(text).Segments);

    [Fact]
    public void Every_cut_through_a_playlist_gives_a_beginning_of_it_or_an_error()
    {
        var whole = Media(Ffmpeg);
        for (var length = 0; length < Ffmpeg.Length; length++)
        {
            var parsed = PlaylistParser.Parse(Encoding.UTF8.GetBytes(Ffmpeg[..length]));
            if (parsed.Media is { } cut)
                Assert.Equal(whole.Segments.Take(cut.Segments.Count), cut.Segments);
            else
                Assert.NotNull(parsed.Error);
        }
    }

    [Fact]
    public void The_limits_are_named_when_they_are_passed()
    {
        var limits = new PlaylistLimits(MaxBytes: 200, MaxLineBytes: 40, MaxSegments: 2);
        const string header = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n";

        Fails(header + new string('#', 200), "200", limits);
        Fails($"{header}#EXTINF:2,\n{new string('a', 41)}\n", "40", limits);
        Fails($"{header}#EXTINF:2,\na\n#EXTINF:2,\nb\n#EXTINF:2,\nc\n", "more than 2", limits);
        Assert.Equal(2, Media($"{header}#{new string('a', 41)}\n#EXTINF:2,\na\n#EXTINF:2,\nb\n", limits).Segments.Count);
    }

    [Fact]
    public void A_line_of_a_megabyte_and_a_hundred_thousand_segments_are_read()
    {
        var text = new StringBuilder("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#").Append('x', 1 << 20).Append('\n');
        for (var number = 0; number < 100_000; number++)
            text.Append(
                $"#EXT-X-PROGRAM-DATE-TIME:2026-11-22T14:00:01.250+0000\n#EXTINF:2.000000,\nstream-abcdef-{number:D6}.ts\n"
            );

        Assert.Equal(100_000, Media(text.ToString()).Segments.Count);
    }

    internal static MediaPlaylist Media(string text, PlaylistLimits? limits = null)
    {
        var parsed = PlaylistParser.Parse(Encoding.UTF8.GetBytes(text), limits);
        Assert.Null(parsed.Error);
        return parsed.Media!;
    }

    internal static void Same(MediaPlaylist expected, MediaPlaylist actual)
    {
        Assert.Equal(expected.Segments, actual.Segments);
        Assert.Equal(expected, actual with { Segments = expected.Segments });
    }

    private static void Fails(string text, string reason, PlaylistLimits? limits = null)
    {
        var parsed = PlaylistParser.Parse(Encoding.UTF8.GetBytes(text), limits);
        Assert.Contains(reason, parsed.Error, StringComparison.Ordinal);
        Assert.Null(parsed.Media);
        Assert.Null(parsed.Multivariant);
    }
}
