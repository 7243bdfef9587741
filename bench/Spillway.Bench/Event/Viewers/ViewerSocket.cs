using System.Net.WebSockets;

namespace Spillway.Bench.Event.Viewers;

/// <summary>A WebSocket of a viewer, with the headers that a browser sends.</summary>
internal sealed class ViewerSocket : IDisposable
{
    private const string Browser =
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";

    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly byte[] _received = new byte[16 * 1024];

    private ViewerSocket() { }

    public bool IsOpen => _socket.State == WebSocketState.Open;

    /// <exception cref="WebSocketException">It was refused, or nobody answers.</exception>
    public static async Task<ViewerSocket> OpenAsync(Uri address, ViewerHttp http, Uri page, CancellationToken over)
    {
        var socket = new ViewerSocket();
        try
        {
            var options = socket._socket.Options;
            // A browser does not ping.
            options.KeepAliveInterval = TimeSpan.Zero;
            options.SetRequestHeader("Origin", page.GetLeftPart(UriPartial.Authority));
            options.SetRequestHeader("User-Agent", Browser);
            options.SetRequestHeader("Accept-Encoding", "gzip, deflate, br, zstd");
            options.SetRequestHeader("Accept-Language", "en-US,en;q=0.9");
            options.SetRequestHeader("Cache-Control", "no-cache");
            options.SetRequestHeader("Pragma", "no-cache");
            using var invoker = new HttpMessageInvoker(http.Invoker, disposeHandler: false);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(over);
            patience.CancelAfter(TimeSpan.FromSeconds(8));
            try
            {
                await socket._socket.ConnectAsync(address, invoker, patience.Token);
            }
            catch (OperationCanceledException exception) when (!over.IsCancellationRequested)
            {
                throw new WebSocketException("no answer within 8 s", exception);
            }
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>False: it is not open any more.</summary>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> text, CancellationToken over)
    {
        await _sending.WaitAsync(over);
        try
        {
            if (!IsOpen)
                return false;
            await _socket.SendAsync(text, WebSocketMessageType.Text, endOfMessage: true, over);
            return true;
        }
        catch (Exception exception) when (exception is WebSocketException or ObjectDisposedException)
        {
            return false;
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>The next message; empty: it has ended.</summary>
    /// <param name="cancellationToken">Breaks the connection, as when a network goes.</param>
    public async Task<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken)
    {
        var length = 0;
        try
        {
            while (true)
            {
                var part = await _socket.ReceiveAsync(_received.AsMemory(length), cancellationToken);
                length += part.Count;
                if (part.MessageType == WebSocketMessageType.Close)
                    return default;
                if (part.EndOfMessage)
                    return _received.AsMemory(0, length);
            }
        }
        catch (WebSocketException)
        {
            return default;
        }
    }

    public async Task CloseAsync()
    {
        try
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, soon.Token);
        }
        catch (Exception exception)
            when (exception is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // It was gone already.
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _sending.Dispose();
    }
}
