using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Spillway.Tests.Tracker;

/// <summary>A WebSocket that neither reads nor answers pings and closes, being only a TCP connection after its handshake.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly TcpClient _client = new();

    public static async Task<RawClient> ConnectAsync(int port)
    {
        var raw = new RawClient();
        await raw._client.ConnectAsync(IPAddress.Loopback, port);
        await raw
            ._client.GetStream()
            .WriteAsync(
                Encoding.ASCII.GetBytes(
                    "GET /tracker/live HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
                )
            );
        var status = new byte[12];
        await raw._client.GetStream().ReadExactlyAsync(status);
        Assert.Equal("HTTP/1.1 101", Encoding.ASCII.GetString(status));
        return raw;
    }

    /// <summary>A client's text frame, masked with zeros: https://www.rfc-editor.org/rfc/rfc6455#section-5.2</summary>
    public async Task SendAsync(string text)
    {
        var payload = Encoding.UTF8.GetBytes(text);
        byte[] header =
            payload.Length < 126
                ? [0x81, (byte)(0x80 | payload.Length), 0, 0, 0, 0]
                : [0x81, 0xFE, (byte)(payload.Length >> 8), (byte)payload.Length, 0, 0, 0, 0];
        await _client.GetStream().WriteAsync((byte[])[.. header, .. payload]);
    }

    public void Dispose() => _client.Dispose();
}
