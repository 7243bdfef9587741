namespace Spillway.Tests.Tracker.WebSockets;

/// <summary>The opening handshake: https://www.rfc-editor.org/rfc/rfc6455#section-4.2</summary>
public sealed class HandshakeTests(HandshakeTests.Fixture fixture) : IClassFixture<HandshakeTests.Fixture>
{
    [Fact]
    public async Task A_right_one_is_answered_with_the_proof_and_nothing_that_was_not_asked_for()
    {
        using var client = await RawClient.ConnectAsync(fixture.Host);
        Assert.Contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", client.Head, StringComparison.Ordinal);
        Assert.Contains("\r\nUpgrade: websocket\r\n", client.Head, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: Upgrade\r\n", client.Head, StringComparison.Ordinal);
        foreach (var header in (string[])["Extensions", "Protocol", "Version"])
            Assert.DoesNotContain($"Sec-WebSocket-{header}", client.Head, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("Upgrade", "Upgrade: WebSocket")]
    [InlineData("Upgrade", "Upgrade: h2c, websocket")]
    [InlineData("Connection", "Connection: upgrade")]
    [InlineData("Connection", "Connection: Upgrade\r\nSec-WebSocket-Extensions: permessage-deflate")]
    [InlineData("Connection", "Connection: Upgrade\r\nSec-WebSocket-Protocol: anything")]
    public async Task Other_forms_of_it_are_right_too(string line, string instead)
    {
        using var client = await RawClient.RequestAsync(fixture.Host, RawClient.Request((line, instead)));
        Assert.StartsWith("HTTP/1.1 101 ", client.Head, StringComparison.Ordinal);
        Assert.DoesNotContain("Sec-WebSocket-Extensions", client.Head, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("Upgrade", null, 426)]
    [InlineData("Upgrade", "Upgrade: h2c", 426)]
    [InlineData("Upgrade", "Upgrade: websockets", 426)]
    [InlineData("Connection", null, 426)]
    [InlineData("Connection", "Connection: keep-alive", 426)]
    [InlineData("GET", "POST /tracker/live HTTP/1.1\r\nContent-Length: 0", 426)]
    [InlineData("GET", "GET /tracker/live HTTP/1.0", 505)]
    [InlineData("Sec-WebSocket-Version", null, 426)]
    [InlineData("Sec-WebSocket-Version", "Sec-WebSocket-Version: 8", 426)]
    [InlineData("Sec-WebSocket-Version", "Sec-WebSocket-Version: 13, 8", 426)]
    [InlineData("Sec-WebSocket-Key", null, 400)]
    [InlineData("Sec-WebSocket-Key", "Sec-WebSocket-Key:", 400)]
    [InlineData("Sec-WebSocket-Key", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j", 400)] // 15 bytes
    [InlineData("Sec-WebSocket-Key", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZTE=", 400)] // 17
    [InlineData("Sec-WebSocket-Key", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZ!==", 400)]
    [InlineData(
        "Sec-WebSocket-Key",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        400
    )]
    public async Task A_wrong_one_is_refused(string line, string? instead, int status)
    {
        using var client = await RawClient.RequestAsync(fixture.Host, RawClient.Request((line, instead)));
        Assert.StartsWith($"HTTP/1.1 {status} ", client.Head, StringComparison.Ordinal);
        Assert.Equal(status == 426, client.Head.Contains("\r\nUpgrade: websocket\r\n", StringComparison.Ordinal));
        Assert.Equal(
            line == "Sec-WebSocket-Version",
            client.Head.Contains("\r\nSec-WebSocket-Version: 13\r\n", StringComparison.Ordinal)
        );
        await fixture.Host.UntilAsync(static now => now.Connections == 0);
    }

    [Fact]
    public async Task Frames_that_come_at_once_behind_it_are_read()
    {
        using var client = await RawClient.RequestAsync(
            fixture.Host,
            RawClient.Request(),
            RawFrame.Of(RawFrame.Text, Messages.Scrape("eager"))
        );
        Assert.StartsWith("HTTP/1.1 101 ", client.Head, StringComparison.Ordinal);
        Assert.Equal("files(eager)", await client.TranscriptAsync("eager"));
    }

    public sealed class Fixture : IAsyncLifetime
    {
        internal TrackerHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Host = await TrackerHost.StartAsync();

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }
}
