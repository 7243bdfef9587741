using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net.WebSockets;
using Spillway.Tracker.WebSockets;

namespace Spillway.Tracker;

/// <summary>A client's WebSocket on the transport's pipes: one loop that receives; whoever has something for the client sends it.</summary>
/// <remarks>
/// What the client does not take waits in a queue. When that is full: an offer goes to another peer instead, an answer is dropped (the
/// asker's client gives up on it after 50 s), and no more is read from this client until it has read. So its own replies always find
/// room, and one that reads slowly slows down nobody else. One that does not read at all is cut off after <see cref="Patience"/>.
/// <para>
/// It has no timer: <see cref="Tick"/> is called for all sockets about once a second.
/// </para>
/// </remarks>
/// <param name="transport">From the first byte after the handshake on.</param>
/// <param name="abort">Ends the connection at once; both pipes then end.</param>
internal sealed class TrackerSocket(
    IDuplexPipe transport,
    Action abort,
    StreamTracker tracker,
    NetworkPlace place,
    TimeProvider time
) : TrackerConnection(place)
{
    private const int QueueLength = 64;

    /// <summary>What relays leave free for replies to the client itself.</summary>
    private const int ReservedForReplies = 16;

    /// <summary>Of relays: offers may have 8 KiB each.</summary>
    private const int QueueBytes = 128 * 1024;

    /// <summary>How long one message may take to come in or go out.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>How long the client may take to answer a close.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(3);

    private readonly FrameReader _reader = new(TrackerReader.MaxMessageBytes);
    private readonly FrameSender _sender = new(transport.Output, time);
    private string? _end;
    private bool _isFaulty;

    // Not open any more: a close is on its way, or the client is gone.
    private int _isClosing;

    // Timestamps; 0: not so.
    private long _closingSince;
    private long _receivingSince;
    private long _pingedAt;
    private long _receivedAt = time.GetTimestamp();

    public override bool IsOpen => Volatile.Read(ref _isClosing) == 0 && !_sender.IsLost;

    public override bool TrySend(in TrackerReply reply)
    {
        if (!IsOpen)
            return false;
        var room = reply.IsRelay ? QueueLength - ReservedForReplies : QueueLength;
        // Before the work of encoding it.
        if (reply.IsRelay && _sender.Holds(room, QueueBytes))
            return false;
        if (!_sender.TryWrite(Opcode.Text, tracker.Encode(in reply), room))
            return false;
        tracker.FlushLater(this);
        return true;
    }

    public override void Flush() => _sender.Flush();

    /// <returns>Why it ended, for the log.</returns>
    public async Task<string> RunAsync()
    {
        try
        {
            return await ReceiveAsync();
        }
        catch (Exception error) when (FrameSender.IsLoss(error))
        {
            return _end ?? error.Message;
        }
        finally
        {
            Volatile.Write(ref _isClosing, 1);
            // With what a message brought that came while it was closed from elsewhere.
            tracker.Close(this);
            _reader.Clear();
            await _sender.EndAsync();
        }
    }

    /// <summary>
    /// Leaves the swarms, and says goodbye behind what is queued. The client has <see cref="Farewell"/> to answer. Only the first
    /// reason counts.
    /// </summary>
    /// <param name="why">For the log.</param>
    public void BeginClose(WebSocketCloseStatus status, string why)
    {
        if (Interlocked.CompareExchange(ref _isClosing, 1, 0) != 0)
            return;
        _end = why;
        Volatile.Write(ref _closingSince, time.GetTimestamp());
        tracker.Close(this);
        Span<byte> code = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(code, (ushort)status);
        _sender.TryWrite(Opcode.Close, code, int.MaxValue);
        _sender.Flush();
    }

    /// <summary>
    /// Pings a client that has been silent for a while, and cuts it off if it does not answer, has held one message up for too long or
    /// does not answer a close.
    /// </summary>
    /// <param name="ping">See <see cref="TrackerOptions.Ping"/>.</param>
    public void Tick(TimeSpan ping)
    {
        if (IsOver(ref _closingSince, Farewell))
            Abort("did not answer the close");
        else if (IsOver(ref _receivingSince, Patience))
            Abort("did not end its message");
        else if (_sender.BlockedSince is var since && IsOver(ref since, Patience))
            Abort("did not read");
        else if (IsOver(ref _pingedAt, ping))
            Abort("did not answer a ping");
        else if (Volatile.Read(ref _pingedAt) == 0 && IsOver(ref _receivedAt, ping))
        {
            // Before the ping: the answer takes it away again.
            Volatile.Write(ref _pingedAt, time.GetTimestamp());
            // With no room it lags, and that is measured too.
            if (_sender.TryWrite(Opcode.Ping, [], QueueLength))
                _sender.Flush();
        }
    }

    private bool IsOver(ref long since, TimeSpan limit) =>
        Volatile.Read(ref since) is var start && start != 0 && time.GetElapsedTime(start) > limit;

    private void Abort(string why)
    {
        _end ??= why;
        abort();
    }

    private async Task<string> ReceiveAsync()
    {
        var input = transport.Input;
        while (true)
        {
            var result = await input.ReadAsync();
            var buffer = result.Buffer;
            if (!buffer.IsEmpty)
                NoteAlive();
            var step = Handle(ref buffer);
            var isWaiting = step == Step.Read && (!buffer.IsEmpty || _reader.IsMidMessage);
            // What was not looked at for want of room is still to be.
            input.AdvanceTo(buffer.Start, step == Step.Drain ? buffer.Start : buffer.End);
            if (step == Step.End)
                return _end ?? "closed by the client";
            if (result.IsCompleted && step == Step.Read)
                return _end ?? "gone without a close";
            if (!isWaiting)
                Volatile.Write(ref _receivingSince, 0);
            else if (Volatile.Read(ref _receivingSince) == 0)
                Volatile.Write(ref _receivingSince, time.GetTimestamp());
            while (step == Step.Drain && _sender.Holds(QueueLength))
                await _sender.DrainedAsync();
        }
    }

    private void NoteAlive()
    {
        Volatile.Write(ref _receivedAt, time.GetTimestamp());
        Volatile.Write(ref _pingedAt, 0);
    }

    /// <summary>Handles the frames that are whole, until the queue to the client is full.</summary>
    private Step Handle(ref ReadOnlySequence<byte> buffer)
    {
        if (_isFaulty)
            return Skip(ref buffer);
        var hasPong = false;
        FrameKind kind;
        do
        {
            if (_sender.Holds(QueueLength))
                return Step.Drain;
            kind = _reader.Read(ref buffer);
            if (kind == FrameKind.Message)
                Receive(_reader.Payload);
            else if (kind == FrameKind.Ping)
                hasPong |= _sender.TryWrite(Opcode.Pong, _reader.Payload, QueueLength);
            _reader.Release();
        } while (kind < FrameKind.Incomplete);
        if (hasPong)
            _sender.Flush();
        switch (kind)
        {
            case FrameKind.Close:
                BeginClose(CloseCodes.Echo(_reader.Status), "closed by the client");
                return Step.End;
            case FrameKind.FaultyClose:
                BeginClose(_reader.Status, $"closed with {(int)_reader.Status} for its close");
                return Step.End;
            case FrameKind.Fault:
                BeginClose(_reader.Status, $"closed with {(int)_reader.Status}");
                _isFaulty = true;
                return Skip(ref buffer);
            default:
                return Step.Read;
        }
    }

    private Step Skip(ref ReadOnlySequence<byte> buffer) => _reader.Skip(ref buffer) ? Step.End : Step.Read;

    private void Receive(ReadOnlySpan<byte> message)
    {
        Volatile.Write(ref _receivingSince, 0);
        // An empty one is nothing, and counts as nothing.
        if (IsOpen && !message.IsEmpty)
            tracker.Receive(this, message);
    }

    /// <summary>What the receiving loop does next.</summary>
    private enum Step
    {
        Read,

        /// <summary>Wait until the client has taken what waits for it.</summary>
        Drain,

        /// <summary>The client has said goodbye, or answered ours.</summary>
        End,
    }
}
