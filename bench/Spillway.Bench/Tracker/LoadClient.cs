using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Spillway.Bench.Tracker;

/// <summary>One browser as a tracker meets it: it announces when it is told to, and answers each offer at once.</summary>
/// <param name="crowd">Counts for all.</param>
/// <param name="messages">Of its swarm.</param>
/// <param name="number">Its peer id comes from it.</param>
/// <param name="local">Where it connects from.</param>
internal sealed class LoadClient(Crowd crowd, BrowserMessages messages, int number, IPAddress local) : IDisposable
{
    private const int BufferSize = 16 * 1024;

    [ThreadStatic]
    private static byte[]? s_message;

    [ThreadStatic]
    private static byte[]? s_frame;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Lock _sending = new();
    private readonly byte[] _peerId = new byte[BrowserMessages.IdLength];
    private ArrayBufferWriter<byte>? _waiting;
    private int _generation = -1;
    private uint _mask = (uint)(number * 2654435761) | 1;

    /// <exception cref="InvalidOperationException">The server refused.</exception>
    public async Task ConnectAsync(int port, string path, CancellationToken cancellationToken)
    {
        _socket.Bind(new IPEndPoint(local, 0));
        await _socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        var request =
            $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        await _socket.SendAsync(Encoding.ASCII.GetBytes(request), cancellationToken);
        // Servers speak only when spoken to: what comes is the answer and nothing behind it.
        var answer = new byte[1024];
        var length = 0;
        while (!answer.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
        {
            var received = await _socket.ReceiveAsync(answer.AsMemory(length), cancellationToken);
            if (received == 0)
                throw new InvalidOperationException("The server closed a connection instead of answering its handshake.");
            length += received;
        }
        if (!answer.AsSpan().StartsWith("HTTP/1.1 101"u8))
            throw new InvalidOperationException(
                $"The server refused: {Encoding.ASCII.GetString(answer, 0, length).Split('\r')[0]}"
            );
        _socket.Blocking = false;
        _ = ReceiveAsync();
    }

    /// <param name="asNewPeer">With another peer id than before.</param>
    public void Announce(bool asNewPeer)
    {
        lock (_sending)
        {
            if (asNewPeer || _generation < 0)
            {
                _generation++;
                Encoding.ASCII.GetBytes(
                    string.Create(CultureInfo.InvariantCulture, $"-BE0001-{number:D6}{_generation:D6}"),
                    _peerId
                );
            }
            var message = s_message ??= new byte[BrowserMessages.MaxLength];
            Send(ClientFrame.Text, message.AsSpan(0, messages.WriteAnnounce(_peerId, Stopwatch.GetTimestamp(), message)));
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task ReceiveAsync()
    {
        var buffer = new byte[BufferSize];
        var length = 0;
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(buffer.AsMemory(length));
                if (received == 0)
                    break;
                length += received;
                var taken = 0;
                while (ClientFrame.Read(buffer.AsSpan(taken, length - taken), out var kind, out var payload) is > 0 and var size)
                {
                    taken += size;
                    if (kind == ClientFrame.Text)
                        Receive(payload);
                    else if (kind == ClientFrame.Ping)
                        Send(payload);
                    else if (kind == ClientFrame.Close)
                        crowd.NoteProblem($"closed by the server: {Convert.ToHexString(payload)}");
                }
                buffer.AsSpan(taken, length - taken).CopyTo(buffer);
                length -= taken;
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or InvalidDataException)
        {
            crowd.NoteClosed(error.Message);
            return;
        }
        crowd.NoteClosed("end of stream");
    }

    private void Receive(ReadOnlySpan<byte> message)
    {
        var notice = TrackerNotice.Read(message);
        if (notice.IsOffer)
        {
            crowd.NoteOffer(BrowserMessages.TimestampOf(notice.OfferId));
            lock (_sending)
            {
                var answer = s_message ??= new byte[BrowserMessages.MaxLength];
                Send(ClientFrame.Text, answer.AsSpan(0, messages.WriteAnswer(_peerId, notice.PeerId, notice.OfferId, answer)));
            }
        }
        else if (notice.IsAnswer)
            crowd.NoteAnswer();
        else if (notice.Interval > 0)
            crowd.NoteReply();
        else if (notice.Failure.StartsWith("no such offer"u8) && crowd.IsOfNewPeers)
            crowd.NoteTooLate();
        else
            crowd.NoteProblem(Encoding.UTF8.GetString(message));
    }

    private void Send(ReadOnlySpan<byte> pong)
    {
        lock (_sending)
            Send(ClientFrame.Pong, pong);
    }

    private void Send(byte kind, ReadOnlySpan<byte> payload)
    {
        var buffer = s_frame ??= new byte[BrowserMessages.MaxLength + ClientFrame.MaxHeader];
        _mask = _mask * 1664525 + 1013904223;
        ReadOnlySpan<byte> frame = buffer.AsSpan(0, ClientFrame.Write(kind, payload, _mask | 1, buffer));
        if (_waiting is null)
        {
            var sent = _socket.Send(frame, SocketFlags.None, out var error);
            if (error is not (SocketError.Success or SocketError.WouldBlock))
                return; // the receiving loop hears of it, too
            if (error == SocketError.WouldBlock)
                sent = 0;
            if (sent == frame.Length)
                return;
            frame = frame[sent..];
            _waiting = new ArrayBufferWriter<byte>();
            _ = DrainAsync();
        }
        _waiting.Write(frame);
    }

    /// <summary>The server reads more slowly than this writes.</summary>
    private async Task DrainAsync()
    {
        await Task.Yield();
        while (true)
        {
            byte[] bytes;
            lock (_sending)
            {
                if (_waiting!.WrittenCount == 0)
                {
                    _waiting = null;
                    return;
                }
                bytes = _waiting.WrittenSpan.ToArray();
                _waiting.ResetWrittenCount();
            }
            try
            {
                for (var sent = 0; sent < bytes.Length; )
                    sent += await _socket.SendAsync(bytes.AsMemory(sent));
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
