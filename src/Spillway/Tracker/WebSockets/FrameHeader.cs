using System.Buffers;
using System.Buffers.Binary;
using System.Net.WebSockets;

namespace Spillway.Tracker.WebSockets;

/// <summary>What stands before a payload: https://www.rfc-editor.org/rfc/rfc6455#section-5.2</summary>
/// <param name="Size">Of the header itself, in bytes.</param>
/// <param name="PayloadLength">At most what was allowed.</param>
/// <param name="Mask">The first of its four bytes lowest.</param>
internal readonly record struct FrameHeader(Opcode Opcode, bool IsFinal, int Size, int PayloadLength, uint Mask)
{
    /// <summary>Of what a server sends: it does not mask.</summary>
    public const int MaxSizeSent = 10;

    private const int MaxSize = 14;
    private const int MaxControlPayload = 125;
    private const int Final = 0x80;
    private const int Reserved = 0x70;
    private const int Masked = 0x80;
    private const int Short = 126;
    private const int Long = 127;

    public bool IsControl => IsControlOpcode((int)Opcode);

    /// <summary>Reads the header of a client's frame.</summary>
    /// <param name="input">From the first byte of a frame on.</param>
    /// <param name="maxPayload">Of data frames.</param>
    /// <param name="header">Set when true is returned.</param>
    /// <param name="fault">Why the connection must fail, found as early as the bytes tell; null: nothing is wrong so far.</param>
    /// <returns>False: more bytes are needed, or something is wrong.</returns>
    public static bool TryRead(
        in ReadOnlySequence<byte> input,
        int maxPayload,
        out FrameHeader header,
        out WebSocketCloseStatus? fault
    )
    {
        header = default;
        var bytes = First(in input, stackalloc byte[MaxSize]);
        fault = IsAllowed(bytes) ? null : WebSocketCloseStatus.ProtocolError;
        if (fault is not null || !TryMeasure(bytes, out var size, out var payload))
            return false;

        var opcode = bytes[0] & 0x0F;
        var length = bytes[1] & 0x7F;
        // The shortest form must be used, and the highest bit is always 0.
        if ((length == Short && payload < Short) || (length == Long && payload is <= ushort.MaxValue or > long.MaxValue))
            fault = WebSocketCloseStatus.ProtocolError;
        else if (!IsControlOpcode(opcode) && payload > (ulong)maxPayload)
            fault = WebSocketCloseStatus.MessageTooBig;
        if (fault is not null)
            return false;
        var mask = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(size - 4)..]);
        header = new FrameHeader((Opcode)opcode, (bytes[0] & Final) != 0, size, (int)payload, mask);
        return true;
    }

    /// <summary>Tells only how long a frame is, whatever else may be wrong with it.</summary>
    /// <returns>False: more bytes are needed.</returns>
    public static bool TryMeasure(in ReadOnlySequence<byte> input, out Opcode opcode, out ulong frame)
    {
        var bytes = First(in input, stackalloc byte[MaxSize]);
        (opcode, frame) = (default, 0);
        if (!TryMeasure(bytes, out var size, out var payload))
            return false;
        opcode = (Opcode)(bytes[0] & 0x0F);
        frame = payload > long.MaxValue ? payload : (ulong)size + payload;
        return true;
    }

    /// <summary>Writes the header of a server's frame, which is always whole and never masked.</summary>
    /// <param name="target">At least <see cref="MaxSizeSent"/>.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> target, Opcode opcode, int payloadLength)
    {
        target[0] = (byte)(0x80 | (byte)opcode);
        if (payloadLength < Short)
        {
            target[1] = (byte)payloadLength;
            return 2;
        }
        if (payloadLength <= ushort.MaxValue)
        {
            target[1] = Short;
            BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)payloadLength);
            return 4;
        }
        target[1] = Long;
        BinaryPrimitives.WriteUInt64BigEndian(target[2..], (ulong)payloadLength);
        return MaxSizeSent;
    }

    private static ReadOnlySpan<byte> First(in ReadOnlySequence<byte> input, Span<byte> copy)
    {
        if (input.FirstSpan.Length >= MaxSize || input.IsSingleSegment)
            return input.FirstSpan;
        var start = input.Slice(0, Math.Min(MaxSize, input.Length));
        start.CopyTo(copy);
        return copy[..(int)start.Length];
    }

    private static bool TryMeasure(ReadOnlySpan<byte> bytes, out int size, out ulong payload)
    {
        (size, payload) = (0, 0);
        if (bytes.Length < 2)
            return false;
        var length = bytes[1] & 0x7F;
        var extended = length switch
        {
            Short => 2,
            Long => 8,
            _ => 0,
        };
        size = 2 + extended + ((bytes[1] & Masked) != 0 ? 4 : 0);
        if (bytes.Length < size)
            return false;
        payload = extended switch
        {
            2 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            8 => BinaryPrimitives.ReadUInt64BigEndian(bytes[2..]),
            _ => (ulong)length,
        };
        return true;
    }

    /// <summary>What the first two bytes, or the first alone, tell.</summary>
    private static bool IsAllowed(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return true;
        // No extension is ever agreed on, so the reserved bits are 0; and the reserved opcodes mean nothing.
        var opcode = bytes[0] & 0x0F;
        if ((bytes[0] & Reserved) != 0 || opcode is not (<= 2 or (>= 8 and <= 10)))
            return false;
        // A control frame is whole and short: https://www.rfc-editor.org/rfc/rfc6455#section-5.5
        var isControl = IsControlOpcode(opcode);
        if (isControl && (bytes[0] & Final) == 0)
            return false;
        return bytes.Length < 2 || ((bytes[1] & Masked) != 0 && (!isControl || (bytes[1] & 0x7F) <= MaxControlPayload));
    }

    private static bool IsControlOpcode(int opcode) => (opcode & 0x8) != 0;
}
