using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Spillway.TestSupport;

/// <summary>A STUN server on this machine, by the letter of RFC 8489, which may be deaf for a while.</summary>
internal sealed class StunServer : IAsyncDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    public StunServer(int deafTo = 0)
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _serving = ServeAsync(deafTo);
    }

    public string Address => $"stun:127.0.0.1:{((IPEndPoint)_socket.LocalEndPoint!).Port}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync(int deafTo)
    {
        var buffer = new byte[1024];
        while (true)
        {
            var came = await _socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
            if (came.ReceivedBytes < 20 || deafTo-- > 0)
                continue;
            var from = (IPEndPoint)came.RemoteEndPoint;
            var answer = new byte[32];
            buffer.AsSpan(0, 20).CopyTo(answer);
            BinaryPrimitives.WriteUInt16BigEndian(answer, 0x0101);
            BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(2), 12);
            // XOR-MAPPED-ADDRESS of IPv4.
            BinaryPrimitives.WriteUInt32BigEndian(answer.AsSpan(20), 0x0020_0008);
            answer[25] = 1;
            BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(26), (ushort)(from.Port ^ 0x2112));
            from.Address.GetAddressBytes().CopyTo(answer, 28);
            for (var i = 0; i < 4; i++)
                answer[28 + i] ^= answer[4 + i];
            await _socket.SendToAsync(answer, from, _stop.Token);
        }
    }
}
