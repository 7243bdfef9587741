using System.Buffers.Binary;
using System.Text;

namespace Spillway.Tests.Tracker.WebSockets;

/// <summary>A client's frames, right or wrong, written by hand: https://www.rfc-editor.org/rfc/rfc6455#section-5.2</summary>
internal static class RawFrame
{
    public const int Continuation = 0;
    public const int Text = 1;
    public const int Binary = 2;
    public const int Close = 8;
    public const int Ping = 9;
    public const int Pong = 10;

    /// <param name="opcode">Any of 0 to 15.</param>
    /// <param name="payload">Before masking.</param>
    /// <param name="final">The last of its message.</param>
    /// <param name="reserved">The three bits, 0 to 7.</param>
    /// <param name="mask">Its four bytes; null: not masked.</param>
    /// <param name="lengthBytes">0, 2 or 8 bytes of length beside the seven bits; null: as few as are needed.</param>
    public static byte[] Of(
        int opcode,
        byte[] payload,
        bool final = true,
        int reserved = 0,
        uint? mask = 0x3A_91_C4_5F,
        int? lengthBytes = null
    )
    {
        lengthBytes ??=
            payload.Length < 126 ? 0
            : payload.Length <= ushort.MaxValue ? 2
            : 8;
        return
        [
            .. Header(opcode, (ulong)payload.Length, final, reserved, mask, lengthBytes.Value),
            .. mask is { } key ? payload.Select((value, i) => (byte)(value ^ (key >> (8 * (i % 4))))) : payload,
        ];
    }

    public static byte[] Of(int opcode, string payload, bool final = true) => Of(opcode, Encoding.UTF8.GetBytes(payload), final);

    /// <summary>Only the beginning of a frame, whose payload never comes.</summary>
    public static byte[] Header(
        int opcode,
        ulong length,
        bool final = true,
        int reserved = 0,
        uint? mask = 0,
        int lengthBytes = 8
    )
    {
        var header = new List<byte> { (byte)((final ? 0x80 : 0) | (reserved << 4) | opcode) };
        var extended = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(extended, length);
        var first = lengthBytes switch
        {
            0 => (byte)length,
            2 => (byte)126,
            _ => (byte)127,
        };
        header.Add((byte)((mask is null ? 0 : 0x80) | first));
        header.AddRange(extended[(8 - lengthBytes)..]);
        for (var i = 0; i < 4 && mask is not null; i++)
            header.Add((byte)(mask.Value >> (8 * i)));
        return [.. header];
    }

    public static byte[] CloseWith(int code, string reason = "") =>
        Of(Close, [(byte)(code >> 8), (byte)code, .. Encoding.UTF8.GetBytes(reason)]);
}
