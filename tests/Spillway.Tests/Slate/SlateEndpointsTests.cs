using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Spillway.Playlists;

namespace Spillway.Tests.Slate;

/// <summary>The slate by hand, over HTTP, for whoever has the token.</summary>
public sealed class SlateEndpointsTests : IAsyncLifetime
{
    private const string Token = "a-token-of-my-own";
    private const string Path = "/api/v1/streams/live/slate";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() =>
        _server = await RunningServer.StartAsync(static options =>
        {
            options.Admin.Token = Token;
            options.Streams["live"].Slate = "";
        });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task The_slate_goes_on_and_off()
    {
        await _server.UntilWriterAsync();
        await AssertAnswerAsync(HttpMethod.Post, Path, null, HttpStatusCode.Conflict, "Nothing is on air on live.");
        await _server.GoOnAirAsync();
        await Until.TrueAsync(() => _server.Stream.OnAir?.HasSlate == true, () => $"the slate is there: {_server.Stream.Status}");
        var rendition = _server.Stream.OnAir!.Renditions.Single().Declared.Name;
        var playlist = $"/live/{rendition}/playlist.m3u8";
        var broadcast = _server.Stream.Status.Broadcast;

        await AssertAnswerAsync(
            HttpMethod.Post,
            Path,
            null,
            HttpStatusCode.OK,
            $$"""{"stream":"live","state":"slate","broadcast":"{{broadcast}}","slateByHand":true}"""
        );
        await Until.TrueAsync(
            async () => (await _server.TextAsync(playlist)).Contains("/live/slate/", StringComparison.Ordinal),
            () => "the slate is listed"
        );
        // The origin's copy names the edge's addresses, without a way up in them.
        var listed = PlaylistParser.Parse(Encoding.UTF8.GetBytes(await _server.TextAsync(playlist))).Media!;
        var slate = listed.Segments.Where(static s => s.Uri.Contains("/slate/", StringComparison.Ordinal)).ToList();
        Assert.All(
            slate,
            s =>
                Assert.Matches(
                    $"^http://127[.]0[.]0[.]1:{_server.EdgePort}/live/slate/[0-9a-f]{{32}}/{rendition}/[0-9]+-[0-9a-f]{{32}}[.]ts$",
                    s.Uri
                )
        );
        using var segment = await _server.GetEdgeAsync(new Uri(slate[0].Uri).AbsolutePath);
        Assert.Equal("video/mp2t", segment.EnsureSuccessStatusCode().Content.Headers.ContentType?.MediaType);
        Assert.Contains("immutable", segment.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        // Two PUTs to a key are more than a second apart.
        await Until.TrueAsync(
            async () =>
            {
                using var player = await _server.GetEdgeAsync("/live/player.json");
                var text = await player.Content.ReadAsStringAsync();
                return text.Contains("\"state\":\"slate\"", StringComparison.Ordinal);
            },
            () => "players are told of the slate"
        );

        foreach (var off in (string?[])["{\"on\":false}", null])
        {
            await AssertAnswerAsync(HttpMethod.Post, Path, "{\"on\": true}", HttpStatusCode.OK, "\"slateByHand\":true");
            var method = off is null ? HttpMethod.Delete : HttpMethod.Post;
            await AssertAnswerAsync(method, Path, off, HttpStatusCode.OK, "\"slateByHand\":false");
        }
    }

    [Theory]
    [InlineData("{\"on\":\"yes\"}")]
    [InlineData("{\"on\":null}")]
    [InlineData("{\"off\":true}")]
    [InlineData("{\"on\":true,\"more\":1}")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("{\"on\":tr")]
    [InlineData("on")]
    public Task A_body_that_is_something_else_is_refused(string body) =>
        AssertAnswerAsync(HttpMethod.Post, Path, body, HttpStatusCode.BadRequest, "The body must be");

    [Fact]
    public async Task Large_bodies_unknown_streams_and_unknown_paths_are_refused()
    {
        await AssertAnswerAsync(
            HttpMethod.Post,
            Path,
            new string(' ', 5000),
            HttpStatusCode.RequestEntityTooLarge,
            "larger than 4096"
        );
        await AssertAnswerAsync(HttpMethod.Post, "/api/v1/streams/none/slate", null, HttpStatusCode.NotFound, "there is: live");
        await AssertAnswerAsync(HttpMethod.Get, "/api/v1/zebra", null, HttpStatusCode.NotFound, "There is nothing for GET");
    }

    [Fact]
    public async Task Nobody_gets_in_without_the_token_not_even_from_this_machine()
    {
        foreach (var path in (string[])[Path, "/api/v1/streams/none/slate", "/api/v1/zebra", "/api", "/api/v2/x"])
        {
            foreach (var given in (string?[])[null, "wrong-wrong-wrong", Token + "x"])
            {
                using var answer = await SendAsync(HttpMethod.Post, path, null, given);
                Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
                Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
                Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
                Assert.DoesNotContain(Token, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }
        }
        using var query = await SendAsync(HttpMethod.Post, $"{Path}?access_token={Token}", null, null);
        Assert.Equal(HttpStatusCode.Unauthorized, query.StatusCode);
    }

    [Fact]
    public async Task The_port_of_the_edge_has_no_such_door()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{_server.EdgePort}{Path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        using var answer = await _server.Client.SendAsync(request);
        Assert.Contains(answer.StatusCode, (HttpStatusCode[])[HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed]);
    }

    private async Task AssertAnswerAsync(HttpMethod method, string path, string? body, HttpStatusCode status, string text)
    {
        using var answer = await SendAsync(method, path, body, Token);
        var said = await answer.Content.ReadAsStringAsync();
        Assert.True(status == answer.StatusCode, $"{answer.StatusCode}: {said}");
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains(text, said, StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body, string? token)
    {
        using var request = new HttpRequestMessage(method, $"http://127.0.0.1:{_server.Port}{path}");
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await _server.Client.SendAsync(request);
    }
}
