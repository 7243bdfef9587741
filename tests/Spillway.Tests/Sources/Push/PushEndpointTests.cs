using System.Net;
using System.Text;
using Spillway.Sources.Push;

namespace Spillway.Tests.Sources.Push;

/// <summary>What the door says to each kind of request.</summary>
public sealed class PushEndpointTests : IAsyncLifetime
{
    private const string Playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:2,\ns0.ts\n";
    private static readonly byte[] s_some = [1, 2, 3];

    private PushHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await PushHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_file_is_kept_as_it_came_and_a_later_one_takes_its_place()
    {
        Assert.Equal((HttpStatusCode.Created, ""), await _host.SendAsync("/ingest/live/a/s0.ts", s_some));
        Assert.Equal((HttpStatusCode.OK, ""), await _host.SendAsync("/ingest/live/a/s0.ts", [4, 5], "POST"));
        Assert.Equal([4, 5], _host.Inlet.Find("a/s0.ts")!.Bytes.ToArray());
        Assert.Equal(2, _host.Inlet.Bytes);
        Assert.Null(_host.Inlets.Of("second")!.Find("a/s0.ts"));
    }

    [Fact]
    public async Task A_deletion_is_answered_and_deletes_nothing()
    {
        await _host.SendAsync("/ingest/live/s0.ts", s_some);
        Assert.Equal(HttpStatusCode.OK, (await _host.SendAsync("/ingest/live/s0.ts", method: "DELETE")).Status);
        Assert.NotNull(_host.Inlet.Find("s0.ts"));
    }

    [Fact]
    public async Task A_deletion_that_overtakes_its_file_changes_nothing()
    {
        using var socket = await _host.ConnectAsync();
        await socket
            .GetStream()
            .WriteAsync(
                Encoding.Latin1.GetBytes(
                    $"PUT /ingest/live/{PushHost.Key}/s0.ts HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
                )
            );
        Assert.Equal(HttpStatusCode.OK, (await _host.SendAsync("/ingest/live/s0.ts", method: "DELETE")).Status);
        Assert.Null(_host.Inlet.Find("s0.ts"));
        await socket.GetStream().WriteAsync("3\r\ndef\r\n0\r\n\r\n"u8.ToArray());
        await Until.TrueAsync(() => _host.Inlet.Find("s0.ts") is not null, "the file is there");
        Assert.Equal("abcdef"u8, _host.Inlet.Find("s0.ts")!.Bytes.Span);
    }

    [Fact]
    public async Task A_body_that_breaks_off_leaves_the_earlier_version()
    {
        await _host.SendAsync("/ingest/live/s0.ts", s_some);
        using (var socket = await _host.ConnectAsync())
        {
            await socket
                .GetStream()
                .WriteAsync(
                    Encoding.Latin1.GetBytes(
                        $"PUT /ingest/live/{PushHost.Key}/s0.ts HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc"
                    )
                );
            await Task.Delay(50);
        }
        await Until.TrueAsync(
            () => _host.Logged.Contains("broke off in the middle of 's0.ts'", StringComparison.Ordinal),
            "it is told"
        );
        Assert.Equal(s_some, _host.Inlet.Find("s0.ts")!.Bytes.ToArray());
        Assert.Equal(HttpStatusCode.OK, (await _host.SendAsync("/ingest/live/s0.ts", s_some)).Status);
    }

    [Fact]
    public async Task An_initialization_section_may_stay_open_until_the_first_segment_is_cut()
    {
        using var socket = await _host.ConnectAsync();
        var stream = socket.GetStream();
        await stream.WriteAsync(
            Encoding.Latin1.GetBytes(
                $"PUT /ingest/live/{PushHost.Key}/init.mp4 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            )
        );
        // Kestrel's own limit would end it after five seconds.
        await Task.Delay(TimeSpan.FromSeconds(11), TestContext.Current.CancellationToken);
        await stream.WriteAsync("3\r\nabc\r\n0\r\n\r\n"u8.ToArray());
        using var reader = new StreamReader(stream);
        Assert.StartsWith("HTTP/1.1 201 ", await reader.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.NotNull(_host.Inlet.Find("init.mp4"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("key-of-live2")]
    [InlineData(PushHost.OtherKey)]
    public async Task Without_the_stream_s_key_nothing_is_taken(string key)
    {
        foreach (var method in (string[])["PUT", "POST", "DELETE", "GET"])
        {
            var (status, text) = await _host.SendAsync("/ingest/live/s0.ts", s_some, method, key);
            Assert.Equal(HttpStatusCode.Unauthorized, status);
            Assert.Contains("Authorization: Bearer", text, StringComparison.Ordinal);
            Assert.Equal('\n', text[^1]);
        }
        Assert.Null(_host.Inlet.Find("s0.ts"));
        Assert.DoesNotContain(PushHost.Key, _host.Logged, StringComparison.Ordinal);
        var raw = await _host.RawAsync(
            "PUT /ingest/live/s0.ts HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
        );
        Assert.StartsWith("HTTP/1.1 401 ", raw, StringComparison.Ordinal);
        Assert.Contains("WWW-Authenticate: Basic ", raw, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Bearer key-of-live", "")]
    [InlineData("bearer key-of-live", "")]
    [InlineData("Basic OmtleS1vZi1saXZl", "")]
    [InlineData("", "?key=key-of-live")]
    [InlineData("", "?a=b&key=key%2Dof%2Dlive")]
    public async Task The_key_may_be_shown_in_several_ways(string header, string query)
    {
        var raw = await _host.RawAsync(
            $"PUT /ingest/live/s0.ts{query} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close\r\n"
                + (header.Length > 0 ? $"Authorization: {header}\r\n" : "")
                + "\r\nabc"
        );
        Assert.StartsWith("HTTP/1.1 201 ", raw, StringComparison.Ordinal);
        Assert.NotNull(_host.Inlet.Find("s0.ts"));
    }

    [Theory]
    [InlineData("Basic !!!")]
    [InlineData("Basic a2V5LW9mLWxpdmU=")]
    [InlineData("Basic")]
    [InlineData("Digest key-of-live")]
    [InlineData("Bearer")]
    public async Task A_header_that_is_none_opens_nothing(string header) =>
        Assert.StartsWith(
            "HTTP/1.1 401 ",
            await _host.RawAsync(
                $"PUT /ingest/live/s0.ts HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close\r\nAuthorization: {header}\r\n\r\nabc"
            ),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("/ingest/nothing/stream.m3u8", "There is no live stream of that name to publish to; there is: live, second.")]
    [InlineData(
        "/ingest/followed/stream.m3u8",
        "followed does not take its segments from a push: Streams.followed.Source must be"
    )]
    [InlineData("/ingest/", "The address names no file")]
    [InlineData("/ingest", "An encoder publishes to /ingest/STREAM/stream.m3u8.")]
    public async Task A_stream_that_is_not_pushed_to_is_not_found(string path, string expected)
    {
        var (status, text) = await _host.SendAsync(path, s_some);
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.StartsWith(expected, text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/ingest/live/../s.ts", "begins with a dot")]
    [InlineData("/ingest/live/a/../../etc/s.ts", "begins with a dot")]
    [InlineData("/ingest/live/%2e%2e/s.ts", "begins with a dot")]
    [InlineData("/ingest/live/%2E%2E%2Fs.ts", "begins with a dot")]
    [InlineData("/ingest/live/a%2Fs.ts", "has other characters")]
    [InlineData("/ingest/live/%252e%252e/s.ts", "has other characters")]
    [InlineData("/ingest/live/a%5C..%5Cs.ts", "has other characters")]
    [InlineData("/ingest/live/a\\s.ts", "has other characters")]
    [InlineData("/ingest/live/%00.ts", "has other characters")]
    [InlineData("/ingest/live/%c0%ae%c0%ae/s.ts", "has other characters")]
    [InlineData("/ingest/live/c:/s.ts", "has other characters")]
    [InlineData("/ingest/live//s.ts", "is empty")]
    [InlineData("/ingest/live//etc/s.ts", "is empty")]
    [InlineData("/ingest/live/.hidden.ts", "begins with a dot")]
    [InlineData("/ingest/live/a/b/c/d/e/s.ts", "more than 5 parts")]
    [InlineData("/ingest/live/", "names no file")]
    [InlineData("/ingest/live", "names no file")]
    public async Task An_address_that_leads_elsewhere_is_refused_in_words(string target, string expected)
    {
        var raw = await _host.RawAsync(
            $"PUT {target} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close\r\nAuthorization: Bearer {PushHost.Key}\r\n\r\nabc"
        );
        Assert.StartsWith("HTTP/1.1 400 ", raw, StringComparison.Ordinal);
        // Kestrel itself refuses some, without words.
        if (raw.Contains("text/plain", StringComparison.Ordinal))
            Assert.Contains(expected, raw, StringComparison.Ordinal);
        Assert.Equal(0, _host.Inlet.Bytes);
    }

    [Fact]
    public async Task A_long_address_is_refused()
    {
        Assert.Contains(
            "longer than 128",
            (await _host.SendAsync($"/ingest/live/{new string('a', 200)}.ts", s_some)).Text,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "longer than 1024",
            (await _host.SendAsync($"/ingest/live/{new string('a', 2000)}.ts", s_some, key: PushHost.Key)).Text,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("shell.php")]
    [InlineData("page.html")]
    [InlineData("enc.key")]
    [InlineData("noextension")]
    public async Task A_foreign_file_is_refused(string file)
    {
        var (status, text) = await _host.SendAsync($"/ingest/live/{file}", s_some);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, status);
        Assert.Equal($"'{file}' is none of an HLS stream's files: .m3u8, .ts, .m4s, .mp4.\n", text);
    }

    [Theory]
    [InlineData("sub.vtt")]
    [InlineData("manifest.mpd")]
    public async Task What_packagers_send_beside_HLS_is_left_aside(string file)
    {
        Assert.Equal(HttpStatusCode.OK, (await _host.SendAsync($"/ingest/live/{file}", new byte[300_000])).Status);
        Assert.Null(_host.Inlet.Find(file));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PATCH")]
    [InlineData("OPTIONS")]
    public async Task Another_method_is_told_which_to_use(string method)
    {
        var (status, text) = await _host.SendAsync("/ingest/live/s0.ts", method: method);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, status);
        Assert.Contains("PUT and POST", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_playlist_does_not_take_the_place_of_one()
    {
        Assert.Equal(HttpStatusCode.Created, (await _host.SendAsync("/ingest/live/stream.m3u8", Playlist)).Status);
        var (status, text) = await _host.SendAsync("/ingest/live/stream.m3u8", "<html>");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.StartsWith("'stream.m3u8' is no HLS playlist", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await _host.SendAsync("/ingest/live/stream.m3u8", "")).Status);
        // ffmpeg's multivariant playlist, when it knows no bit rates.
        Assert.Equal(HttpStatusCode.OK, (await _host.SendAsync("/ingest/live/top.m3u8", "#EXTM3U\n#EXT-X-VERSION:3\n")).Status);
        Assert.Null(_host.Inlet.Find("top.m3u8"));
        Assert.Equal(Playlist, Encoding.UTF8.GetString(_host.Inlet.Find("stream.m3u8")!.Bytes.Span));
    }

    [Theory]
    [InlineData("stream.m3u8", 16)]
    [InlineData("s0.ts", 64)]
    public async Task A_body_beyond_the_limit_is_refused_whether_it_says_so_first_or_not(string file, int limit)
    {
        var (status, text) = await _host.SendAsync($"/ingest/live/{file}", new byte[(limit << 20) + 1]);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.StartsWith($"'{file}' is larger than {limit} MiB", text, StringComparison.Ordinal);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(
            HttpMethod.Put,
            $"http://127.0.0.1:{_host.Port}/ingest/live/{PushHost.Key}/{file}"
        );
        request.Content = new StreamContent(new MemoryStream(new byte[(limit << 20) + 1]));
        request.Headers.TransferEncodingChunked = true;
        using var answer = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Null(_host.Inlet.Find(file));
    }

    [Fact]
    public async Task A_segment_of_thirty_megabytes_is_taken()
    {
        Assert.Equal(HttpStatusCode.Created, (await _host.SendAsync("/ingest/live/s0.ts", new byte[30 << 20])).Status);
        Assert.Equal(30 << 20, _host.Inlet.Bytes);
    }

    [Fact]
    public void The_room_for_bodies_on_their_way_is_bounded()
    {
        const int Large = 64 << 20;
        Assert.True(_host.Inlet.TryBegin(Large));
        Assert.True(_host.Inlet.TryBegin(Large));
        Assert.True(_host.Inlet.TryBegin(Large));
        Assert.False(_host.Inlet.TryBegin(1));
        Assert.False(_host.Inlet.TryGrow(1));
        _host.Inlet.End(Large);
        Assert.True(_host.Inlet.TryBegin(1));
    }

    [Fact]
    public void The_oldest_segments_go_and_what_is_needed_for_hours_stays()
    {
        var inlet = _host.Inlet;
        inlet.Put("init.mp4", PushedKind.InitializationSection, s_some);
        inlet.Put("stream.m3u8", PushedKind.Playlist, s_some);
        for (var i = 0; i < 20; i++)
            inlet.Put($"s{i}.ts", PushedKind.Segment, new byte[10 << 20]);
        Assert.InRange(inlet.Bytes, 1, 128 << 20);
        Assert.Null(inlet.Find("s0.ts"));
        Assert.NotNull(inlet.Find("s19.ts"));
        for (var i = 0; i < 5000; i++)
            inlet.Put($"t{i}.ts", PushedKind.Segment, s_some);
        Assert.Equal(2000 * s_some.Length, inlet.Bytes);
        Assert.NotNull(inlet.Find("init.mp4"));
        Assert.NotNull(inlet.Find("stream.m3u8"));
    }

    [Fact]
    public void Names_that_never_end_do_not_fill_the_memory()
    {
        for (var i = 0; i < 1000; i++)
            _host.Inlet.Put($"p{i}.m3u8", PushedKind.Playlist, s_some);
        Assert.Equal(200, _host.Inlet.Playlists.Count);
        Assert.NotNull(_host.Inlet.Find("p999.m3u8"));
    }
}
