using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Spillway.Storage;

namespace Spillway.Tests.Storage;

public sealed class EmbeddedEdgeTests : IAsyncLifetime
{
    private static readonly byte[] Digits = TestObjects.Bytes("0123456789");
    private static readonly string Playlist = string.Concat(Enumerable.Range(0, 200).Select(i => $"#EXTINF:2.0,\n{i}.ts\n"));

    private EmbeddedHost _host = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await EmbeddedHost.StartAsync();
        await _host.Store.StoreAsync("live/digits.ts", Digits, TestObjects.Segment);
        var headers = new ObjectHeaders("application/vnd.apple.mpegurl", "max-age=1, s-maxage=2");
        await _host.Store.StoreAsync("live/playlist.m3u8", TestObjects.Bytes(Playlist), headers);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("bytes=0-3", "0123", "bytes 0-3/10")]
    [InlineData("bytes=4-", "456789", "bytes 4-9/10")]
    [InlineData("bytes=-3", "789", "bytes 7-9/10")]
    [InlineData("bytes=-30", "0123456789", "bytes 0-9/10")]
    [InlineData("bytes=9-9", "9", "bytes 9-9/10")]
    [InlineData("bytes=5-500", "56789", "bytes 5-9/10")]
    public async Task A_range_is_sent_alone(string range, string expected, string contentRange)
    {
        using var answer = await SendAsync("live/digits.ts", ("Range", range));
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(expected, await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(contentRange, answer.Content.Headers.ContentRange!.ToString());
        Assert.Equal(expected.Length, answer.Content.Headers.ContentLength);
        Assert.Equal(TestObjects.Segment.CacheControl, answer.Headers.NonValidated["Cache-Control"].ToString());
    }

    [Theory]
    [InlineData("bytes=10-")]
    [InlineData("bytes=10-12")]
    [InlineData("bytes=-0")]
    public async Task A_range_beyond_the_end_cannot_be_sent(string range)
    {
        using var answer = await SendAsync("live/digits.ts", ("Range", range));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, answer.StatusCode);
        Assert.Equal("bytes */10", answer.Content.Headers.ContentRange!.ToString());
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Theory]
    [InlineData("bytes=0-1,4-5")]
    [InlineData("bytes=5-2")]
    [InlineData("bytes=a-b")]
    [InlineData("lines=0-1")]
    [InlineData("bytes")]
    public async Task A_range_that_is_not_understood_gets_the_whole(string range)
    {
        using var answer = await SendAsync("live/digits.ts", ("Range", range));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(Digits, await answer.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Equal("bytes", answer.Headers.AcceptRanges.ToString());
    }

    [Fact]
    public async Task A_range_of_another_version_gets_the_whole()
    {
        var etag = TestObjects.ETagOf(Digits);
        using var whole = await SendAsync("live/digits.ts");
        var modified = whole.Content.Headers.LastModified!.Value;
        await AssertAsync(etag, HttpStatusCode.PartialContent);
        await AssertAsync(modified.ToString("R"), HttpStatusCode.PartialContent);
        await AssertAsync("\"another\"", HttpStatusCode.OK);
        await AssertAsync($"W/{etag}", HttpStatusCode.OK);
        await AssertAsync(modified.AddSeconds(-1).ToString("R"), HttpStatusCode.OK);
        await AssertAsync("garbage", HttpStatusCode.OK);

        async Task AssertAsync(string condition, HttpStatusCode status)
        {
            using var answer = await SendAsync("live/digits.ts", ("Range", "bytes=0-1"), ("If-Range", condition));
            Assert.Equal(status, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_copy_that_is_fresh_is_not_sent_again()
    {
        var etag = TestObjects.ETagOf(Digits);
        using var whole = await SendAsync("live/digits.ts");
        var modified = whole.Content.Headers.LastModified!.Value.ToString("R");
        foreach (var condition in (string[])[etag, $"W/{etag}", $"\"other\", {etag}", "*"])
        {
            using var answer = await SendAsync("live/digits.ts", ("If-None-Match", condition));
            Assert.Equal(HttpStatusCode.NotModified, answer.StatusCode);
            Assert.Equal(etag, answer.Headers.ETag!.ToString());
            Assert.Equal(TestObjects.Segment.CacheControl, answer.Headers.NonValidated["Cache-Control"].ToString());
            Assert.Equal("*", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        }
        using var since = await SendAsync("live/digits.ts", ("If-Modified-Since", modified));
        Assert.Equal(HttpStatusCode.NotModified, since.StatusCode);
        using var other = await SendAsync("live/digits.ts", ("If-None-Match", "\"other\""), ("If-Modified-Since", modified));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("br", "br")]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("gzip;q=1.0, br;q=0.5", "gzip")]
    [InlineData("*", "br")]
    [InlineData("gzip;q=0, br;q=0", null)]
    [InlineData("identity", null)]
    [InlineData("zstd", null)]
    [InlineData("", null)]
    public async Task A_playlist_is_compressed_as_the_player_can_read_it(string accepted, string? coding)
    {
        using var answer = await SendAsync("live/playlist.m3u8", ("Accept-Encoding", accepted));
        Assert.Equal(coding, answer.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.Equal("Accept-Encoding", answer.Headers.Vary.ToString());
        var sent = await answer.Content.ReadAsByteArrayAsync(Cancellation);
        Assert.Equal(sent.Length, answer.Content.Headers.ContentLength);
        Assert.Equal(Playlist, Encoding.UTF8.GetString(Decompress(sent, coding)));
        Assert.Equal(coding is not null, sent.Length < Playlist.Length / 2);
        // The two forms share the version, not the bytes.
        Assert.Equal(coding is not null, answer.Headers.ETag!.IsWeak);
        using var again = await SendAsync(
            "live/playlist.m3u8",
            ("Accept-Encoding", accepted),
            ("If-None-Match", answer.Headers.ETag.ToString())
        );
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Equal("Accept-Encoding", again.Headers.Vary.ToString());
    }

    [Fact]
    public async Task A_new_version_is_compressed_anew()
    {
        using var before = await SendAsync("live/playlist.m3u8", ("Accept-Encoding", "gzip"));
        var next = Playlist + "#EXT-X-ENDLIST\n";
        await _host.Store.StoreAsync("live/playlist.m3u8", TestObjects.Bytes(next));
        using var answer = await SendAsync("live/playlist.m3u8", ("Accept-Encoding", "gzip"));
        var sent = await answer.Content.ReadAsByteArrayAsync(Cancellation);
        Assert.Equal(next, Encoding.UTF8.GetString(Decompress(sent, "gzip")));
    }

    [Fact]
    public async Task Media_small_texts_and_ranges_are_not_compressed()
    {
        await _host.Store.StoreAsync("live/1.ts", new byte[5_000], TestObjects.Segment);
        await _host.Store.StoreAsync(
            "live/player.json",
            TestObjects.Bytes("{}"),
            new ObjectHeaders("application/json", "max-age=1")
        );
        foreach (
            var (key, range) in ((string, string)[])
                [("live/1.ts", ""), ("live/player.json", ""), ("live/playlist.m3u8", "bytes=0-9")]
        )
        {
            using var answer = await SendAsync(key, ("Accept-Encoding", "gzip, br"), ("Range", range));
            Assert.Empty(answer.Content.Headers.ContentEncoding);
            Assert.False(answer.Headers.ETag!.IsWeak);
            Assert.Equal(key == "live/1.ts" ? "" : "Accept-Encoding", answer.Headers.Vary.ToString());
        }
    }

    [Fact]
    public async Task Compressed_forms_take_a_bounded_memory_and_stay_right()
    {
        var compression = new EdgeCompression(capacity: 2_000);
        for (var round = 0; round < 2; round++)
        {
            for (var version = 0; version < 20; version++)
            {
                var text = string.Concat(Enumerable.Range(version, 300).Select(number => $"{number * 7919}\n"));
                await _host.Store.StoreAsync("live/text.txt", TestObjects.Bytes(text));
                using var found = _host.Store.TryOpen("live/text.txt")!;
                var body = await compression.CompressAsync(found, "br", Cancellation);
                Assert.Equal(text, Encoding.UTF8.GetString(Decompress(body.ToArray(), "br")));
            }
        }
        Assert.InRange(compression.Size, 1, 2_000);
    }

    [Fact]
    public async Task A_page_of_any_host_may_read_and_ask_for_ranges()
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "live/digits.ts");
        request.Headers.Add("Origin", "https://page.example.org");
        request.Headers.Add("Access-Control-Request-Method", "GET");
        request.Headers.Add("Access-Control-Request-Headers", "range");
        using var preflight = await _host.Client.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Equal("*", Header(preflight, "Access-Control-Allow-Origin"));
        Assert.Contains("Range", Header(preflight, "Access-Control-Allow-Headers"), StringComparison.Ordinal);
        Assert.Contains("GET", Header(preflight, "Access-Control-Allow-Methods"), StringComparison.Ordinal);

        using var answer = await SendAsync("live/digits.ts");
        foreach (var name in (string[])["Content-Range", "Content-Length", "ETag", "Date"])
            Assert.Contains(name, Header(answer, "Access-Control-Expose-Headers"), StringComparison.Ordinal);
        Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
        Assert.NotNull(answer.Headers.Date);
    }

    [Fact]
    public async Task What_is_not_there_is_one_line_that_nothing_caches()
    {
        foreach (var path in (string[])["live/nothing.ts", "", "live", "live/", "live/digits.ts/", "live//digits.ts"])
        {
            using var answer = await SendAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.Equal("no-store", Header(answer, "Cache-Control"));
            Assert.Equal("*", Header(answer, "Access-Control-Allow-Origin"));
            Assert.Equal("There is no such object.\n", await answer.Content.ReadAsStringAsync(Cancellation));
        }
    }

    [Theory]
    [InlineData("/../lock")]
    [InlineData("/..%2flock")]
    [InlineData("/%2e%2e/lock")]
    [InlineData("/live/..%2f..%2f..%2flock")]
    [InlineData("/live/..\\..\\..\\lock")]
    [InlineData("/live/%5c..%5c..%5clock")]
    [InlineData("//etc/passwd")]
    [InlineData("/%2fetc/passwd")]
    [InlineData("/live/digits.ts%00.m3u8")]
    public async Task No_path_leads_out_of_the_store(string target)
    {
        var answer = await RawAsync($"GET {target} HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n\r\n");
        Assert.Matches("^HTTP/1.1 40[04] ", answer);
    }

    [Fact]
    public async Task Only_reading_is_allowed()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "live/digits.ts") { Content = new StringContent("x") };
        using var answer = await _host.Client.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Contains("GET", answer.Content.Headers.Allow);
        Assert.Equal(Digits, (await _host.Store.FindAsync("live/digits.ts")).Body);
    }

    [Fact]
    public async Task HEAD_says_what_GET_would_without_the_body()
    {
        foreach (var key in (string[])["live/digits.ts", "live/playlist.m3u8", "live/nothing.ts"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, key);
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
            using var head = await _host.Client.SendAsync(request, Cancellation);
            using var get = await SendAsync(key, ("Accept-Encoding", "gzip"));
            Assert.Equal(get.StatusCode, head.StatusCode);
            Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
            Assert.Equal(get.Headers.ETag, head.Headers.ETag);
            Assert.Empty(await head.Content.ReadAsByteArrayAsync(Cancellation));
        }
    }

    [Fact]
    public async Task Requests_and_bytes_are_counted_by_kind_as_they_were_sent()
    {
        var page = TestObjects.Random(200_000);
        await _host.Store.StoreAsync("watch/index.html", page);
        await _host.Store.StoreAsync("live/player.json", TestObjects.Bytes("{}"));

        await SendAsync("live/digits.ts");
        await SendAsync("live/digits.ts", ("Range", "bytes=2-5"));
        await SendAsync("live/digits.ts", ("If-None-Match", "*"));
        using var compressed = await SendAsync("live/playlist.m3u8", ("Accept-Encoding", "br"));
        await SendAsync("live/player.json");
        await SendAsync("watch/index.html");
        await SendAsync("favicon.ico");

        var counters = _host.Edge.Counters;
        Assert.Equal(new EdgeCount(3, 14), counters[EdgeKind.Segment]);
        Assert.Equal(new EdgeCount(1, compressed.Content.Headers.ContentLength!.Value), counters[EdgeKind.Playlist]);
        Assert.Equal(new EdgeCount(1, 2), counters[EdgeKind.Json]);
        Assert.Equal(new EdgeCount(1, 200_000), counters[EdgeKind.Page]);
        Assert.Equal(new EdgeCount(1, "There is no such object.\n".Length), counters[EdgeKind.Other]);
        Assert.Equal(7, counters.Total.Requests);
    }

    [Fact]
    public async Task Of_a_transfer_that_the_viewer_breaks_off_only_the_sent_part_is_counted()
    {
        const int Length = 64 * 1024 * 1024;
        await _host.Store.StoreAsync("live/large.ts", new byte[Length], TestObjects.Segment);
        using (var request = new HttpRequestMessage(HttpMethod.Get, "live/large.ts"))
        using (var answer = await _host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation))
        {
            await using var body = await answer.Content.ReadAsStreamAsync(Cancellation);
            await body.ReadExactlyAsync(new byte[100_000], Cancellation);
        }
        await SendAsync("live/digits.ts");
        Assert.InRange(_host.Edge.Counters[EdgeKind.Segment].Bytes, 100_000, Length / 2);
    }

    private async Task<HttpResponseMessage> SendAsync(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{_host.Url}/{path}");
        foreach (var (name, value) in headers)
        {
            if (value.Length > 0)
                request.Headers.TryAddWithoutValidation(name, value);
        }
        return await _host.Client.SendAsync(request, Cancellation);
    }

    /// <summary>As no client library would send it.</summary>
    private async Task<string> RawAsync(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(_host.Url).Port, Cancellation);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Cancellation);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(Cancellation);
    }

    private static byte[] Decompress(byte[] body, string? coding)
    {
        using var compressed = new MemoryStream(body);
        using Stream plain = coding switch
        {
            "gzip" => new GZipStream(compressed, CompressionMode.Decompress),
            "br" => new BrotliStream(compressed, CompressionMode.Decompress),
            _ => compressed,
        };
        using var all = new MemoryStream();
        plain.CopyTo(all);
        return all.ToArray();
    }

    private static string Header(HttpResponseMessage answer, string name) => answer.Headers.NonValidated[name].ToString();
}
