using System.Text;
using Spillway.Watch.Checking;
using static Spillway.Tests.Watch.Snapshots;

namespace Spillway.Tests.Watch;

/// <summary>Each case replaces a part of a clean playlist; the rules it must break are named first.</summary>
public sealed class TextRulesTests
{
    private const string Inf = "#EXTINF:2.000000,\n";

    [Fact]
    public void Clean_playlists_have_no_findings()
    {
        Breaks("", Check(Live(0)));
        Breaks("", Check(Live(0).Replace("\n", "\r\n", StringComparison.Ordinal)));
        Breaks("", Check(Header(First) + Gap(First) + Discontinuous(First + 1) + Segment(First + 2)));
        Breaks("", Check(Live(0) + "#EXT-X-ENDLIST\n"));
        Breaks("", Check(Live(0).Replace(".000Z", ".000+0000", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("A1 A4", "#EXTM3U\n", "\n#EXTM3U\n#EXTM3U\n")]
    [InlineData("A1", "#EXTM3U\n", "#EXTM3U8\n", "X2")]
    [InlineData("A2", "#EXTM3U\n", "\uFEFF#EXTM3U\n")]
    [InlineData("A2", "#SPILL", "#\u0007SPILL")]
    [InlineData("A2", "#SPILL", "#e\u0301SPILL")]
    [InlineData("A3", "6\n", "6 \n", "A4 A5")]
    [InlineData("A3", "#SPILL", " #SPILL", "A8 X4")]
    [InlineData("A3", "#SPILL", "#SP\rILL")]
    [InlineData("A4", "#EXT-X-TARGETDURATION:2\n", "#EXT-X-TARGETDURATION:2\n#EXT-X-TARGETDURATION:2\n")]
    [InlineData("A4", "#EXT-X-VERSION:6\n", "#EXT-X-VERSION:6\n#EXT-X-VERSION:6\n")]
    [InlineData("A5", "#EXT-X-VERSION:6", "#EXT-X-VERSION:2")]
    [InlineData("A5", "#EXT-X-VERSION:6\n", "")]
    [InlineData("A5", "VERSION:6", "VERSION:3", "", "#SPILL", "#EXT-X-MAP:URI=\"i\"\n#SPILL")]
    [InlineData("A5", "VERSION:6", "VERSION:4", "", "#SPILL", "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"k\"\n#SPILL")]
    [InlineData("A5", "VERSION:6", "VERSION:3", "", Inf, "#EXT-X-BYTERANGE:5@0\n" + Inf)]
    [InlineData("A5", "#SPILL", "#EXT-X-DEFINE:NAME=\"a\",VALUE=\"b\"\n#SPILL")]
    [InlineData("A6", "#SPILL", "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"b\"\n#SPILL", "A8 A13 E1")]
    [InlineData("A7", "#EXT-X-TARGETDURATION:2\n", "")]
    [InlineData("A7", "DURATION:2\n", "DURATION:2.0\n")]
    [InlineData("A7", "DURATION:2\n", "DURATION:0\n")]
    [InlineData("A8", "#EXTINF:2.000000,", "#EXTINF:-2.0,", "C3")]
    [InlineData("A8", "#EXTINF:2.000000,", "#EXTINF:2.000000", "C3")]
    [InlineData("A8", Inf, "", "C3")]
    [InlineData("A8", Inf, Inf + Inf)]
    [InlineData("A9", "#EXT-X-MEDIA-SEQUENCE:1000000", "#EXT-X-MEDIA-SEQUENCE:-1", "X4")]
    [InlineData("A10", "#SPILL", "#EXT-X-MAP:URI=i\n#SPILL")]
    [InlineData("A10", "#SPILL", "#EXT-X-MAP:URI=\"i\",URI=\"j\"\n#SPILL")]
    [InlineData("A10", "#SPILL", "#EXT-X-MAP:URI=\"i\" \n#SPILL", "A3 A11")]
    [InlineData("A10", "#SPILL", "#EXT-X-MAP:URI=\"i\", BYTERANGE=\"1@2\"\n#SPILL")]
    [InlineData("A10", "#SPILL", "#EXT-X-MAP:URI=\"i\n#SPILL", "A11")]
    [InlineData("A10", "#SPILL", "#EXT-X-KEY:METHOD=\"AES-128\",URI=\"k\"\n#SPILL")]
    [InlineData("A10", "#SPILL", "#EXT-X-KEY:METHOD=AES-128,URI=\"k\",IV=7\n#SPILL")]
    [InlineData("A11", Inf, "#EXT-X-BYTERANGE:5\n" + Inf)]
    [InlineData("A11", Inf, "#EXT-X-BYTERANGE:0@5\n" + Inf)]
    [InlineData("A11", "#SPILL", "#EXT-X-MAP:BYTERANGE=\"1@2\"\n#SPILL")]
    [InlineData("A11", "#SPILL", "#EXT-X-MAP:URI=\"i\",BYTERANGE=\"1\"\n#SPILL")]
    [InlineData("A11", "#SPILL", "#EXT-X-KEY:URI=\"k\"\n#SPILL")]
    [InlineData("A11", "#SPILL", "#EXT-X-KEY:METHOD=AES-128\n#SPILL")]
    [InlineData("A11", "#SPILL", "#EXT-X-KEY:METHOD=NONE,URI=\"k\"\n#SPILL")]
    [InlineData("A11", "#SPILL", "#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n#EXT-X-MAP:URI=\"i\"\n#SPILL")]
    [InlineData("A12", "00:04.000Z", "00:04Z")]
    [InlineData("A12", "00:04.000Z", "00:04.000")]
    [InlineData("A12", "00:04.000Z", "00:64.000Z")]
    [InlineData("A14", "#SPILL", "#EXT-X-DATERANGE:START-DATE=\"2026-11-22T14:00:00.000Z\"\n#SPILL")]
    [InlineData("A14", "#SPILL", "#EXT-X-DATERANGE:ID=\"a\"\n#SPILL")]
    [InlineData(
        "A14",
        "#SPILL",
        "#EXT-X-DATERANGE:ID=\"a\",START-DATE=\"2026-11-22T14:00:00Z\",END-DATE=\"2026-11-22T13:00:00Z\"\n#SPILL"
    )]
    [InlineData("A14", "#SPILL", "#EXT-X-DATERANGE:ID=\"a\",START-DATE=\"2026-11-22T14:00:00Z\",END-ON-NEXT=YES\n#SPILL")]
    [InlineData("A15", "#SPILL", "#EXT-X-START:TIME-OFFSET=-4\n#SPILL")]
    [InlineData("A15", "#SPILL", "#EXT-X-START:TIME-OFFSET=-40\n#SPILL")]
    [InlineData("B2", "#EXTINF:2.000000", "#EXTINF:2.500000", "C2 C3")]
    [InlineData("C3", "00:04.000Z", "00:05.500Z", "C2")]
    [InlineData("C3", "00:04.000Z", "00:04.200Z", "C2")]
    [InlineData("C4", "#EXT-X-PROGRAM-DATE-TIME:2026-11-22T14:00:04.000Z\n", "#EXT-X-DISCONTINUITY\n")]
    [InlineData("G4", "#SPILL", "#EXT-X-SERVER-CONTROL:HOLD-BACK=5.9\n#SPILL")]
    [InlineData("G4", "#SPILL", "#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL=11\n#SPILL")]
    [InlineData("X2", "#SPILL", "#EXT-X-ENDLISTS\n#SPILL")]
    [InlineData("X3", "#EXTINF:2.000000,\n", "#EXT-X-GAP\n#EXTINF:2.000000,\n")]
    [InlineData("B7", "#SPILL", "#EXT-X-PLAYLIST-TYPE:EVENTS\n#SPILL")]
    [InlineData("B7", "#SPILL", "#EXT-X-PLAYLIST-TYPE:VOD\n#SPILL")]
    public void A_breach_in_the_text_is_found(
        string rule,
        string from,
        string to,
        string others = "",
        string from2 = "",
        string to2 = ""
    )
    {
        var text = Live(0);
        Assert.Contains(from, text, StringComparison.Ordinal);
        text = Once(text, from, to);
        Breaks($"{rule} {others}", Check(from2.Length == 0 ? text : Once(text, from2, to2)));
    }

    [Fact]
    public void Text_that_is_not_UTF8_is_found()
    {
        var checker = new PlaylistChecker();
        checker.Add(Url, TimeSpan.Zero, [.. Encoding.UTF8.GetBytes(Live(0)), (byte)'#', 0xFF, (byte)'\n']);
        Breaks("A2", checker);
    }

    [Fact]
    public void A_missing_part_of_the_text_is_found()
    {
        Breaks("A13", Check(Live(0)[..^1]));
        Breaks("A13", Check(Live(0) + Inf));
    }

    [Fact]
    public void A_sequence_tag_after_a_segment_is_found()
    {
        Breaks(
            "A9 X4",
            Check(
                Header(0).Replace("#EXT-X-MEDIA-SEQUENCE:0\n", "", StringComparison.Ordinal)
                    + Segment(First)
                    + "#EXT-X-MEDIA-SEQUENCE:0\n"
            )
        );
        Breaks(
            "A9",
            Check(
                Once(Header(First), "#EXT-X-DISCONTINUITY-SEQUENCE:0\n", "")
                    + Segment(First)
                    + "#EXT-X-DISCONTINUITY-SEQUENCE:0\n"
            )
        );
    }

    [Fact]
    public void A_live_playlist_without_dates_is_found() =>
        Breaks("C1", Check(Header(First) + Inf + Name(First) + "\n" + Inf + Name(First + 1) + "\n"));

    [Fact]
    public void Names_that_do_not_fit_are_found()
    {
        Breaks("X4", Check(Header(First) + Segment(First + 1)));
        Breaks("X3", Check(Header(First) + Gap(First).Replace($"{First}-gap", "gap", StringComparison.Ordinal)));
        Breaks("X3", Check(Header(First) + Gap(First).Replace("#EXT-X-GAP\n", "", StringComparison.Ordinal)));
    }

    private static string Once(string text, string from, string to)
    {
        var at = text.IndexOf(from, StringComparison.Ordinal);
        return text[..at] + to + text[(at + from.Length)..];
    }
}
