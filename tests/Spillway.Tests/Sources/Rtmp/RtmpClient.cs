using System.Net;
using System.Net.Sockets;
using Spillway.Sources.Rtmp;

namespace Spillway.Tests.Sources.Rtmp;

/// <summary>An encoder's socket.</summary>
internal sealed class RtmpClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly List<byte> _received = [];

    public static async Task<RtmpClient> ConnectAsync(int port)
    {
        var client = new RtmpClient();
        await client._socket.ConnectAsync(IPAddress.Loopback, port);
        return client;
    }

    public async Task SendAsync(params byte[][] parts)
    {
        using var late = new CancellationTokenSource(Patience);
        foreach (var part in parts)
        {
            for (var sent = 0; sent < part.Length; )
                sent += await _socket.SendAsync(part.AsMemory(sent), late.Token);
        }
    }

    /// <summary>How much the server takes until it takes no more for two seconds.</summary>
    public async Task<long> FloodAsync(byte[] part, long most)
    {
        var total = 0L;
        while (total < most)
        {
            using var stuck = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            try
            {
                total += await _socket.SendAsync(part, stuck.Token);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }
        return total;
    }

    /// <summary>Reads until the server has sent a status of that level; fails when it closes first.</summary>
    public async Task<(string Level, string Code, string Description)> UntilStatusAsync(string level)
    {
        while (true)
        {
            var messages = Conversation.Read([.. _received]);
            if (messages.Any(static m => m.Stream == 1) && Conversation.Status(messages) is var status && status.Level == level)
                return status;
            Assert.True(await ReadAsync(), $"the server closed after {_received.Count} bytes");
        }
    }

    /// <summary>Reads until the server has closed.</summary>
    public async Task UntilClosedAsync()
    {
        while (await ReadAsync()) { }
    }

    /// <summary>Everything received so far is so long.</summary>
    public async Task UntilReceivedAsync(int length)
    {
        while (_received.Count < length)
            Assert.True(await ReadAsync(), $"the server closed after {_received.Count} bytes");
    }

    /// <summary>Sends no more; a close with answers unread would throw away what is under way.</summary>
    public void Finish() => _socket.Shutdown(SocketShutdown.Send);

    public void Dispose() => _socket.Dispose();

    private async Task<bool> ReadAsync()
    {
        var buffer = new byte[4096];
        using var late = new CancellationTokenSource(Patience);
        try
        {
            var length = await _socket.ReceiveAsync(buffer, late.Token);
            _received.AddRange(buffer.AsSpan(0, length));
            return length > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
