using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Spillway.EndToEnd.FirstFrame;

/// <summary>
/// A line to a server that takes time: all bytes come later by half a round trip in each direction, in order, and as many as were sent. Opening a
/// connection costs a round trip, too: the kernel answers it at once here, so that the first bytes wait for it instead. It can be cut, and
/// the server can be taken away.
/// </summary>
internal sealed class DelayProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly int _target;
    private readonly TimeSpan _oneWay;
    private readonly Task _accepting;
    private volatile TaskCompletionSource _whole = Whole();
    private volatile CancellationTokenSource _up = new();

    /// <param name="target">Port on this machine.</param>
    /// <param name="roundTrip">Added to each.</param>
    public DelayProxy(int target, TimeSpan roundTrip)
    {
        (_target, _oneWay) = (target, roundTrip / 2);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>
    /// While it is cut nothing passes, in either direction, and nobody is told; all that was sent comes afterwards, as by a network that loses
    /// packets for so long.
    /// </summary>
    public bool IsCut
    {
        get => !_whole.Task.IsCompleted;
        set
        {
            if (value && !IsCut)
                _whole = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            else if (!value)
                _whole.TrySetResult();
        }
    }

    /// <summary>The server is away: every connection is closed, and each new one at once.</summary>
    public bool IsDown
    {
        get => _up.IsCancellationRequested;
        set
        {
            if (value)
                _up.Cancel();
            else if (IsDown)
                _up = new CancellationTokenSource();
        }
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stopping.Dispose();
        _up.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_stopping.Token);
                connections.RemoveAll(static connection => connection.IsCompleted);
                connections.Add(ServeAsync(client));
            }
        }
        catch (OperationCanceledException) { }
        await Task.WhenAll(connections);
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (client)
        {
            client.NoDelay = true;
            using var ends = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, _up.Token);
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _target, ends.Token);
                await Task.WhenAll(
                    PassAsync(client, server, 2 * _oneWay, ends.Token),
                    PassAsync(server, client, TimeSpan.Zero, ends.Token)
                );
            }
            catch (Exception exception)
                when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One side has gone: so does the other.
            }
        }
    }

    /// <param name="opening">By which the first bytes come even later.</param>
    /// <param name="end">Both sides are closed.</param>
    private async Task PassAsync(Socket from, Socket to, TimeSpan opening, CancellationToken end)
    {
        var queue = Channel.CreateUnbounded<(long Due, byte[] Bytes)>();
        var sending = SendAsync(queue.Reader, to, end);
        var buffer = new byte[64 * 1024];
        var due = 0L;
        try
        {
            while (await from.ReceiveAsync(buffer, SocketFlags.None, end) is > 0 and var count)
            {
                due = Math.Max(due, Environment.TickCount64 + (long)(_oneWay + opening).TotalMilliseconds);
                opening = TimeSpan.Zero;
                queue.Writer.TryWrite((due, buffer[..count]));
            }
        }
        finally
        {
            queue.Writer.TryComplete();
            await sending;
        }
    }

    private async Task SendAsync(ChannelReader<(long Due, byte[] Bytes)> queue, Socket to, CancellationToken end)
    {
        await foreach (var (due, bytes) in queue.ReadAllAsync(end))
        {
            var wait = due - Environment.TickCount64;
            if (wait > 0)
                await Task.Delay(TimeSpan.FromMilliseconds(wait), end);
            await _whole.Task.WaitAsync(end);
            for (var sent = 0; sent < bytes.Length; )
                sent += await to.SendAsync(bytes.AsMemory(sent), SocketFlags.None, end);
        }
        if (to.Connected)
            to.Shutdown(SocketShutdown.Send);
    }

    private static TaskCompletionSource Whole()
    {
        var whole = new TaskCompletionSource();
        whole.SetResult();
        return whole;
    }
}
