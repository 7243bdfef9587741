using System.Text;
using Spillway.Watch.Checking;
using static Spillway.Tests.Watch.Snapshots;

namespace Spillway.Tests.Watch;

public sealed class VariantAndHttpRulesTests
{
    private const string EndList = "#EXT-X-ENDLIST\n";

    [Fact]
    public void Two_clean_variants_have_no_findings() =>
        Breaks("", Pairs((Live(0), Live(0)), (Live(1), Live(0, 7)), (Live(2), Live(2)), (Live(2) + EndList, Live(2) + EndList)));

    [Theory]
    [InlineData("E1", "BANDWIDTH=2600000,AVERAGE", "AVERAGE")]
    [InlineData("E1", "AVERAGE-BANDWIDTH=2500000", "AVERAGE-BANDWIDTH=2700000")]
    [InlineData("A13 E1", "20261122T140000Z-7f3a/480p/playlist.m3u8\n", "", true)]
    [InlineData("E2", "AVERAGE-BANDWIDTH=2500000,", "")]
    [InlineData("E2", "CODECS=\"avc1.64001f,mp4a.40.2\",RESOLUTION=854", "RESOLUTION=854")]
    [InlineData("E2", ",RESOLUTION=854x480", "")]
    [InlineData("E2", ",FRAME-RATE=25.000", "")]
    [InlineData("E6", ",FRAME-RATE=25.000\n", ",FRAME-RATE=25.000,AUDIO=\"none\"\n")]
    [InlineData("E6", "#EXT-X-STREAM", "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\"\n#EXT-X-STREAM")]
    [InlineData("E6", "#EXT-X-STREAM", "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"a\",NAME=\"b\"\n#EXT-X-STREAM")]
    [InlineData("A10", "RESOLUTION=1280x720", "RESOLUTION=\"1280x720\"")]
    [InlineData("A10", "BANDWIDTH=900000,", "BANDWIDTH=900000.5,", false, "E1")]
    public void A_breach_in_a_multivariant_playlist_is_found(
        string rules,
        string from,
        string to,
        bool isLoose = false,
        string others = ""
    )
    {
        Assert.Contains(from, Multivariant, StringComparison.Ordinal);
        var checker = new PlaylistChecker();
        checker.Add(MultivariantUrl, TimeSpan.Zero, Multivariant.Replace(from, to, StringComparison.Ordinal));
        if (isLoose)
            Assert.All(checker.Findings, finding => Assert.Contains(finding.Rule, rules, StringComparison.Ordinal));
        else
            Breaks($"{rules} {others}", checker);
        Assert.NotEmpty(checker.Findings);
    }

    [Fact]
    public void Attributes_that_change_within_a_broadcast_are_found()
    {
        var checker = Pairs();
        checker.Add(
            MultivariantUrl,
            TimeSpan.FromSeconds(1),
            Multivariant.Replace("=900000", "=900001", StringComparison.Ordinal)
        );
        Breaks("X5", checker);
    }

    [Fact]
    public void Settings_that_differ_between_variants_are_found()
    {
        Breaks("E7", Pairs((Live(0), Live(0).Replace("DURATION:2", "DURATION:3", StringComparison.Ordinal))));
        Breaks("E7", Pairs((Live(0), Live(0).Replace("#SPILL", "#EXT-X-PLAYLIST-TYPE:EVENT\n#SPILL", StringComparison.Ordinal))));
        Breaks(
            "E7",
            Pairs((Live(0), Live(0).Replace("#SPILL", "#EXT-X-SERVER-CONTROL:HOLD-BACK=6\n#SPILL", StringComparison.Ordinal)))
        );
    }

    [Fact]
    public void Dates_in_one_variant_only_are_found()
    {
        var without = Header(First) + $"#EXTINF:2.000000,\n{Name(First)}\n";
        Breaks("C1 C5", Pairs((Live(0), without)));
    }

    [Fact]
    public void Another_discontinuity_number_at_the_same_date_is_found()
    {
        Breaks(
            "E8",
            Pairs((Live(0), Live(0).Replace("DISCONTINUITY-SEQUENCE:0", "DISCONTINUITY-SEQUENCE:1", StringComparison.Ordinal)))
        );
        var other = Header(First) + Segment(First) + Segment(First + 1) + Discontinuous(First + 2) + Segment(First + 3);
        Breaks("E8", Pairs((Live(0, 4), other)));
    }

    [Fact]
    public void A_variant_that_stays_behind_is_found()
    {
        var slight = Pairs((Live(2), Live(0)));
        Breaks("E9", slight);
        Assert.All(slight.Findings, finding => Assert.Equal(Severity.Warning, finding.Severity));

        var far = Pairs((Live(3), Live(0)), (Live(4), Live(1)), (Live(5), Live(2)));
        Breaks("E9", far);
        Assert.Contains(far.Findings, finding => finding.Severity == Severity.Error);
    }

    [Fact]
    public void A_variant_that_does_not_end_with_the_others_is_found()
    {
        (string, string) Pair(int step) => (Live(0) + EndList, Live(step));
        Breaks("", Pairs([.. Enumerable.Range(0, 3).Select(Pair)]));
        Breaks("E10", Pairs([.. Enumerable.Range(0, 6).Select(Pair)]));
    }

    [Fact]
    public void A_clean_answer_has_no_findings() => Breaks("", Answered([]));

    [Theory]
    [InlineData("F1", "Content-Type", "text/plain")]
    [InlineData("A13", "Content-Length", "10")]
    [InlineData("F4", "Access-Control-Allow-Origin", null)]
    [InlineData("F4", "Access-Control-Allow-Origin", "https://page.test")]
    [InlineData("F5", "Cache-Control", "max-age=1, s-maxage=3")]
    [InlineData("F5", "Cache-Control", "max-age=2")]
    [InlineData("F5", "Cache-Control", "max-age=1, immutable")]
    [InlineData("F5", "Cache-Control", null)]
    public void A_breach_in_the_headers_of_a_playlist_is_found(string rule, string header, string? value) =>
        Breaks(rule, Answered(new() { [header] = value }));

    [Fact]
    public void Playlists_that_are_large_and_not_compressed_are_found()
    {
        var checker = Pairs();
        checker.Add(Answer(Live(0, 20), []));
        Breaks("F3", checker);
    }

    [Fact]
    public void A_playlist_that_is_missing_slow_or_redirected_is_found()
    {
        var checker = new PlaylistChecker();
        checker.Add(Answer("", []) with { Status = 404 });
        Breaks("", checker);
        checker.Add(Answer(Live(0), []));
        checker.Add(Answer("", []) with { Status = 404 });
        Breaks("F2", checker);

        checker = Pairs();
        checker.Add(Answer("", []) with { Status = 404 });
        Breaks("F2", checker);

        checker = Pairs();
        checker.Add(Answer("", []) with { Status = 0 });
        Breaks("F2", checker);

        checker = new PlaylistChecker();
        checker.Add(Answer(Live(0), []) with { ReceivedAt = TimeSpan.FromSeconds(2.1) });
        Breaks("F2", checker);

        checker = new PlaylistChecker();
        checker.Add(Answer(Live(0), []) with { Redirected = true });
        Breaks("F6", checker);
    }

    [Fact]
    public void A_clean_segment_has_no_findings() => Breaks("", Loaded("1000000", []));

    [Theory]
    [InlineData("X1", "1000001", null, null)]
    [InlineData("F6", "1000000", "Content-Type", "application/octet-stream")]
    [InlineData("F6", "1000000", "Content-Encoding", "gzip")]
    [InlineData("F5", "1000000", "Cache-Control", "no-store")]
    [InlineData("F4", "1000000", "Access-Control-Allow-Origin", null)]
    [InlineData("D1", "1000000", "Content-Length", "70")]
    public void A_breach_in_the_answer_for_a_segment_is_found(string rule, string body, string? header, string? value) =>
        Breaks(rule, Loaded(body, header is null ? [] : new() { [header] = value }));

    [Fact]
    public void A_listed_segment_that_does_not_load_or_changes_is_found()
    {
        var checker = Check(Live(0));
        checker.AddSegment(Load("1000000", []) with { Status = 404 }, isListed: false);
        Breaks("", checker);
        checker.AddSegment(Load("1000000", []) with { Status = 404 });
        Breaks("D1", checker);

        checker = Check(Live(0));
        checker.AddSegment(Load("", []));
        Breaks("D1 X1", checker);

        checker = Check(Live(0));
        checker.AddSegment(Load("1000000", []));
        checker.AddSegment(Load("1000001", []));
        Breaks("D11 X1", checker);
    }

    [Fact]
    public void A_removed_segment_that_goes_too_early_is_found()
    {
        var checker = Check(Live(0), Live(1), Live(2));
        // Removed after the first request at 0 s, it lasts 2 s and was in a playlist of 12 s.
        Assert.Equal(TimeSpan.FromSeconds(14), checker.Media[Url].Listings[First].LoadableUntil);
        var missing = Load("1000000", []) with { Status = 404, Body = null };
        checker.AddRemovedSegment(missing with { ReceivedAt = TimeSpan.FromSeconds(14.5) });
        checker.AddRemovedSegment(missing with { Status = 206, ReceivedAt = TimeSpan.FromSeconds(13) });
        Breaks("", checker);
        checker.AddRemovedSegment(missing with { ReceivedAt = TimeSpan.FromSeconds(13) });
        Breaks("B13", checker);
    }

    private static PlaylistChecker Pairs(params (string First, string Second)[] pairs)
    {
        var checker = new PlaylistChecker();
        checker.Add(MultivariantUrl, TimeSpan.Zero, Multivariant);
        for (var index = 0; index < pairs.Length; index++)
        {
            checker.Add(Url, TimeSpan.FromSeconds(2 * index), pairs[index].First);
            checker.Add(OtherUrl, TimeSpan.FromSeconds(2 * index + 0.1), pairs[index].Second);
        }

        return checker;
    }

    private static PlaylistChecker Answered(Dictionary<string, string?> changes)
    {
        var checker = new PlaylistChecker();
        checker.Add(Answer(Live(0), changes));
        return checker;
    }

    private static PlaylistChecker Loaded(string body, Dictionary<string, string?> changes)
    {
        var checker = Check(Live(0));
        checker.AddSegment(Load(body, changes));
        return checker;
    }

    private static Fetch Answer(string text, Dictionary<string, string?> changes) =>
        new()
        {
            Url = Url,
            RequestedAt = TimeSpan.Zero,
            ReceivedAt = TimeSpan.FromMilliseconds(20),
            Origin = "https://viewer.test",
            AcceptedGzip = true,
            Body = Encoding.UTF8.GetBytes(text),
            Headers = Changed(
                new()
                {
                    ["Content-Type"] = "application/vnd.apple.mpegurl",
                    ["Cache-Control"] = "max-age=1, s-maxage=1",
                    ["Access-Control-Allow-Origin"] = "*",
                },
                changes
            ),
        };

    private static SegmentFetch Load(string body, Dictionary<string, string?> changes) =>
        new()
        {
            PlaylistUrl = Url,
            Number = First,
            Url = $"http://edge.test/live/20261122T140000Z-7f3a/720p/{Name(First)}",
            RequestedAt = TimeSpan.Zero,
            ReceivedAt = TimeSpan.FromMilliseconds(20),
            Status = 200,
            Origin = "https://viewer.test",
            Body = Encoding.UTF8.GetBytes(body),
            Headers = Changed(
                new()
                {
                    ["content-type"] = "video/MP2T",
                    ["cache-control"] = "max-age=31536000, immutable",
                    ["Access-Control-Allow-Origin"] = "*",
                },
                changes
            ),
        };

    private static Dictionary<string, string> Changed(Dictionary<string, string> headers, Dictionary<string, string?> changes)
    {
        headers = new(headers, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in changes)
        {
            if (value is null)
                headers.Remove(name);
            else
                headers[name] = value;
        }

        return headers;
    }
}
