using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Spillway.Tests.Tracker.WebSockets;

/// <summary>A WebSocket client that sends any bytes, also wrong ones, and shows each frame of the server as it is.</summary>
internal sealed class RawClient : IDisposable
{
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";

    private readonly TcpClient _client;

    // The client itself gives no stream any more once the connection is broken, though there may be something to read.
    private readonly Stream _stream;

    private RawClient(TcpClient client, Stream stream) => (_client, _stream) = (client, stream);

    /// <summary>Status line and headers of the answer to the handshake.</summary>
    public string Head { get; private set; } = "";

    public static async Task<RawClient> ConnectAsync(TrackerHost host)
    {
        var client = await RequestAsync(host, Request());
        Assert.StartsWith("HTTP/1.1 101 ", client.Head, StringComparison.Ordinal);
        return client;
    }

    /// <param name="replace">A line of the right request, by its beginning, and what stands there instead; null: nothing.</param>
    public static string Request(params (string Line, string? Instead)[] replace)
    {
        string[] lines =
        [
            "GET /tracker/live HTTP/1.1",
            "Host: 127.0.0.1",
            "Connection: keep-alive, Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            $"Sec-WebSocket-Key: {Key}",
        ];
        foreach (var (line, instead) in replace)
        {
            var at = Array.FindIndex(lines, candidate => candidate.StartsWith(line, StringComparison.Ordinal));
            lines[at] = instead ?? "";
        }
        return string.Join("\r\n", lines.Where(static line => line.Length > 0)) + "\r\n\r\n";
    }

    /// <param name="request">Head and whatever is to come at once behind it.</param>
    public static async Task<RawClient> RequestAsync(TrackerHost host, string request, byte[]? more = null)
    {
        var connection = new TcpClient { NoDelay = true };
        await connection.ConnectAsync(IPAddress.Loopback, host.Address.Port);
        Stream stream = connection.GetStream();
        if (host.Address.Scheme == Uri.UriSchemeHttps)
        {
            var secure = new SslStream(stream, leaveInnerStreamOpen: false, static (_, _, _, _) => true);
            await secure.AuthenticateAsClientAsync("localhost");
            stream = secure;
        }
        var client = new RawClient(connection, stream);
        await client.SendAsync([.. Encoding.ASCII.GetBytes(request), .. more ?? []]);
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await client._stream.ReadExactlyAsync(one);
            head.Append((char)one[0]);
        }
        client.Head = head.ToString();
        return client;
    }

    public async Task SendAsync(params byte[][] frames)
    {
        foreach (var frame in frames)
            await _stream.WriteAsync(frame);
    }

    /// <summary>In pieces of so many bytes.</summary>
    public async Task SendAsync(byte[] bytes, int piece)
    {
        foreach (var chunk in bytes.Chunk(piece))
            await _stream.WriteAsync(chunk);
    }

    /// <summary>No more bytes will come from here.</summary>
    public void Shutdown() => _client.Client.Shutdown(SocketShutdown.Send);

    /// <summary>The server's next frame; null: it has ended the connection. Fails after 30 s, or on a frame no server may send.</summary>
    public async Task<(int Opcode, byte[] Payload)?> NextAsync()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var head = new byte[8];
        try
        {
            if (await _stream.ReadAtLeastAsync(head.AsMemory(0, 2), 2, throwOnEndOfStream: false, timeout.Token) == 0)
                return null;
        }
        catch (IOException)
        {
            return null;
        }
        Assert.Equal(0x80, head[0] & 0xF0); // whole, no reserved bits
        Assert.Equal(0, head[1] & 0x80); // not masked
        var opcode = head[0] & 0x0F;
        int length = head[1];
        if (length == 126)
        {
            await _stream.ReadExactlyAsync(head.AsMemory(0, 2), timeout.Token);
            length = BinaryPrimitives.ReadUInt16BigEndian(head);
            Assert.InRange(length, 126, ushort.MaxValue);
        }
        Assert.NotEqual(127, length);
        var payload = new byte[length];
        await _stream.ReadExactlyAsync(payload, timeout.Token);
        return (opcode, payload);
    }

    /// <summary>
    /// What the server sends until it closes or answers a scrape of <paramref name="last"/>: <c>files(NAME)</c> for the answer to a
    /// scrape, <c>pong(PAYLOAD)</c>, <c>close 1002</c>, <c>end</c> for the end of the connection.
    /// </summary>
    public async Task<string> TranscriptAsync(string last)
    {
        var heard = new List<string>();
        while (heard.Count == 0 || heard[^1] != $"files({last})" && heard[^1] != "end")
        {
            heard.Add(
                await NextAsync() switch
                {
                    null => "end",
                    (RawFrame.Text, var payload) => Describe(JsonNode.Parse(payload)!.AsObject()),
                    (RawFrame.Pong, var payload) => $"pong({Encoding.Latin1.GetString(payload)})",
                    (RawFrame.Ping, var payload) => $"ping({Encoding.Latin1.GetString(payload)})",
                    (RawFrame.Close, { Length: 2 } payload) => $"close {BinaryPrimitives.ReadUInt16BigEndian(payload)}",
                    var other => throw new InvalidOperationException($"A frame of opcode {other.Value.Opcode}"),
                }
            );
            if (heard[^1].StartsWith("close", StringComparison.Ordinal))
                await SendCloseAsync();
        }
        return string.Join(' ', heard);
    }

    public void Dispose() => _client.Dispose();

    /// <summary>As a browser answers a close.</summary>
    private async Task SendCloseAsync()
    {
        try
        {
            await SendAsync(RawFrame.CloseWith(1000));
        }
        catch (IOException)
        {
            // The server has ended it already.
        }
    }

    private static string Describe(JsonObject reply) =>
        reply["files"] is JsonObject files ? $"files({files.Single().Key.Split('.')[0]})" : "other";
}
