using System.Globalization;
using Spillway.Playlists;

namespace Spillway.Tests.Playlists;

/// <summary>Where objects lie and how long they may be kept: what edges and earlier versions rely on.</summary>
public sealed class StreamKeysTests
{
    [Fact]
    public void Keys_are_where_the_docs_say() =>
        Assert.Equal(
            [
                "live/playlist.m3u8",
                "live/player.json",
                "live/lease.json",
                "live/replays.json",
                "live/sweep.json",
                "trackers/n1.json",
                "replay.m3u8",
                "replay-2.m3u8",
                "live/b/report.json",
                "live/b/720p",
                "live/slate/abc",
                "../../slate/abc/720p/0-1.ts",
            ],
            [
                StreamKeys.Multivariant("live"),
                StreamKeys.Player("live"),
                StreamKeys.Lease("live"),
                StreamKeys.Replays("live"),
                StreamKeys.Sweep("live"),
                StreamKeys.Heartbeat("n1"),
                StreamKeys.ReplayPart(1),
                StreamKeys.ReplayPart(2),
                StreamKeys.Report("live", "b"),
                StreamKeys.MediaFolder("live", "b", "720p"),
                StreamKeys.SlateFolder("live", "abc"),
                StreamKeys.SlateUri("abc", "720p", "0-1.ts"),
            ]
        );

    [Theory]
    [InlineData("live/b/720p", "1-a.ts", "live/b/720p/1-a.ts")]
    [InlineData("live/b/720p", "../../slate/h/0.ts", "live/slate/h/0.ts")]
    [InlineData("live/b", "../../slate/h/0.ts", "live/../slate/h/0.ts")]
    [InlineData("/b", "../0.ts", "/b/../0.ts")]
    public void A_listed_address_is_resolved_within_the_stream(string folder, string uri, string key) =>
        Assert.Equal(key, StreamKeys.Resolve(folder, uri));

    [Fact]
    public void The_slates_address_leads_to_its_folder() =>
        Assert.Equal(
            $"{StreamKeys.SlateFolder("live", "abc")}/720p/0.ts",
            StreamKeys.Resolve(StreamKeys.MediaFolder("live", "b", "720p"), StreamKeys.SlateUri("abc", "720p", "0.ts"))
        );

    /// <summary>SHA-256 of "abc", FIPS 180-2 appendix B.1.</summary>
    [Fact]
    public void A_hash_is_the_first_half_of_the_SHA_256() =>
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223", StreamKeys.Hash("abc"u8));

    [Theory]
    [InlineData("1000000-0123.ts", "0123")]
    [InlineData("a-b/7-0123.m4s", "0123")]
    [InlineData("../../slate/h/720p/0-4567.ts", "4567")]
    [InlineData("init-89ab.mp4", "89ab")]
    [InlineData("a.b-0123.ts", "0123")]
    [InlineData("segment.ts", null)]
    [InlineData("-0123.ts", null)]
    [InlineData("1000000-0123", null)]
    [InlineData("v1.0-0123", null)]
    public void The_hash_stands_between_dash_and_extension(string uri, string? hash)
    {
        var segment = new MediaSegment { Uri = uri, Duration = TimeSpan.FromSeconds(2) };

        Assert.Equal(hash, StreamKeys.HashIn(segment));
        Assert.Null(StreamKeys.HashIn(segment with { Gap = true }));
    }

    [Fact]
    public void A_broadcasts_id_is_its_start_in_UTC_and_four_digits_that_keep_two_apart()
    {
        var start = new DateTimeOffset(2026, 11, 22, 20, 5, 1, TimeSpan.FromHours(1));

        var ids = Enumerable.Range(0, 20).Select(_ => StreamKeys.NewBroadcast(start)).ToList();

        Assert.All(ids, id => Assert.Matches("^20261122T190501Z-[0-9a-f]{4}$", id));
        Assert.True(ids.Distinct(StringComparer.Ordinal).Count() > 1);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 2)]
    [InlineData(11, 5)]
    public void An_edge_keeps_a_live_playlist_for_half_a_target_duration_at_most(int target, int seconds) =>
        Assert.Equal(
            ("application/vnd.apple.mpegurl", string.Create(CultureInfo.InvariantCulture, $"max-age=1, s-maxage={seconds}")),
            Of(StreamKeys.MediaPlaylistHeaders(target, ended: false))
        );

    [Fact]
    public void What_never_changes_is_kept_for_ever_and_what_does_is_not()
    {
        const string forEver = "public, max-age=31536000, immutable";
        Assert.Equal(("video/mp2t", forEver), Of(StreamKeys.HeadersOf("1-a.ts")));
        Assert.Equal(("video/iso.segment", forEver), Of(StreamKeys.HeadersOf("1-a.m4s")));
        Assert.Equal(("video/mp4", forEver), Of(StreamKeys.HeadersOf("init-a.mp4")));
        Assert.Equal(
            ("application/vnd.apple.mpegurl", "max-age=60, s-maxage=60"),
            Of(StreamKeys.MediaPlaylistHeaders(4, ended: true))
        );
        Assert.Equal(("application/vnd.apple.mpegurl", "max-age=1, s-maxage=2"), Of(StreamKeys.MultivariantHeaders));
        Assert.Equal(("application/json", "max-age=1, s-maxage=2"), Of(StreamKeys.PlayerHeaders));
        Assert.Equal(("application/json", "no-store"), Of(StreamKeys.PrivateHeaders));
        Assert.Equal(("application/json", "max-age=10, s-maxage=10"), Of(StreamKeys.ReplaysHeaders));
        Assert.Equal(("application/json", "public, max-age=86400"), Of(StreamKeys.ReportHeaders));
    }

    private static (string Type, string Cache) Of(Spillway.Storage.ObjectHeaders headers) =>
        (headers.ContentType, headers.CacheControl);
}
