using System.Buffers;
using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text.Unicode;

namespace Spillway.Tracker.WebSockets;

/// <summary>What a client has sent.</summary>
internal enum FrameKind
{
    /// <summary>A text or binary message, put together; text is valid UTF-8.</summary>
    Message,
    Ping,
    Pong,

    /// <summary>Nothing whole is left; more bytes are needed. What comes after this in the list ends the reading.</summary>
    Incomplete,

    /// <summary>See <see cref="FrameReader.Status"/>.</summary>
    Close,

    /// <summary>The client's close is wrong; the connection must be closed with <see cref="FrameReader.Status"/>.</summary>
    FaultyClose,

    /// <summary>
    /// The connection must be closed with <see cref="FrameReader.Status"/>. From then on only <see cref="FrameReader.Skip"/>.
    /// </summary>
    Fault,
}

/// <summary>
/// A client's frames, from bytes to messages: https://www.rfc-editor.org/rfc/rfc6455#section-5. It knows no sockets. It holds a
/// buffer only while a message is in use, or between the fragments of one: bytes of an unfinished frame stay where they are.
/// </summary>
/// <param name="maxMessage">Bytes; a larger message is refused as soon as a frame announces it.</param>
internal sealed class FrameReader(int maxMessage)
{
    private byte[]? _payload;
    private int _payloadLength;
    private byte[]? _fragments;
    private int _fragmentsLength;

    // Of the message whose fragments are coming; Continuation: none.
    private Opcode _opcode;
    private ulong _toSkip;

    /// <summary>Of the message, ping or pong just read, until the next call of <see cref="Read"/> or <see cref="Release"/>.</summary>
    public ReadOnlySpan<byte> Payload => _payload.AsSpan(0, _payloadLength);

    /// <summary>The client's code (Empty: it gave none), or why the connection must fail.</summary>
    public WebSocketCloseStatus Status { get; private set; }

    /// <summary>A message has begun and not ended.</summary>
    public bool IsMidMessage => _opcode != Opcode.Continuation;

    /// <summary>Takes what is next off <paramref name="input"/>, or leaves it as it is and returns Incomplete.</summary>
    public FrameKind Read(ref ReadOnlySequence<byte> input)
    {
        Release();
        WebSocketCloseStatus? fault;
        while (FrameHeader.TryRead(in input, maxMessage - _fragmentsLength, out var header, out fault))
        {
            if (header.IsControl)
                return ReadControl(ref input, in header);
            // A message begins with its type and goes on without one.
            if (header.Opcode == Opcode.Continuation != IsMidMessage)
                return Fail(WebSocketCloseStatus.ProtocolError);
            if (input.Length < header.Size + header.PayloadLength)
                return FrameKind.Incomplete;
            if (header.IsFinal)
                return ReadLast(ref input, in header);
            if (!IsMidMessage)
                _opcode = header.Opcode;
            AddFragment(ref input, in header);
        }
        return fault is { } status ? Fail(status) : FrameKind.Incomplete;
    }

    /// <summary>
    /// After a fault: throws away what comes and looks only for the client's answer to our close. Without that the connection would
    /// have to end over bytes unread, which takes the close away, or the client would have to be waited for.
    /// </summary>
    /// <returns>True: there was a close.</returns>
    public bool Skip(ref ReadOnlySequence<byte> input)
    {
        Release();
        while (true)
        {
            var skipped = (long)Math.Min(_toSkip, (ulong)input.Length);
            input = input.Slice(skipped);
            _toSkip -= (ulong)skipped;
            if (_toSkip > 0 || !FrameHeader.TryMeasure(in input, out var opcode, out _toSkip))
                return false;
            if (opcode == Opcode.Close)
                return true;
        }
    }

    /// <summary>Gives the payload's buffer back.</summary>
    public void Release()
    {
        if (_payload is not null)
            ArrayPool<byte>.Shared.Return(_payload);
        (_payload, _payloadLength) = (null, 0);
    }

    /// <summary>Gives all buffers back; nothing is read any more.</summary>
    public void Clear()
    {
        Release();
        if (_fragments is not null)
            ArrayPool<byte>.Shared.Return(_fragments);
        (_fragments, _fragmentsLength) = (null, 0);
    }

    private FrameKind ReadControl(ref ReadOnlySequence<byte> input, in FrameHeader header)
    {
        if (input.Length < header.Size + header.PayloadLength)
            return FrameKind.Incomplete;
        TakePayload(ref input, in header);
        return header.Opcode switch
        {
            Opcode.Ping => FrameKind.Ping,
            Opcode.Pong => FrameKind.Pong,
            _ => ReadClose(),
        };
    }

    /// <summary>https://www.rfc-editor.org/rfc/rfc6455#section-5.5.1</summary>
    private FrameKind ReadClose()
    {
        if (_payloadLength == 0)
        {
            Status = WebSocketCloseStatus.Empty;
            return FrameKind.Close;
        }
        var code = _payloadLength >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(Payload) : 0;
        if (!CloseCodes.MayBeSent(code))
            return Fail(WebSocketCloseStatus.ProtocolError, FrameKind.FaultyClose);
        if (!Utf8.IsValid(Payload[2..]))
            return Fail(WebSocketCloseStatus.InvalidPayloadData, FrameKind.FaultyClose);
        Status = (WebSocketCloseStatus)code;
        return FrameKind.Close;
    }

    private FrameKind ReadLast(ref ReadOnlySequence<byte> input, in FrameHeader header)
    {
        var opcode = header.Opcode;
        if (IsMidMessage)
        {
            AddFragment(ref input, in header);
            opcode = _opcode;
            (_payload, _payloadLength) = (_fragments, _fragmentsLength);
            (_fragments, _fragmentsLength, _opcode) = (null, 0, Opcode.Continuation);
        }
        else
        {
            TakePayload(ref input, in header);
        }
        // At the end and not earlier: the message is small, and one pass over all of it is the fastest.
        return opcode == Opcode.Text && !Utf8.IsValid(Payload)
            ? Fail(WebSocketCloseStatus.InvalidPayloadData)
            : FrameKind.Message;
    }

    private void TakePayload(ref ReadOnlySequence<byte> input, in FrameHeader header)
    {
        _payloadLength = header.PayloadLength;
        if (_payloadLength > 0)
        {
            _payload = ArrayPool<byte>.Shared.Rent(_payloadLength);
            FrameMask.Remove(input.Slice(header.Size, _payloadLength), _payload, header.Mask);
        }
        input = input.Slice(header.Size + _payloadLength);
    }

    private void AddFragment(ref ReadOnlySequence<byte> input, in FrameHeader header)
    {
        var length = _fragmentsLength + header.PayloadLength;
        if (length > (_fragments?.Length ?? 0))
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Min(maxMessage, Math.Max(length, 2 * _fragmentsLength)));
            if (_fragments is not null)
            {
                _fragments.AsSpan(0, _fragmentsLength).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(_fragments);
            }
            _fragments = larger;
        }
        if (header.PayloadLength > 0)
        {
            var masked = input.Slice(header.Size, header.PayloadLength);
            FrameMask.Remove(in masked, _fragments.AsSpan(_fragmentsLength), header.Mask);
        }
        _fragmentsLength = length;
        input = input.Slice(header.Size + header.PayloadLength);
    }

    private FrameKind Fail(WebSocketCloseStatus status, FrameKind kind = FrameKind.Fault)
    {
        Status = status;
        return kind;
    }
}
