using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Spillway.Playlists;

namespace Spillway.Tests;

/// <summary>What the origin and the edge answer while a stream is on air.</summary>
public sealed class ServerTests(ServerOnAir onAir) : IClassFixture<ServerOnAir>
{
    private readonly RunningServer _server = onAir.Server;

    [Theory]
    [InlineData("tv.example.org", "tv.example.org")]
    [InlineData("192.168.1.20:3000", "192.168.1.20")]
    [InlineData("[::1]:3000", "[::1]")]
    public async Task Playlists_name_only_the_edge_by_the_host_that_was_asked_for(string host, string expected)
    {
        var edge = $"http://{expected}:{_server.EdgePort}/live/{_server.Stream.OnAir!.Id}/";
        var multivariant = PlaylistParser.Parse(await BytesAsync("/live/playlist.m3u8")).Multivariant!;
        Assert.All(multivariant.Variants, v => Assert.StartsWith(edge, v.Uri, StringComparison.Ordinal));
        var name = _server.Stream.OnAir.Renditions.Single().Declared.Name;
        var media = PlaylistParser.Parse(await BytesAsync($"/live/{name}/playlist.m3u8")).Media!;
        Assert.All(media.Segments, s => Assert.StartsWith($"{edge}{name}/", s.Uri, StringComparison.Ordinal));

        async Task<byte[]> BytesAsync(string path)
        {
            using var answer = await _server.GetAsync(path, request => request.Headers.Host = host);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return await answer.Content.ReadAsByteArrayAsync();
        }
    }

    [Fact]
    public async Task What_the_origin_names_is_there_at_the_edge()
    {
        var multivariant = PlaylistParser
            .Parse(Encoding.UTF8.GetBytes(await _server.TextAsync("/live/playlist.m3u8")))
            .Multivariant!;
        using var playlist = await _server.Client.GetAsync(multivariant.Variants[0].Uri);
        Assert.Equal(HttpStatusCode.OK, playlist.StatusCode);
        var media = PlaylistParser.Parse(await playlist.Content.ReadAsByteArrayAsync()).Media!;
        // In the bucket names are relative.
        Assert.All(media.Segments, static s => Assert.DoesNotContain('/', s.Uri));
        var whole = PlaylistParser
            .Parse(Encoding.UTF8.GetBytes(await _server.TextAsync($"/live/{Rendition}/playlist.m3u8")))
            .Media!;
        using var segment = await _server.Client.GetAsync(whole.Segments.First(static s => !s.Gap).Uri);
        Assert.Equal(HttpStatusCode.OK, segment.StatusCode);
        Assert.Equal("video/mp2t", segment.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task The_old_system_s_address_of_the_playlist_is_the_same_playlist() =>
        Assert.Equal(await _server.TextAsync("/live/playlist.m3u8"), await _server.TextAsync("/hls/stream.m3u8"));

    [Theory]
    [InlineData("/nothing/playlist.m3u8", "There is no live stream of that name here; there is: live.\n")]
    [InlineData("/%3Cscript%3E/playlist.m3u8", "There is no live stream of that name here; there is: live.\n")]
    [InlineData("/watch/nothing", "There is no live stream of that name here; there is: live.\n")]
    [InlineData("/live/%22x/playlist.m3u8", "live has no such rendition; it has: {0}.\n")]
    public async Task What_is_not_there_is_one_line_that_nobody_keeps(string path, string expected)
    {
        using var answer = await _server.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(expected.Replace("{0}", Rendition, StringComparison.Ordinal), await answer.Content.ReadAsStringAsync());
        Assert.Equal("text/plain", answer.Content.Headers.ContentType!.MediaType);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        Assert.Equal("*", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Fact]
    public async Task A_playlist_that_is_known_is_not_sent_again()
    {
        using var first = await _server.GetAsync("/live/playlist.m3u8");
        var tag = first.Headers.ETag!;
        Assert.Equal(PlaylistContentType, first.Content.Headers.ContentType!.ToString());
        Assert.Equal("max-age=1, s-maxage=2", string.Join(", ", first.Headers.GetValues("Cache-Control")));
        Assert.Equal("*", first.Headers.GetValues("Access-Control-Allow-Origin").Single());
        using var again = await _server.GetAsync("/live/playlist.m3u8", request => request.Headers.IfNoneMatch.Add(tag));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Empty(await again.Content.ReadAsByteArrayAsync());
        Assert.Equal(tag, again.Headers.ETag);
        using var other = await _server.GetAsync(
            "/live/playlist.m3u8",
            static request => request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue("\"another\""))
        );
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_text_above_a_kilobyte_is_compressed_for_who_takes_it(string coding)
    {
        var path = $"/live/{Rendition}/playlist.m3u8";
        using var answer = await _server.GetAsync(path, request => request.Headers.AcceptEncoding.ParseAdd(coding));
        Assert.Equal(coding, answer.Content.Headers.ContentEncoding.Single());
        Assert.True(answer.Headers.ETag!.IsWeak);
        Assert.Contains("Accept-Encoding", answer.Headers.Vary);
        var body = await answer.Content.ReadAsStreamAsync();
        await using Stream plain =
            coding == "gzip"
                ? new GZipStream(body, CompressionMode.Decompress)
                : new BrotliStream(body, CompressionMode.Decompress);
        using var reader = new StreamReader(plain);
        Assert.StartsWith("#EXTM3U\n", await reader.ReadToEndAsync(), StringComparison.Ordinal);
        // Small ones are not.
        using var small = await _server.GetAsync("/live/playlist.m3u8", r => r.Headers.AcceptEncoding.ParseAdd(coding));
        Assert.Empty(small.Content.Headers.ContentEncoding);
    }

    [Theory]
    [InlineData("/live/playlist.m3u8")]
    [InlineData("/")]
    [InlineData("/nothing/playlist.m3u8")]
    public async Task HEAD_has_the_headers_of_GET_and_no_body(string path)
    {
        using var get = await _server.GetAsync(path);
        using var head = await _server.GetAsync(path, method: HttpMethod.Head);
        Assert.Equal(get.StatusCode, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("\"><script>alert(1)</script>")]
    [InlineData("tv.example.org\"onload=x")]
    [InlineData("a_b<script>")]
    [InlineData("evil_script.example.org")]
    public async Task A_Host_that_is_none_is_refused_and_nothing_of_it_comes_back(string host)
    {
        foreach (var path in (string[])["/", "/live/playlist.m3u8", $"/live/{Rendition}/playlist.m3u8"])
        {
            var answer = await _server.RawAsync($"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
            Assert.DoesNotContain("script", answer, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("onload", answer, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task A_request_line_s_host_is_held_to_the_same_rules()
    {
        var answer = await _server.RawAsync(
            "GET http://x\"><script>/ HTTP/1.1\r\nHost: x\"><script>\r\nConnection: close\r\n\r\n"
        );
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("script", answer, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/watch/live")]
    public async Task The_page_reads_everything_from_the_edge(string path)
    {
        var page = await _server.TextAsync(path, static request => request.Headers.Host = "tv.example.org:3000");
        var edge = $"http://tv.example.org:{_server.EdgePort}";
        Assert.Contains($"<head><base href=\"{edge}/watch/\">", page, StringComparison.Ordinal);
        Assert.Contains($"<link rel=\"preconnect\" href=\"{edge}\" crossorigin>", page, StringComparison.Ordinal);
        Assert.Contains($"content=\"script-src {edge}\"", page, StringComparison.Ordinal);
        using var stored = await _server.GetEdgeAsync("/watch/index.html");
        Assert.Equal(RunningServer.Page, await stored.Content.ReadAsStringAsync());
        using var asset = await _server.GetEdgeAsync("/watch/assets/player-1234.js");
        Assert.Contains("immutable", asset.Headers.GetValues("Cache-Control").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_has_the_old_members_and_the_rest_beside_them()
    {
        using var answer = await _server.GetAsync("/health");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        using var health = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        var root = health.RootElement;
        Assert.Contains(root.GetProperty("status").GetString(), (string[])["ok", "degraded"]);
        Assert.Equal(0, root.GetProperty("torrents").GetInt32());
        Assert.Equal(0, root.GetProperty("peers").GetInt32());
        Assert.Equal(_server.Stream.Status.Renditions[0].Stored, root.GetProperty("chunks").GetInt64());
        Assert.InRange(root.GetProperty("manifestChunks").GetInt32(), 1, 12);
        Assert.Equal("connected", root.GetProperty("signaling").GetString());
        var stream = root.GetProperty("streams")[0];
        Assert.Equal("live", stream.GetProperty("name").GetString());
        Assert.Equal("live", stream.GetProperty("state").GetString());
        Assert.True(stream.GetProperty("bytesStored").GetInt64() > 1000);
        Assert.True(root.GetProperty("origin").GetProperty("others").GetInt64() >= 0);
        Assert.True(root.TryGetProperty("edge", out _));
        Assert.Equal("ok\n", await _server.TextAsync("/health/live"));
        Assert.Equal("ok\n", await _server.TextAsync("/health/ready"));
    }

    [Fact]
    public async Task The_edge_s_port_serves_no_route_of_the_origin_and_the_origin_s_no_object()
    {
        foreach (var path in (string[])["/", "/health", "/watch/live", "/hls/stream.m3u8", $"/live/{Rendition}/playlist.m3u8"])
        {
            using var answer = await _server.GetEdgeAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
        using var player = await _server.GetEdgeAsync("/live/player.json");
        Assert.Equal(HttpStatusCode.OK, player.StatusCode);
        var folder = _server.Stream.OnAir!.Renditions.Single().Folder;
        foreach (var path in (string[])["/live/player.json", $"/{folder}/playlist.m3u8", "/watch/index.html"])
        {
            using var answer = await _server.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
        // Which port it is does not depend on what the client says.
        using var pretending = await _server.GetAsync(
            "/live/player.json",
            request => request.Headers.Host = $"127.0.0.1:{_server.EdgePort}"
        );
        Assert.Equal(HttpStatusCode.NotFound, pretending.StatusCode);
    }

    [Fact]
    public async Task Forwarded_headers_of_a_stranger_are_not_believed()
    {
        var playlist = await _server.TextAsync(
            "/live/playlist.m3u8",
            static request =>
            {
                request.Headers.Host = "tv.example.org";
                request.Headers.Add("X-Forwarded-Host", "evil.example.org");
                request.Headers.Add("X-Forwarded-Proto", "https");
            }
        );
        Assert.Contains("http://tv.example.org:", playlist, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", playlist, StringComparison.Ordinal);
    }

    private const string PlaylistContentType = "application/vnd.apple.mpegurl";

    private string Rendition => _server.Stream.OnAir!.Renditions.Single().Declared.Name;
}
