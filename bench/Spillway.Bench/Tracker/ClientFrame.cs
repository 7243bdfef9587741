using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Spillway.Bench.Tracker;

/// <summary>A client's WebSocket frames, written and read by hand: the load must cost little beside the server that is measured.</summary>
internal static class ClientFrame
{
    public const byte Text = 0x81;
    public const byte Close = 0x88;
    public const byte Ping = 0x89;
    public const byte Pong = 0x8A;

    /// <summary>Of a frame of up to 64 KiB, with its mask.</summary>
    public const int MaxHeader = 8;

    /// <summary>
    /// Writes a masked frame, as clients must. Never with a mask of zeros: some servers skip the unmasking then, and it is part of what
    /// is measured. https://www.rfc-editor.org/rfc/rfc6455#section-5.3
    /// </summary>
    /// <param name="kind">First byte.</param>
    /// <param name="payload">Up to 64 KiB.</param>
    /// <param name="mask">Not 0.</param>
    /// <param name="frame">Large enough.</param>
    /// <returns>Its length.</returns>
    public static int Write(byte kind, ReadOnlySpan<byte> payload, uint mask, Span<byte> frame)
    {
        frame[0] = kind;
        var header = 2;
        if (payload.Length < 126)
            frame[1] = (byte)(0x80 | payload.Length);
        else
        {
            frame[1] = 0x80 | 126;
            BinaryPrimitives.WriteUInt16BigEndian(frame[2..], (ushort)payload.Length);
            header = 4;
        }
        MemoryMarshal.Write(frame[header..], in mask);
        header += 4;
        var body = frame.Slice(header, payload.Length);
        payload.CopyTo(body);
        var words = MemoryMarshal.Cast<byte, uint>(body);
        for (var i = 0; i < words.Length; i++)
            words[i] ^= mask;
        for (var i = words.Length * 4; i < body.Length; i++)
            body[i] ^= (byte)(mask >> (8 * (i % 4)));
        return header + payload.Length;
    }

    /// <summary>Reads a server's frame, which has no mask.</summary>
    /// <returns>Bytes taken; 0: it is not there as a whole yet.</returns>
    /// <exception cref="InvalidDataException">None of the servers measured fragments messages or masks them.</exception>
    public static int Read(ReadOnlySpan<byte> received, out byte kind, out ReadOnlySpan<byte> payload)
    {
        kind = 0;
        payload = default;
        if (received.Length < 2)
            return 0;
        kind = received[0];
        int length = received[1];
        if ((kind & 0x80) == 0 || length > 127)
            throw new InvalidDataException($"A frame that begins with {kind:x2} {length:x2} was not expected.");
        var header = 2;
        if (length == 126)
        {
            if (received.Length < 4)
                return 0;
            length = BinaryPrimitives.ReadUInt16BigEndian(received[2..]);
            header = 4;
        }
        else if (length == 127)
        {
            if (received.Length < 10)
                return 0;
            length = checked((int)BinaryPrimitives.ReadUInt64BigEndian(received[2..]));
            header = 10;
        }
        if (received.Length < header + length)
            return 0;
        payload = received.Slice(header, length);
        return header + length;
    }
}
