using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Spillway.Checks;

/// <param name="Seen">As which address the server sees this machine.</param>
/// <param name="Problem">Why there was no answer; null when there was.</param>
internal readonly record struct StunSight(IPEndPoint? Seen, string? Problem);

/// <summary>Asks a STUN server as browsers do: by UDP, several times (https://www.rfc-editor.org/rfc/rfc8489#section-6.2.1), or by TLS.</summary>
internal static class StunProbe
{
    private const int DefaultPort = 3478;
    private const int DefaultSecurePort = 5349;
    private const int LongestAnswer = 2048;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(500);

    /// <param name="server">Of checked settings: <c>stun:HOST[:PORT]</c> or <c>stuns:HOST[:PORT]</c>.</param>
    public static async Task<StunSight> AskAsync(
        string server,
        TimeSpan patience,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var secure = server.StartsWith("stuns:", StringComparison.Ordinal);
        // As an address of some scheme, so that IPv6 and a missing port are read right: RFC 7064 has no slashes.
        var place = new Uri($"stun://{server[(server.IndexOf(':', StringComparison.Ordinal) + 1)..]}");
        var host = place.Host.Trim('[', ']');
        var port =
            place.Port > 0 ? place.Port
            : secure ? DefaultSecurePort
            : DefaultPort;
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(patience);
        var request = StunMessage.NewRequest();
        try
        {
            var seen = secure
                ? await AskByTlsAsync(host, port, request, late.Token)
                : await AskByUdpAsync(host, port, request, time, late.Token);
            return seen is null ? new(null, "what answers there is no STUN server") : new(seen, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(null, $"no answer within {patience.TotalSeconds:0.#} s");
        }
        catch (Exception exception) when (exception is SocketException or IOException or AuthenticationException)
        {
            return new(null, EdgeReader.Describe(exception));
        }
    }

    private static async Task<IPEndPoint?> AskByUdpAsync(
        string host,
        int port,
        byte[] request,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var addresses = await Dns.GetHostAddressesAsync(host, cancellationToken);
        var address = addresses.FirstOrDefault(static one => one.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0];
        using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = SendAgainAndAgainAsync(socket, request, time, done.Token);
        try
        {
            var buffer = new byte[LongestAnswer];
            while (true)
            {
                var length = await socket.ReceiveAsync(buffer, cancellationToken);
                if (StunMessage.Read(buffer.AsSpan(0, length), request) is { } seen)
                    return seen;
            }
        }
        finally
        {
            await done.CancelAsync();
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task SendAgainAndAgainAsync(
        Socket socket,
        byte[] request,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        for (var pause = FirstRetry; ; pause *= 2)
        {
            await socket.SendAsync(request, cancellationToken);
            await Task.Delay(pause, time, cancellationToken);
        }
    }

    private static async Task<IPEndPoint?> AskByTlsAsync(
        string host,
        int port,
        byte[] request,
        CancellationToken cancellationToken
    )
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(host, port, cancellationToken);
        await using var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, cancellationToken);
        await tls.WriteAsync(request, cancellationToken);
        var answer = new byte[LongestAnswer];
        await tls.ReadExactlyAsync(answer.AsMemory(0, StunMessage.HeaderLength), cancellationToken);
        var length = Math.Min(StunMessage.LengthOf(answer), LongestAnswer - StunMessage.HeaderLength);
        await tls.ReadExactlyAsync(answer.AsMemory(StunMessage.HeaderLength, length), cancellationToken);
        return StunMessage.Read(answer.AsSpan(0, StunMessage.HeaderLength + length), request);
    }
}
