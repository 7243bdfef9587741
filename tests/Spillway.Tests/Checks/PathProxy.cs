using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Spillway.Tests.Checks;

/// <summary>A way to a server that passes everything on, WebSockets too, and answers one path itself, or hangs up on it.</summary>
internal sealed class PathProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    /// <param name="port">The server's, on this machine.</param>
    /// <param name="path">What a request's path begins with that does not get there.</param>
    /// <param name="answer">Its whole answer; empty: none.</param>
    public PathProxy(int port, string path, string answer)
    {
        _listener.Start();
        _running = RunAsync(port, path, answer);
    }

    public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(int port, string path, string answer)
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(PassAsync(await _listener.AcceptTcpClientAsync(_stop.Token), port, path, answer));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task PassAsync(TcpClient client, int port, string path, string answer)
    {
        using var from = client;
        using var to = new TcpClient();
        try
        {
            var (near, head) = (from.GetStream(), new byte[8192]);
            var length = 0;
            while (!Encoding.ASCII.GetString(head, 0, length).Contains("\r\n\r\n", StringComparison.Ordinal))
            {
                var read = await near.ReadAsync(head.AsMemory(length), _stop.Token);
                if (read == 0)
                    return;
                length += read;
            }
            if (Encoding.ASCII.GetString(head, 0, length).StartsWith($"GET {path}", StringComparison.Ordinal))
            {
                await near.WriteAsync(Encoding.ASCII.GetBytes(answer), _stop.Token);
                return;
            }
            await to.ConnectAsync(IPAddress.Loopback, port, _stop.Token);
            var far = to.GetStream();
            await far.WriteAsync(head.AsMemory(0, length), _stop.Token);
            await Task.WhenAny(near.CopyToAsync(far, _stop.Token), far.CopyToAsync(near, _stop.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException)
        {
            // One side has gone.
        }
    }
}
