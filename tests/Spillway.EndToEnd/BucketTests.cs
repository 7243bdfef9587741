using System.Text.RegularExpressions;
using Amazon.S3.Model;
using Spillway.EndToEnd.Servers;
using Spillway.EndToEnd.Viewers;
using Spillway.TestSupport;

namespace Spillway.EndToEnd;

/// <summary>A show from a real S3 store, Ceph's gateway, which anybody may read, behind nginx as the public host.</summary>
public sealed partial class BucketTests : EndToEndTest
{
    private const string Immutable = "max-age=31536000";

    /// <summary>Every kind of object there may be: its key, type and cache header.</summary>
    private static readonly (Regex Key, string Type, string Cache)[] s_documented =
    [
        (PlayerPage(), "text/html; charset=utf-8", "s-maxage=60"),
        (PlayerElement(), "text/javascript; charset=utf-8", "s-maxage=60"),
        (PlayerLicenses(), "text/plain; charset=utf-8", "s-maxage=60"),
        (PlayerScript(), "text/javascript; charset=utf-8", Immutable),
        (PlayerStyle(), "text/css; charset=utf-8", Immutable),
        (Player(), "application/json", "max-age=1, s-maxage=2"),
        (Multivariant(), "application/vnd.apple.mpegurl", "max-age=1, s-maxage=2"),
        (MediaPlaylist(), "application/vnd.apple.mpegurl", "max-age=1, s-maxage=1"),
        (Segment(), "video/mp2t", Immutable),
        (SlateSegment(), "video/mp2t", Immutable),
        (Lease(), "application/json", "no-store"),
        (Report(), "application/json", "no-store"),
    ];

    [Fact(Timeout = 120_000)]
    public Task A_page_opened_too_early_plays_by_itself_behind_a_cache_that_keeps_404s_and_all_that_is_listed_can_be_read() =>
        OpenBeforeAsync(TimeSpan.FromSeconds(20));

    [Fact(Timeout = 180_000)]
    [Trait("Speed", "slow")]
    public Task A_page_opened_a_minute_before_the_stream_plays_by_itself_behind_a_cache_that_keeps_404s() =>
        OpenBeforeAsync(TimeSpan.FromSeconds(60));

    /// <summary>An early request for a playlist would leave a 404 in the cache and the page dark for three minutes.</summary>
    private async Task OpenBeforeAsync(TimeSpan early)
    {
        var ceph = await CephCluster.SharedAsync();
        var bucket = await ceph.CreateBucketAsync();
        var nginx = Own(await NginxEdge.StartAsync(Path.Combine(Folder, "nginx"), bucket.PublicUrl));
        var source = await CreateSourceAsync();
        var server = await ServeAsync(source.Folder, ceph.Settings(bucket, publicUrl: nginx.PublicUrl));
        // Past the cache: what is listed must be in the bucket already.
        var judge = Own(Judge.Watch($"{bucket.PublicUrl}/"));
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        await Until.TrueAsync(
            async () => (await http.GetAsync($"{bucket.PublicUrl}/watch/index.html")).IsSuccessStatusCode,
            TimeSpan.FromSeconds(10),
            () => $"the page is in the bucket. Spillway wrote:\n{server.Log}"
        );

        var viewer = await OpenAsync($"{nginx.PublicUrl}/watch/index.html");
        var page = await viewer.PageIdAsync();
        await viewer.UntilAsync(figures => figures.State == "offline", "it waits", TimeSpan.FromSeconds(10));
        Assert.Contains("Not on air yet", await viewer.NoticeAsync(), StringComparison.Ordinal);
        await AssertKeeps404Async(http, nginx);
        await Task.Delay(early, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(viewer.Requests, request => request.IsPlaylist);

        source.Start();
        await viewer.PlaysAsync(1, TimeSpan.FromSeconds(30));
        Viewer[] viewers = [viewer, await OpenAsync(server.Origin)];
        await AllPlayAsync(viewers, 15, TimeSpan.FromSeconds(30));

        Assert.Equal(page, await viewer.PageIdAsync());
        string[] expected = ["nothing", "favicon"];
        Assert.DoesNotContain(
            nginx.Requests,
            request => request.StartsWith("404", StringComparison.Ordinal) && !expected.Any(request.Contains)
        );
        foreach (var each in viewers)
        {
            Assert.All(
                each.Requests.Where(request => request.IsSegment || request.IsPlaylist),
                request => Assert.StartsWith(nginx.PublicUrl, request.Url.AbsoluteUri, StringComparison.Ordinal)
            );
            var figures = await each.FiguresAsync();
            Assert.True(figures.BytesShared > 0, $"{figures}");
            Assert.All(figures.Segments, segment => Assert.True(segment.Sha256Ok, segment.Url));
        }
        await judge.PassAsync();
        await AssertDocumentedAsync(ceph, bucket);
    }

    private static async Task AssertKeeps404Async(HttpClient http, NginxEdge nginx)
    {
        foreach (var expected in (string[])["MISS", "HIT"])
        {
            using var answer = await http.GetAsync($"{nginx.PublicUrl}/live/nothing.m3u8");
            Assert.Equal(404, (int)answer.StatusCode);
            Assert.Equal(expected, Assert.Single(answer.Headers.GetValues("X-Cache")));
        }
    }

    /// <summary>Nothing else lies in the bucket, and all of it says what it is and how long it may be kept.</summary>
    private static async Task AssertDocumentedAsync(CephCluster ceph, CephBucket bucket)
    {
        using var s3 = ceph.NewClient();
        var listed = new ListObjectsV2Response();
        // The slate is made beside the show.
        await Until.TrueAsync(
            async () =>
            {
                listed = await s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket.Name });
                return listed.S3Objects.Exists(static listing => SlateSegment().IsMatch(listing.Key));
            },
            TimeSpan.FromSeconds(60),
            static () => "the slate is stored"
        );
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var kinds = new HashSet<Regex>();
        foreach (var key in listed.S3Objects.Select(listing => listing.Key))
        {
            var (pattern, type, cache) = Assert.Single(s_documented, documented => documented.Key.IsMatch(key));
            kinds.Add(pattern);
            using var answer = await http.GetAsync($"{bucket.PublicUrl}/{key}", HttpCompletionOption.ResponseHeadersRead);
            Assert.True(answer.IsSuccessStatusCode, $"{key}: {answer.StatusCode}");
            Assert.True(type == $"{answer.Content.Headers.ContentType}", $"{key}: {answer.Content.Headers.ContentType}");
            var given = answer.Headers.TryGetValues("Cache-Control", out var values) ? string.Join(", ", values) : "";
            Assert.True(given.Contains(cache, StringComparison.Ordinal), $"{key}: {given}");
            Assert.Equal(cache == Immutable, given.Contains("immutable", StringComparison.Ordinal));
        }
        Assert.Equal(s_documented.Length, kinds.Count);
    }

    [GeneratedRegex("^watch/index\\.html$")]
    private static partial Regex PlayerPage();

    [GeneratedRegex("^watch/spillway-player\\.js$")]
    private static partial Regex PlayerElement();

    [GeneratedRegex("^watch/licenses\\.txt$")]
    private static partial Regex PlayerLicenses();

    [GeneratedRegex("^watch/assets/[A-Za-z0-9_-]+\\.js$")]
    private static partial Regex PlayerScript();

    [GeneratedRegex("^watch/assets/[A-Za-z0-9_-]+\\.css$")]
    private static partial Regex PlayerStyle();

    [GeneratedRegex("^live/lease\\.json$")]
    private static partial Regex Lease();

    [GeneratedRegex("^live/[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}/report\\.json$")]
    private static partial Regex Report();

    [GeneratedRegex("^live/player\\.json$")]
    private static partial Regex Player();

    [GeneratedRegex("^live/playlist\\.m3u8$")]
    private static partial Regex Multivariant();

    [GeneratedRegex("^live/[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}/[01]/playlist\\.m3u8$")]
    private static partial Regex MediaPlaylist();

    [GeneratedRegex("^live/[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}/[01]/[0-9]{7}-[0-9a-f]{32}\\.ts$")]
    private static partial Regex Segment();

    [GeneratedRegex("^live/slate/[0-9a-f]{32}/[01]/[0-9]+-[0-9a-f]{32}\\.ts$")]
    private static partial Regex SlateSegment();
}
