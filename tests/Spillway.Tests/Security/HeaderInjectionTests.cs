using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Spillway.Storage;
using Spillway.Tests.Sources.Hls;

namespace Spillway.Tests.Security;

/// <summary>Line breaks and markup in what others choose: they end up in no header, and in no text as more than text.</summary>
public sealed class HeaderInjectionTests(PushedServer fixture) : IClassFixture<PushedServer>
{
    private const string Injected = "X-Injected";

    [Theory]
    [InlineData("/%0d%0aX-Injected:%20a")]
    [InlineData("/live%0d%0aX-Injected:%20a/playlist.m3u8")]
    [InlineData("/live/a%0d%0aX-Injected:%20a/playlist.m3u8")]
    [InlineData("/watch/%0d%0aX-Injected:%20a")]
    [InlineData("/watch/live%E5%98%8D%E5%98%8AX-Injected:a")]
    [InlineData("/ingest/pushed/%0d%0aX-Injected:%20a.ts")]
    [InlineData("/ingest/%0d%0aX-Injected:%20a/s.ts")]
    [InlineData("/api/v1/%0d%0aX-Injected:%20a")]
    [InlineData("/api/v1/streams/%0aX-Injected:%20a/slate")]
    [InlineData("/tracker/%0d%0aX-Injected:%20a")]
    [InlineData("/reports/%0d%0aX-Injected:%20a")]
    [InlineData("/health?%0d%0aX-Injected:%20a")]
    public async Task A_line_break_in_an_address_makes_no_header(string target)
    {
        foreach (var port in (int[])[fixture.Server.Port, fixture.Server.EdgePort])
        foreach (var method in (string[])["GET", "PUT"])
        {
            var answer = await fixture.Server.RawAsync(
                port,
                $"{method} {target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {PushedServer.Token}\r\n"
                    + "Content-Length: 0\r\nConnection: close\r\n\r\n"
            );
            var head = answer.Split("\r\n\r\n")[0];
            Assert.DoesNotContain(head.Split('\n').Skip(1), static line => line.Contains(Injected, StringComparison.Ordinal));
            Assert.DoesNotContain('\r', head.Replace("\r\n", "", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("a\"><script>alert(1)</script>")]
    [InlineData("evil.example'onload='x")]
    [InlineData("localhost/../..")]
    [InlineData("localhost:80@evil.example")]
    [InlineData("localhost#")]
    [InlineData("a b")]
    [InlineData("[::1%25x]")]
    public async Task A_Host_that_is_none_gets_no_page_and_no_playlist(string host)
    {
        foreach (var path in (string[])["/", "/watch/live", "/live/playlist.m3u8"])
        {
            var answer = await fixture.Server.RawAsync($"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
            Assert.False(answer.StartsWith("HTTP/1.1 2", StringComparison.Ordinal), answer);
            Assert.DoesNotContain(host, answer, StringComparison.Ordinal);
        }
    }

    /// <summary>The streamer writes it into Owncast, and Spillway puts it into player.json.</summary>
    [Fact]
    public async Task A_title_of_the_source_is_text_and_one_line()
    {
        await using var owncast = await TestOrigin.StartAsync();
        var title = "a\r\nX-Injected: b\u0000\u001b[31m \"</script><img src=x onerror=alert(1)> ü \u2028 end";
        owncast["/api/status"] = c =>
            c.Response.WriteAsync($$"""{"online":true,"streamTitle":{{JsonSerializer.Serialize(title)}}}""");
        await using var server = await RunningServer.StartAsync(options =>
        {
            options.Streams["live"].Source = owncast.At("/hls/stream.m3u8").ToString();
            options.Streams["live"].Title = "";
        });
        var told = "";
        await Until.TrueAsync(
            async () =>
            {
                using var answer = await server.GetEdgeAsync("/live/player.json");
                if (answer.StatusCode != HttpStatusCode.OK)
                    return false;
                Assert.DoesNotContain(answer.Headers, static header => header.Key == Injected);
                using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
                told = document.RootElement.GetProperty("title").GetString()!;
                return told.Contains("end", StringComparison.Ordinal);
            },
            () => told
        );
        Assert.DoesNotContain(told, char.IsControl);
        Assert.Contains("</script><img src=x onerror=alert(1)> ü", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain\r\nX-Injected: a")]
    [InlineData("text/plain\nX-Injected: a")]
    [InlineData("text/plain\u0000")]
    public void No_object_s_header_has_a_line_break(string value)
    {
        Assert.Throws<ArgumentException>(() => ObjectKey.Check(new ObjectHeaders(value, "no-store")));
        Assert.Throws<ArgumentException>(() => ObjectKey.Check(new ObjectHeaders("text/plain", value)));
        Assert.NotNull(ObjectKey.Problem($"live/{value}"));
    }
}
