using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Spillway.Bench.Event.Origin;

/// <summary>
/// Stands before the origin and counts what passes: each request by its kind, each byte of TCP's payload. It connects from the client's
/// own loopback address, so that the origin sees as many addresses as there are viewers.
/// </summary>
internal sealed class OriginRelay : IAsyncDisposable
{
    private readonly int _target;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Task, bool> _connections = [];
    private readonly long[] _requests = new long[Enum.GetValues<OriginKind>().Length];
    private readonly long[] _in = new long[Enum.GetValues<OriginKind>().Length];
    private readonly long[] _out = new long[Enum.GetValues<OriginKind>().Length];
    private readonly Task _accepting;

    /// <param name="target">The origin's own port.</param>
    public OriginRelay(int target)
    {
        _target = target;
        _listener.Start(backlog: 1024);
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>So far.</summary>
    public IReadOnlyDictionary<OriginKind, OriginTraffic> Counted =>
        Enum.GetValues<OriginKind>()
            .ToDictionary(
                static kind => kind,
                kind => new OriginTraffic(
                    Interlocked.Read(ref _requests[(int)kind]),
                    Interlocked.Read(ref _in[(int)kind]),
                    Interlocked.Read(ref _out[(int)kind])
                )
            );

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_connections.Keys).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptSocketAsync(_stopping.Token);
            var connection = CarryAsync(client);
            _connections.TryAdd(connection, true);
            _ = connection.ContinueWith(ended => _connections.TryRemove(ended, out _), TaskScheduler.Default);
        }
    }

    private async Task CarryAsync(Socket client)
    {
        using var origin = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (client)
        {
            client.NoDelay = true;
            try
            {
                origin.Bind(new IPEndPoint(((IPEndPoint)client.RemoteEndPoint!).Address, 0));
                await origin.ConnectAsync(IPAddress.Loopback, _target, _stopping.Token);
                var kind = OriginKind.Other;
                var heads = new RequestHeads(found =>
                {
                    kind = found;
                    Interlocked.Increment(ref _requests[(int)found]);
                });
                var up = PumpAsync(
                    client,
                    origin,
                    sent =>
                    {
                        heads.Add(sent);
                        Interlocked.Add(ref _in[(int)kind], sent.Length);
                    }
                );
                var down = PumpAsync(origin, client, sent => Interlocked.Add(ref _out[(int)kind], sent.Length));
                await Task.WhenAny(up, down);
                // A close goes through after what was sent before it; an end of one side is the end of both here.
                await Task.WhenAll(up, down).WaitAsync(TimeSpan.FromSeconds(2), _stopping.Token);
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException or TimeoutException) { }
        }
    }

    private async Task PumpAsync(Socket from, Socket to, ReadOnlySpanAction count)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer, _stopping.Token)) > 0)
            {
                count(buffer.AsSpan(0, read));
                for (var sent = 0; sent < read; )
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), _stopping.Token);
            }
            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // One side has broken the connection: so does the other.
            to.Close(timeout: 0);
        }
        catch (ObjectDisposedException)
        {
            // The other direction has closed it.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private delegate void ReadOnlySpanAction(ReadOnlySpan<byte> bytes);
}
