using System.Buffers;
using System.Net.WebSockets;
using System.Threading.Channels;

namespace Spillway.Tracker;

/// <summary>A client's WebSocket: a loop that receives, a loop that sends, and a bounded queue before the latter.</summary>
/// <remarks>
/// When the queue is full: an offer goes to another peer instead, an answer is dropped (the asker's client gives up on it after
/// 50 s), and no more is read from this client until it has read. So its own replies always find room, and one that reads slowly
/// slows down nobody else. One that does not read at all is cut off after <see cref="Patience"/>.
/// </remarks>
internal sealed class TrackerSocket(WebSocket socket, StreamTracker tracker, NetworkPlace place, TimeProvider time)
    : TrackerConnection(place)
{
    private const int QueueLength = 64;

    /// <summary>What relays leave free for replies to the client itself.</summary>
    private const int ReservedForReplies = 16;

    /// <summary>Of relays: offers may have 8 KiB each.</summary>
    private const int QueueBytes = 128 * 1024;

    private const int FirstBuffer = 4 * 1024;

    /// <summary>How long one message may take to come in or go out.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>How long the client may take to answer a close.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(3);

    private readonly Channel<ArraySegment<byte>> _queue = Channel.CreateBounded<ArraySegment<byte>>(
        new BoundedChannelOptions(QueueLength) { SingleReader = true }
    );
    private int _queuedBytes;

    // A WebSocketCloseStatus; 0: not closing.
    private int _closing;

    // Timestamps; 0: idle.
    private long _receivingSince;
    private long _sendingSince;

    public override bool IsOpen => socket.State == WebSocketState.Open;

    public override bool TrySend(in TrackerReply reply)
    {
        if (!IsOpen)
            return false;
        if (
            reply.IsRelay
            && (_queue.Reader.Count >= QueueLength - ReservedForReplies || Volatile.Read(ref _queuedBytes) >= QueueBytes)
        )
            return false;
        var encoded = tracker.Encode(in reply);
        var copy = ArrayPool<byte>.Shared.Rent(encoded.Length);
        encoded.CopyTo(copy);
        Interlocked.Add(ref _queuedBytes, encoded.Length);
        if (_queue.Writer.TryWrite(new ArraySegment<byte>(copy, 0, encoded.Length)))
            return true;
        Interlocked.Add(ref _queuedBytes, -encoded.Length);
        ArrayPool<byte>.Shared.Return(copy);
        return false;
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
        var sending = SendAsync();
        var both = Task.WhenAll(receiving, sending);
        try
        {
            await Task.WhenAny(receiving, sending, stop.Task);
            tracker.Close(this);
            BeginClose(stop.Task.IsCompleted ? WebSocketCloseStatus.EndpointUnavailable : WebSocketCloseStatus.NormalClosure);
            await both.WaitAsync(Farewell, time, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            socket.Abort();
            await both;
        }
        finally
        {
            // A message may have been on its way into the core.
            tracker.Close(this);
        }
        return await receiving;
    }

    /// <summary>Cuts the client off if it has held one message up for too long.</summary>
    public void AbortIfStuck()
    {
        if (IsStuck(Volatile.Read(ref _receivingSince)) || IsStuck(Volatile.Read(ref _sendingSince)))
            socket.Abort();
    }

    private bool IsStuck(long since) => since != 0 && time.GetElapsedTime(since) > Patience;

    private async Task<string> ReceiveAsync()
    {
        try
        {
            while (true)
            {
                // Without a buffer: a silent client holds none.
                var ready = await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
                if (ready.MessageType == WebSocketMessageType.Close)
                    return "closed by the client";
                if (!ready.EndOfMessage && await ReceiveMessageAsync() is { } end)
                    return end;
                Volatile.Write(ref _receivingSince, 0);
                await _queue.Writer.WaitToWriteAsync();
            }
        }
        catch (Exception error) when (IsLoss(error))
        {
            return error.Message;
        }
    }

    /// <returns>Why no more can be received, or null.</returns>
    private async ValueTask<string?> ReceiveMessageAsync()
    {
        Volatile.Write(ref _receivingSince, time.GetTimestamp());
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        try
        {
            var length = 0;
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Close)
                    return "closed by the client";
                length += part.Count;
                if (length > TrackerReader.MaxMessageBytes)
                {
                    BeginClose(WebSocketCloseStatus.MessageTooBig);
                    length = 0; // read on and throw away until it closes: with bytes unread the close might never arrive
                }
                if (part.EndOfMessage)
                    break;
                if (length == buffer.Length)
                    Grow(ref buffer, length);
            }
            if (Volatile.Read(ref _closing) == 0)
                tracker.Receive(this, buffer.AsSpan(0, length));
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Grow(ref byte[] buffer, int length)
    {
        // One byte more than the limit shows that a message is over it.
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(4 * length, TrackerReader.MaxMessageBytes + 1));
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }

    private async Task SendAsync()
    {
        try
        {
            await foreach (var message in _queue.Reader.ReadAllAsync())
            {
                Volatile.Write(ref _sendingSince, time.GetTimestamp());
                await socket.SendAsync(message.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
                Volatile.Write(ref _sendingSince, 0);
                Interlocked.Add(ref _queuedBytes, -message.Count);
                ArrayPool<byte>.Shared.Return(message.Array!);
            }
            await socket.CloseOutputAsync((WebSocketCloseStatus)_closing, null, CancellationToken.None);
        }
        catch (Exception error) when (IsLoss(error))
        {
            // The receiving loop finds the same and says so.
        }
    }

    /// <summary>What is queued is still sent, then the close. Only the first reason counts.</summary>
    private void BeginClose(WebSocketCloseStatus status)
    {
        if (Interlocked.CompareExchange(ref _closing, (int)status, 0) == 0)
            _queue.Writer.TryComplete();
    }

    /// <summary>The ways in which a WebSocket says that the client, or the socket, is gone.</summary>
    private static bool IsLoss(Exception error) =>
        error is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException;
}
