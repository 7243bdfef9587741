using System.Net.WebSockets;

namespace Spillway.Audience;

/// <summary>A reporting viewer's WebSocket. It only listens; what is wrong is counted, and after several faults it is closed.</summary>
internal sealed class ReportSocket(WebSocket socket, StreamAudience audience, Func<TimeSpan> now)
{
    private const int MostFaults = 5;

    /// <summary>How long the client may take to answer a close.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(3);

    // One byte more shows that a message is too large.
    private readonly byte[] _buffer = new byte[PlaybackReport.Largest + 1];

    public Reporter Reporter { get; } = new() { HeardAt = now() };

    /// <summary>Cuts off one that has been silent for too long.</summary>
    public void AbortIfSilent(TimeSpan patience)
    {
        if (now() - Reporter.HeardAt > patience)
            socket.Abort();
    }

    /// <returns>Why it ended, for the log.</returns>
    public async Task<string> RunAsync(CancellationToken stopping)
    {
        // Cancelling a receive would abort the socket, hence a task to wait for beside it.
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stopping.UnsafeRegister(
            static state => ((TaskCompletionSource)state!).TrySetResult(),
            stop
        );
        var receiving = ReceiveAsync();
        try
        {
            await Task.WhenAny(receiving, stop.Task);
        }
        finally
        {
            audience.Leave(Reporter);
        }
        var status = receiving.IsCompleted ? (await receiving).Status : WebSocketCloseStatus.EndpointUnavailable;
        using var late = new CancellationTokenSource(Farewell);
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(status, null, late.Token);
            // What it still sends is thrown away: with bytes unread the close might never arrive.
            if (receiving.IsCompleted)
                while (socket.State == WebSocketState.CloseSent)
                    await socket.ReceiveAsync(_buffer.AsMemory(), late.Token);
            else
                await receiving.WaitAsync(late.Token);
        }
        catch (Exception error) when (IsLoss(error))
        {
            socket.Abort();
        }
        audience.Leave(Reporter);
        return (await receiving).Why;
    }

    private async Task<(string Why, WebSocketCloseStatus Status)> ReceiveAsync()
    {
        try
        {
            while (Reporter.Faults < MostFaults)
            {
                var length = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await socket.ReceiveAsync(_buffer.AsMemory(length), CancellationToken.None);
                    if (part.MessageType == WebSocketMessageType.Close)
                        return ("closed by the client", WebSocketCloseStatus.NormalClosure);
                    length += part.Count;
                    if (length > PlaybackReport.Largest)
                    {
                        audience.NoteMalformed(Reporter);
                        return ("its message was too large", WebSocketCloseStatus.MessageTooBig);
                    }
                } while (!part.EndOfMessage);
                if (part.MessageType == WebSocketMessageType.Text)
                    audience.Take(Reporter, _buffer.AsSpan(0, length), now());
                else
                    audience.NoteMalformed(Reporter);
            }
            return ("too much of what it sent was no good", WebSocketCloseStatus.PolicyViolation);
        }
        catch (Exception error) when (IsLoss(error))
        {
            return (error.Message, WebSocketCloseStatus.NormalClosure);
        }
    }

    /// <summary>The ways in which a WebSocket says that the client, or the socket, is gone.</summary>
    private static bool IsLoss(Exception error) =>
        error is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException;
}
