using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Spillway.Tracker.WebSockets;

/// <summary>Frames to one client, from any thread. It holds a buffer only while the client takes less than it is sent.</summary>
/// <remarks>
/// Writing and flushing are two steps, because with inline scheduling a flush runs whatever waits for the bytes, down to the system's
/// send: it must happen under nobody's lock. A frame goes straight into the transport's pipe; while a flush is under way, which a
/// pipe does not allow to write in, it waits in a buffer of its own.
/// </remarks>
internal sealed class FrameSender(PipeWriter output, TimeProvider time)
{
    /// <summary>What goes into the pipe at a time when the client lags: as much as the pipe lets through before it says stop.</summary>
    private const int Portion = 64 * 1024;

    private const int FirstBuffer = 4 * 1024;

    private readonly Lock _gate = new();
    private byte[]? _queue;
    private int _queueStart;
    private int _queueEnd;
    private int _queuedMessages;
    private bool _hasWritten;
    private bool _isFlushing;
    private bool _isEnded;
    private bool _isLost;

    // A timestamp; 0: not blocked.
    private long _blockedSince;
    private TaskCompletionSource? _changed;

    /// <summary>Timestamp since when the client has taken nothing though something is there for it; 0: it has.</summary>
    public long BlockedSince => Volatile.Read(ref _blockedSince);

    /// <summary>Nobody is there any more to send to.</summary>
    public bool IsLost => Volatile.Read(ref _isLost);

    /// <summary>
    /// Frames wait for a client that lags: so many, or so many bytes. They count until all of those that wait at one time are gone.
    /// </summary>
    public bool Holds(int messages, int bytes = int.MaxValue) =>
        Volatile.Read(ref _queuedMessages) >= messages || Volatile.Read(ref _queueEnd) - Volatile.Read(ref _queueStart) >= bytes;

    /// <summary>Takes a frame, or says no: the end has been sent, or as many frames wait as may. To be followed by a flush.</summary>
    /// <param name="payload">Copied.</param>
    /// <param name="maxMessages">How many may wait before it.</param>
    public bool TryWrite(Opcode opcode, ReadOnlySpan<byte> payload, int maxMessages)
    {
        lock (_gate)
        {
            if (_isEnded || _queuedMessages >= maxMessages)
                return false;
            if (_isFlushing)
                Queue(opcode, payload);
            else
                Write(opcode, payload);
            _isEnded = opcode == Opcode.Close;
            return true;
        }
    }

    /// <summary>Sends what is written. Not under a lock: it may run other connections' work.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            if (_isFlushing || !_hasWritten)
                return;
            (_isFlushing, _hasWritten) = (true, false);
        }
        Pump();
    }

    /// <summary>No more frames; what waits is still sent. When the task has ended, so has every use of the pipe.</summary>
    public async Task EndAsync()
    {
        lock (_gate)
            _isEnded = true;
        Flush();
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (!_isFlushing)
                    return;
                changed = Changed();
            }
            await changed;
        }
    }

    /// <summary>Waits until a lagging client has taken all that waited.</summary>
    public Task DrainedAsync()
    {
        lock (_gate)
            return _queuedMessages > 0 ? Changed() : Task.CompletedTask;
    }

    /// <summary>The ways in which a pipe says that the client is gone.</summary>
    public static bool IsLoss(Exception error) =>
        error is IOException or OperationCanceledException or ObjectDisposedException or ConnectionAbortedException;

    private void Write(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        output.Advance(FrameHeader.Write(output.GetSpan(FrameHeader.MaxSizeSent), opcode, payload.Length));
        output.Write(payload);
        _hasWritten = true;
    }

    private void Queue(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        var needed = _queueEnd + FrameHeader.MaxSizeSent + payload.Length;
        if (needed > (_queue?.Length ?? 0))
        {
            var waiting = _queue.AsSpan(_queueStart.._queueEnd);
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBuffer, Math.Max(needed - _queueStart, 2 * waiting.Length)));
            waiting.CopyTo(larger);
            if (_queue is not null)
                ArrayPool<byte>.Shared.Return(_queue);
            (_queue, _queueStart, _queueEnd) = (larger, 0, waiting.Length);
        }
        _queueEnd += FrameHeader.Write(_queue.AsSpan(_queueEnd), opcode, payload.Length);
        payload.CopyTo(_queue.AsSpan(_queueEnd));
        _queueEnd += payload.Length;
        _queuedMessages++;
    }

    /// <summary>Flushes until nothing waits; only for the one that has set <see cref="_isFlushing"/>.</summary>
    private void Pump()
    {
        var isLost = false;
        do
        {
            try
            {
                var flush = output.FlushAsync();
                if (!flush.IsCompleted)
                {
                    _ = WaitAsync(flush);
                    return;
                }
                isLost = flush.GetAwaiter().GetResult().IsCompleted;
            }
            catch (Exception error) when (IsLoss(error))
            {
                isLost = true;
            }
        } while (HasMore(isLost));
    }

    private async Task WaitAsync(ValueTask<FlushResult> flush)
    {
        Volatile.Write(ref _blockedSince, time.GetTimestamp());
        var isLost = true;
        try
        {
            isLost = (await flush).IsCompleted;
        }
        catch (Exception error) when (IsLoss(error)) { }
        Volatile.Write(ref _blockedSince, 0);
        if (HasMore(isLost))
            Pump();
    }

    /// <summary>Brings more into the pipe, or ends the flushing.</summary>
    private bool HasMore(bool isLost)
    {
        lock (_gate)
        {
            if (isLost)
                (_isEnded, _isLost, _queueStart) = (true, true, _queueEnd);
            var portion = Math.Min(_queueEnd - _queueStart, Portion);
            if (portion > 0)
            {
                output.Write(_queue.AsSpan(_queueStart, portion));
                _queueStart += portion;
            }
            if (_queueStart == _queueEnd && _queue is not null)
            {
                ArrayPool<byte>.Shared.Return(_queue);
                (_queue, _queueStart, _queueEnd, _queuedMessages) = (null, 0, 0, 0);
            }
            _isFlushing = portion > 0;
            if (!_isFlushing || _queue is null)
            {
                _changed?.TrySetResult();
                _changed = null;
            }
            return _isFlushing;
        }
    }

    private Task Changed() => (_changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
}
