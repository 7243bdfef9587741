using System.Net;
using System.Text;

namespace Spillway.Tests.Admin;

/// <summary>What comes in at the door may be anything, from anybody: nothing of it may cost much, break anything, or come back as it was.</summary>
public sealed class DoorBodyTests(OperatorServer running) : IClassFixture<OperatorServer>, IDisposable
{
    private static readonly (string Method, string Path)[] s_takeBodies =
    [
        ("POST", "/api/v1/session"),
        ("POST", "/api/v1/streams/live/slate"),
        ("PUT", "/api/v1/streams/live/p2p"),
    ];

    private readonly RunningServer _server = running.Server;
    private readonly Operator _operator = new(running.Server) { Shown = Operator.Token };

    public void Dispose() => _operator.Dispose();

    [Fact]
    public async Task Giant_bodies_are_refused_before_they_have_come_with_a_length_and_without()
    {
        foreach (var (method, path) in s_takeBodies)
        {
            foreach (var framing in (string[])["Content-Length: 1000000000", "Transfer-Encoding: chunked"])
            {
                var chunk = framing.StartsWith('T') ? $"2000\r\n{new string(' ', 0x2000)}\r\n" : "";
                var answer = await _server.RawAsync(
                    $"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Operator.Token}\r\n{framing}\r\n\r\n{chunk}"
                );
                Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Json_that_is_deep_wide_doubled_or_broken_is_a_bad_request()
    {
        string[] bombs =
        [
            new('[', 4096),
            string.Concat(Enumerable.Repeat("{\"on\":", 600)),
            $"{{\"on\":{new string('9', 4000)}}}",
            $"{{\"on\":1e{new string('9', 400)}}}",
            $"{{\"{new string('a', 4000)}\":true}}",
            "{\"on\":\"\\ud800\"}",
            "{\"on\":true}{\"on\":true}",
            "\u0000",
            "{\"on\":true,\"__proto__\":{\"on\":true}}",
        ];
        foreach (var (method, path) in s_takeBodies)
        {
            foreach (var bomb in bombs)
            {
                var (answer, text) = await _operator.AskAsync(new HttpMethod(method), path, bomb);
                Assert.True(
                    answer.StatusCode == HttpStatusCode.BadRequest,
                    $"{path} {bomb[..Math.Min(20, bomb.Length)]}: {answer.StatusCode}"
                );
                Assert.True(text.Length < 300, text);
            }
        }
        Assert.Equal(HttpStatusCode.OK, await _operator.StatusAsync(HttpMethod.Get, "/api/v1/status"));
    }

    [Theory]
    [InlineData("/api/v1/streams/live%0d%0aSet-Cookie:%20x=1/slate")]
    [InlineData("/api/v1/streams/%3Cscript%3E/end")]
    [InlineData("/api/v1/%0d%0aX-Injected:1")]
    [InlineData("/api/v1/streams/..%2f..%2flive/slate")]
    public async Task Names_do_not_become_headers_or_markup(string path)
    {
        var answer = await _server.RawAsync(
            $"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Operator.Token}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        Assert.StartsWith("HTTP/1.1 404", answer, StringComparison.Ordinal);
        var head = answer[..answer.IndexOf("\r\n\r\n", StringComparison.Ordinal)];
        Assert.DoesNotContain("\r\nSet-Cookie", head, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("\r\nX-Injected", head, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Content-Type: application/json", head, StringComparison.Ordinal);
        Assert.Contains("X-Content-Type-Options: nosniff", head, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Authorization: Bearer a-token-of-my-own\r\nAuthorization: Bearer a-token-of-my-own")]
    [InlineData("Authorization: Bearer a-token-of-my-own, Bearer a-token-of-my-own")]
    [InlineData("Cookie: spillway-admin=x; spillway-admin=a-token-of-my-own")]
    [InlineData("X-Admin: a-token-of-my-own")]
    [InlineData("Authorization: Basic OmEtdG9rZW4tb2YtbXktb3du")]
    public async Task Nothing_but_one_token_or_one_session_opens(string header)
    {
        var answer = await _server.RawAsync($"GET /api/v1/status HTTP/1.1\r\nHost: x\r\n{header}\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 401", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_in_an_address_opens_nothing()
    {
        using var answer = await _server.GetAsync($"/api/v1/status?token={Operator.Token}&access_token={Operator.Token}");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task What_is_asked_by_a_wrong_method_or_at_the_edge_does_not_get_in()
    {
        foreach (var method in (string[])["HEAD", "OPTIONS", "TRACE", "PATCH"])
        {
            var answer = await _server.RawAsync($"{method} /api/v1/session HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            Assert.Matches("^HTTP/1.1 (401|405)", answer);
        }
        using var edge = await _server.GetEdgeAsync("/api/v1/status");
        Assert.Equal(HttpStatusCode.NotFound, edge.StatusCode);
        using var page = await _server.GetEdgeAsync("/dashboard/");
        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
    }

    [Fact]
    public async Task A_body_that_breaks_off_or_is_no_utf8_hurts_nobody()
    {
        var broken = Encoding.Latin1.GetString([0xff, 0xfe, 0x00, 0x80]);
        var answer = await _server.RawAsync(
            $"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nConnection: close\r\n\r\n{broken}"
        );
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        using (var gone = new System.Net.Sockets.TcpClient())
        {
            await gone.ConnectAsync(IPAddress.Loopback, _server.Port);
            await gone.GetStream()
                .WriteAsync(
                    Encoding.ASCII.GetBytes("POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 400\r\n\r\n{\"tok")
                );
        }
        Assert.Equal(HttpStatusCode.OK, await _operator.StatusAsync(HttpMethod.Get, "/api/v1/status"));
    }
}
