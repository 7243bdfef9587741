using System.Net;
using System.Net.Sockets;

namespace Spillway.Checks;

/// <summary>The first half of RTMP's handshake (RTMP 1.0 section 5.2): enough to see that a server of it listens.</summary>
internal static class RtmpGreeting
{
    private const int PacketLength = 1536;
    private const byte Version = 3;

    public static async Task<bool> IsAnsweredAsync(int port, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(patience);
        try
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(IPAddress.Loopback, port, late.Token);
            var stream = socket.GetStream();
            var hello = new byte[1 + PacketLength];
            hello[0] = Version;
            await stream.WriteAsync(hello, late.Token);
            var answer = new byte[1];
            return await stream.ReadAtLeastAsync(answer, 1, throwOnEndOfStream: false, late.Token) == 1 && answer[0] == Version;
        }
        catch (Exception exception)
            when (exception is SocketException or IOException or OperationCanceledException
                && !cancellationToken.IsCancellationRequested
            )
        {
            return false;
        }
    }
}
