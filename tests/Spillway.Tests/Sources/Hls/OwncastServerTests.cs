using System.Text;
using Spillway.Sources.Hls;

namespace Spillway.Tests.Sources.Hls;

public sealed class OwncastServerTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8080/hls/stream.m3u8", "http://127.0.0.1:8080/")]
    [InlineData("https://tv.example.org/hls/stream.m3u8?x=1", "https://tv.example.org/")]
    [InlineData("https://example.org/owncast/hls/stream.m3u8", "https://example.org/owncast/")]
    [InlineData("http://127.0.0.1:8080/hls/0/stream.m3u8", null)]
    [InlineData("http://127.0.0.1:8080/live/index.m3u8", null)]
    [InlineData("file:///var/hls/stream.m3u8", null)]
    public void Its_address_is_told_by_the_playlist(string playlist, string? root) =>
        Assert.Equal(root, OwncastServer.RootOf(new Uri(playlist))?.ToString());

    [Fact]
    public void Its_answer_is_read()
    {
        const string Answer = """
            {"lastConnectTime":"2026-11-22T18:00:00Z","lastDisconnectTime":null,"versionNumber":"0.2.3","streamTitle":"A show","online":true}
            """;
        Assert.Equal(
            new OwncastStatus(true, "2026-11-22T18:00:00Z", "A show"),
            OwncastServer.Parse(Encoding.UTF8.GetBytes(Answer))
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html></html>")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[1,2]")]
    [InlineData("{\"online\":\"yes\"}")]
    [InlineData("{\"online\":true")]
    public void Other_answers_are_none(string answer) => Assert.Null(OwncastServer.Parse(Encoding.UTF8.GetBytes(answer)));
}
