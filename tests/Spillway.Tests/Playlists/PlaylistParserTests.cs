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
    public void Empty_lines_end_nothing()
    {
        Same(Media(Ffmpeg), Media(Ffmpeg.Replace("\n", "\n\n", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("4611686018427387904", 1L << 62)]
    public void The_least_and_the_largest_whole_number_are_read(string text, long expected)
    {
        Assert.True(PlaylistNumbers.TryInteger(Encoding.UTF8.GetBytes(text), out var value));
        Assert.Equal(expected, value);
    }

    [Fact]
    public void A_decimal_may_have_forty_characters()
    {
        Assert.True(PlaylistNumbers.TryDecimal(Encoding.UTF8.GetBytes($"1.{new string('0', 38)}"), out var value));
        Assert.Equal(1, value);
        Assert.False(PlaylistNumbers.TryDecimal(Encoding.UTF8.GetBytes($"1.{new string('0', 39)}"), out _));
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
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:86401\n", "up to a day")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:86400.1,\na.ts\n", "longer than a day")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1,\n#EXTINF:1,\na.ts\n", "Line 4: EXTINF follows another")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1,\na.ts\n#EXT-X-BYTERANGE:5\n#EXTINF:1,\nb.ts\n", "no offset")]
    [InlineData(
        "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-BYTERANGE:5@1\n#EXTINF:1,\na.ts\n#EXT-X-BYTERANGE:5\n#EXTINF:1,\nb.ts\n",
        "no offset"
    )]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-BYTERANGE:0@5\n#EXTINF:1,\na.ts\n", "'0@5'")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-BYTERANGE:5@\n#EXTINF:1,\na.ts\n", "'5@'")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:+5\n", "EXT-X-MEDIA-SEQUENCE: '+5'")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:5x\n", "EXT-X-MEDIA-SEQUENCE: '5x'")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:4611686018427387905\n", "not a whole number")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-DISCONTINUITY-SEQUENCE:-1\n", "EXT-X-DISCONTINUITY-SEQUENCE: '-1'")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:.,\na.ts\n", "'.' is not a number of seconds")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1.2.3,\na.ts\n", "'1.2.3' is not a number of seconds")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:,\na.ts\n", "'' is not a number of seconds")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:0.0000000000000000000000000000000000000001,\na.ts\n", "not a number")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MAP:URI=\"\"\n", "EXT-X-MAP has no URI")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MAP:BYTERANGE=\"5@0\"\n", "EXT-X-MAP has no URI")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MAP:URI=\"a\",BYTERANGE=\"x\"\n", "BYTERANGE 'x'")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MAP:URI=\"a\"b\n", "EXT-X-MAP: ")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MAP:URI\n", "'URI' is not NAME=value")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MAP:=\"a\"\n", "is not NAME=value")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-KEY:METHOD=\n", "EXT-X-KEY has no METHOD")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-KEY:METHOD\n", "EXT-X-KEY: 'METHOD'")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-I-FRAMES-ONLY\n", "I-frames only")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-SKIP:SKIPPED-SEGMENTS=3\n", "left out though nobody asked")]
    [InlineData(
        "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\n",
        "EXT-X-STREAM-INF follows another"
    )]
    [InlineData("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH\na.m3u8\n", "EXT-X-STREAM-INF: 'BANDWIDTH' is not")]
    [InlineData("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=fast\na.m3u8\n", "no BANDWIDTH that is a whole number")]
    [InlineData("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\nb.m3u8\n", "no EXT-X-STREAM-INF before it")]
    [InlineData("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\n#EXT-X-ENDLIST\n", "mixed")]
    [InlineData("<html lang=\"secret\">\n", "Line 1: this is HTML or XML, not a playlist: it begins with '<html'.")]
    [InlineData("<html>secret\n", "it begins with '<html'.")]
    [InlineData("#EXTM4U secret\n", "a playlist begins with #EXTM3U, not with '#EXTM4U'.")]
    [InlineData("busy, try later\n", "Line 1: a playlist begins with #EXTM3U, and this does not.")]
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

    [Theory]
    [InlineData("#EXT-X-DISCONTINUITY")]
    [InlineData("#EXT-X-GAP")]
    [InlineData("#EXT-X-ENDLIST")]
    [InlineData("#EXT-X-I-FRAMES-ONLY")]
    [InlineData("#EXT-X-SKIP:SKIPPED-SEGMENTS=1")]
    [InlineData("#EXT-X-PROGRAM-DATE-TIME:2026-11-22T14:00:01Z")]
    [InlineData("#EXT-X-BYTERANGE:5@0")]
    [InlineData("#EXT-X-MAP:URI=\"a\"")]
    [InlineData("#EXT-X-KEY:METHOD=NONE")]
    [InlineData("#EXT-X-MEDIA-SEQUENCE:1")]
    [InlineData("#EXT-X-DISCONTINUITY-SEQUENCE:1")]
    [InlineData("#EXT-X-PLAYLIST-TYPE:VOD")]
    [InlineData("#EXTINF:1,")]
    public void A_tag_of_media_playlists_in_a_multivariant_one_is_told(string tag) =>
        Fails($"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\n{tag}\n", "Line 4: tags of media playlists");

    [Theory]
    [InlineData("#EXT-X-STREAM-INF:BANDWIDTH=1")]
    [InlineData("#EXT-X-MEDIA:TYPE=AUDIO")]
    [InlineData("#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1")]
    [InlineData("#EXT-X-SESSION-DATA:DATA-ID=\"a\"")]
    [InlineData("#EXT-X-SESSION-KEY:METHOD=NONE")]
    [InlineData("#EXT-X-CONTENT-STEERING:SERVER-URI=\"a\"")]
    public void A_tag_of_multivariant_playlists_in_a_media_one_is_told(string tag) =>
        Fails($"#EXTM3U\n#EXT-X-TARGETDURATION:2\n{tag}\n", "Line 3: tags of media playlists");

    [Fact]
    public void A_URI_is_UTF_8()
    {
        byte[] broken = [.. "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na"u8, 0xC3, .. "\n"u8];

        Assert.Contains("is not UTF-8", PlaylistParser.Parse(broken).Error, StringComparison.Ordinal);
        Assert.Equal("ä.ts", Media("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nä.ts\n").Segments[0].Uri);
    }

    [Fact]
    public void What_is_quoted_is_short_and_hides_tokens()
    {
        const string start = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n";
        Fails($"{start}#EXTINF:{new string('x', 60)},\n", $"'{new string('x', 60)}'");
        Fails($"{start}#EXTINF:{new string('x', 61)},\n", $"'{new string('x', 60)}…'");
        Fails($"{start}#EXTINF:a\u0007b,\n", "'a?b'");
        var parsed = PlaylistParser.Parse(Encoding.UTF8.GetBytes($"{start}https://me:word@host/a.ts?token=1\n"));
        Assert.Equal("Line 3: the URI 'https://…@host/a.ts' has no EXTINF before it.", parsed.Error);
    }

    [Theory]
    [InlineData("EVENT", PlaylistType.Event)]
    [InlineData("VOD", PlaylistType.Vod)]
    [InlineData("LIVE", PlaylistType.Live)]
    public void A_type_that_nobody_knows_is_live(string written, object type) =>
        Assert.Equal(type, Media($"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-PLAYLIST-TYPE:{written}\n").Type);

    [Theory]
    [InlineData("2", 2)]
    [InlineData("2.0", 2)]
    [InlineData("2.1", 3)]
    [InlineData("86400", 86_400)]
    public void A_target_duration_with_decimals_is_rounded_up(string written, int seconds) =>
        Assert.Equal(seconds, Media($"#EXTM3U\n#EXT-X-TARGETDURATION:{written}\n").TargetDuration);

    [Fact]
    public void A_segment_may_be_as_long_as_a_day_and_as_exact_as_a_microsecond()
    {
        var segments = Media("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:86400,\na.ts\n#EXTINF:1.0000004,\nb.ts\n").Segments;

        Assert.Equal([TimeSpan.FromDays(1), TimeSpan.FromSeconds(1)], segments.Select(static segment => segment.Duration));
    }

    [Fact]
    public void Of_several_keys_for_the_same_segments_the_plain_file_counts()
    {
        const string drm = "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://a\",KEYFORMAT=\"com.apple.streamingkeydelivery\"\n";
        const string plain = "#EXT-X-KEY:METHOD=AES-128,URI=\"k\",KEYFORMAT=\"identity\"\n";
        const string segment = "#EXTINF:2,\na.ts\n";
        var foreign = new EncryptionKey("SAMPLE-AES", "skd://a", null, "com.apple.streamingkeydelivery");
        var own = new EncryptionKey("AES-128", "k", null);

        // Whichever stands first.
        Assert.Equal([own], Keys(plain + drm + segment));
        Assert.Equal([own], Keys(drm + plain + segment));
        Assert.Equal([foreign], Keys(drm + segment));
        // Behind a segment, NONE or a map a key begins anew.
        Assert.Equal([own, foreign], Keys(plain + segment + drm + segment));
        Assert.Equal([foreign], Keys($"{plain}#EXT-X-KEY:METHOD=NONE\n{drm}{segment}"));
        Assert.Equal([foreign], Keys($"{plain}#EXT-X-MAP:URI=\"i\"\n{drm}{segment}"));

        static IEnumerable<EncryptionKey?> Keys(string lines) =>
            Media("#EXTM3U\n#EXT-X-TARGETDURATION:2\n" + lines).Segments.Select(static s => s.Key);
    }

    [Fact]
    public void A_map_is_read_with_the_key_in_force_and_its_range_begins_at_0_if_it_does_not_say()
    {
        var map = Media(
            "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-KEY:METHOD=AES-128\n#EXT-X-MAP:URI=\"i\",BYTERANGE=\"7\"\n#EXTINF:2,\na\n"
        )
            .Segments[0]
            .Map;

        Assert.Equal(new("i", new ByteRange(0, 7), new("AES-128", null, null)), map);
    }

    [Theory]
    [InlineData("EPOCH=1")]
    [InlineData("REVISION=1")]
    [InlineData("EPOCH=x,REVISION=1")]
    [InlineData("EPOCH=1,REVISION=x")]
    public void A_stamp_that_cannot_be_read_is_a_comment(string stamp) =>
        Assert.Null(Media($"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#SPILLWAY:{stamp}\n").Stamp);

    [Theory]
    [InlineData("1280x720", 1280, 720)]
    [InlineData("1x1", 1, 1)]
    [InlineData("99999x99999", 99_999, 99_999)]
    public void A_resolution_is_read(string written, int width, int height) =>
        Assert.Equal(new Resolution(width, height), OnlyVariant($"BANDWIDTH=1,RESOLUTION={written}").Resolution);

    [Theory]
    [InlineData("RESOLUTION=1280")]
    [InlineData("RESOLUTION=x720")]
    [InlineData("RESOLUTION=1280x")]
    [InlineData("RESOLUTION=0x720")]
    [InlineData("RESOLUTION=1280x0")]
    [InlineData("RESOLUTION=100000x720")]
    [InlineData("RESOLUTION=1280x100000")]
    [InlineData("AVERAGE-BANDWIDTH=x,CODECS=\"\",FRAME-RATE=fast")]
    public void What_a_variant_says_wrongly_it_does_not_say(string attributes) =>
        Assert.Equal(new Variant { Uri = "a.m3u8", Bandwidth = 1 }, OnlyVariant($"BANDWIDTH=1,{attributes}"));

    [Theory]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2.0,\na.m4s")]
    [InlineData("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n# the end")]
    public void A_usual_extension_or_a_comment_is_whole(string text) =>
        Assert.Null(PlaylistParser.Parse(Encoding.UTF8.GetBytes(text)).Error);

    [Theory]
    [InlineData("a.aac", "b.aa")]
    [InlineData("a.aac", "aac")]
    [InlineData("a.longer", "b.longer")]
    [InlineData("a.", "b.")]
    public void Another_ending_may_be_cut(string first, string last) =>
        Fails(
            $"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{first}\n#EXTINF:2,\n{last}",
            "torn: it ends in the middle of line 6"
        );

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
        Fails($"{header}#EXT-X-MAP:URI=\"{new string('a', 41)}\"\n", "40", limits);
        const string variant = "#EXT-X-STREAM-INF:BANDWIDTH=1\n";
        Fails($"#EXTM3U\n{variant}a\n{variant}b\n{variant}c\n", "more than 2 variants", limits);
        Fails($"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS=\"avc1.64001f,mp4a.40.2\"\na\n", "40", limits);
        Assert.Null(PlaylistParser.Parse(Encoding.UTF8.GetBytes($"#EXTM3U\n{variant}a\n{variant}b\n"), limits).Error);
        Assert.Single(Media($"{header}#EXTINF:2,\n{new string('a', 40)}\n", limits).Segments);
        Assert.Empty(Media(header + new string('#', 200 - header.Length - 1) + "\n", limits).Segments);
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

    private static Variant OnlyVariant(string attributes)
    {
        var parsed = PlaylistParser.Parse(Encoding.UTF8.GetBytes($"#EXTM3U\n#EXT-X-STREAM-INF:{attributes}\na.m3u8\n"));
        return Assert.Single(parsed.Multivariant!.Variants);
    }

    private static void Fails(string text, string reason, PlaylistLimits? limits = null)
    {
        var parsed = PlaylistParser.Parse(Encoding.UTF8.GetBytes(text), limits);
        Assert.Contains(reason, parsed.Error, StringComparison.Ordinal);
        Assert.Null(parsed.Media);
        Assert.Null(parsed.Multivariant);
    }
}
