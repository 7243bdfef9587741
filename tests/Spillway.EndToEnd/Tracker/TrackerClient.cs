using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Spillway.EndToEnd.Tracker;

/// <summary>A client of any WebTorrent tracker, message by message.</summary>
internal sealed class TrackerClient : IDisposable
{
    /// <summary>A swarm that nobody is in. To ask about it shows that what was sent before has been dealt with.</summary>
    private const string Fence = "a hash of no swarm ..";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[128 * 1024];

    /// <param name="url">The tracker's.</param>
    /// <param name="address">The client's own: all of 127.0.0.0/8 are this machine's.</param>
    public static async Task<TrackerClient> ConnectAsync(string url, string address)
    {
        using var handler = new SocketsHttpHandler();
        handler.ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        };
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        var client = new TrackerClient();
        await client._socket.ConnectAsync(new Uri(url), invoker, CancellationToken.None);
        return client;
    }

    public Task SendAsync(string text, bool isBinary = false) =>
        _socket.SendAsync(
            Encoding.UTF8.GetBytes(text),
            isBinary ? WebSocketMessageType.Binary : WebSocketMessageType.Text,
            endOfMessage: true,
            CancellationToken.None
        );

    /// <summary>
    /// All that has come for it, now that the tracker has dealt with all that it was sent before. It is asked twice: bittorrent-tracker
    /// may answer the first time before it has done with the message before, not the second.
    /// </summary>
    public async Task<IReadOnlyList<JsonObject>> TakeAsync()
    {
        var taken = new List<JsonObject>();
        for (var round = 0; round < 2; round++)
        {
            await SendAsync(new JsonObject { ["action"] = "scrape", ["info_hash"] = Fence[..20] }.ToJsonString());
            JsonObject message;
            while (!IsFence(message = await NextAsync()))
                taken.Add(message);
        }
        return taken;
    }

    public void Dispose() => _socket.Dispose();

    private static bool IsFence(JsonObject message) => message["files"] is JsonObject files && files.ContainsKey(Fence[..20]);

    private async Task<JsonObject> NextAsync()
    {
        using var timeout = new CancellationTokenSource(s_patience);
        var length = 0;
        while (true)
        {
            var part = await _socket.ReceiveAsync(_buffer.AsMemory(length), timeout.Token);
            if (part.MessageType == WebSocketMessageType.Close)
                throw new InvalidOperationException(
                    $"The tracker closed: {_socket.CloseStatus} {_socket.CloseStatusDescription}"
                );
            length += part.Count;
            if (part.EndOfMessage)
                return JsonNode.Parse(_buffer.AsSpan(0, length))!.AsObject();
        }
    }
}
