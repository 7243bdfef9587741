using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Spillway.Watch.Checking;

namespace Spillway.Tests.Watch;

/// <summary>Clean playlists to break: segments of 2 s, numbered from 1,000,000, dated without a break.</summary>
internal static class Snapshots
{
    public const string Url = "http://edge.test/live/20261122T140000Z-7f3a/720p/playlist.m3u8";
    public const string OtherUrl = "http://edge.test/live/20261122T140000Z-7f3a/480p/playlist.m3u8";
    public const string MultivariantUrl = "http://edge.test/live/playlist.m3u8";
    public const long First = 1_000_000;

    private static readonly DateTimeOffset Start = new(2026, 11, 22, 14, 0, 0, TimeSpan.Zero);

    public const string Multivariant = """
        #EXTM3U
        #EXT-X-VERSION:6
        #EXT-X-STREAM-INF:BANDWIDTH=2600000,AVERAGE-BANDWIDTH=2500000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=25.000
        20261122T140000Z-7f3a/720p/playlist.m3u8
        #EXT-X-STREAM-INF:BANDWIDTH=900000,AVERAGE-BANDWIDTH=800000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=854x480,FRAME-RATE=25.000
        20261122T140000Z-7f3a/480p/playlist.m3u8

        """;

    public static string Date(long number) =>
        Start.AddSeconds(2 * (number - First)).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string Name(long number) =>
        $"{number}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{number}")))[..32]}.ts";

    public static string Segment(long number) => $"#EXT-X-PROGRAM-DATE-TIME:{Date(number)}\n#EXTINF:2.000000,\n{Name(number)}\n";

    public static string Discontinuous(long number) => "#EXT-X-DISCONTINUITY\n" + Segment(number);

    public static string Gap(long number) =>
        $"#EXT-X-PROGRAM-DATE-TIME:{Date(number)}\n#EXT-X-GAP\n#EXTINF:2.000000,\n{number}-gap\n";

    public static string Header(long first, long discontinuities = 0) =>
        $"#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:{first}\n"
        + $"#EXT-X-DISCONTINUITY-SEQUENCE:{discontinuities}\n#EXT-X-INDEPENDENT-SEGMENTS\n#SPILLWAY:EPOCH=1,REVISION=1\n";

    public static string Live(long skip, int count = 6) =>
        Header(First + skip) + string.Concat(Enumerable.Range(0, count).Select(index => Segment(First + skip + index)));

    /// <summary>Given two seconds apart, as a player asks.</summary>
    public static PlaylistChecker Check(params string[] texts)
    {
        var checker = new PlaylistChecker();
        for (var index = 0; index < texts.Length; index++)
            checker.Add(Url, TimeSpan.FromSeconds(2 * index), texts[index]);
        return checker;
    }

    /// <summary>Exactly these rules are broken, in any severity.</summary>
    public static void Breaks(string rules, PlaylistChecker checker)
    {
        var expected = rules.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal);
        var found = checker.Findings.Select(finding => finding.Rule).Distinct().Order(StringComparer.Ordinal).ToList();
        if (!expected.SequenceEqual(found))
            Assert.Fail($"Expected: {rules}\n{string.Join('\n', checker.Findings)}");
    }
}
