using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;

namespace Spillway.Checks;

/// <summary>As much of STUN as a binding request takes: https://www.rfc-editor.org/rfc/rfc8489#section-5</summary>
internal static class StunMessage
{
    public const int HeaderLength = 20;

    private const ushort BindingRequest = 0x0001;
    private const ushort BindingSuccess = 0x0101;
    private const uint MagicCookie = 0x2112A442;
    private const ushort XorMappedAddress = 0x0020;
    private const ushort MappedAddress = 0x0001;
    private const int TransactionAt = 8;

    /// <summary>A binding request without attributes, with a transaction id of its own.</summary>
    public static byte[] NewRequest()
    {
        var request = new byte[HeaderLength];
        BinaryPrimitives.WriteUInt16BigEndian(request, BindingRequest);
        BinaryPrimitives.WriteUInt32BigEndian(request.AsSpan(4), MagicCookie);
        RandomNumberGenerator.Fill(request.AsSpan(TransactionAt));
        return request;
    }

    /// <summary>Bytes after the header, as a header says.</summary>
    public static int LengthOf(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt16BigEndian(header[2..]);

    /// <returns>The address that the server saw; null: this is no success that answers the request.</returns>
    public static IPEndPoint? Read(ReadOnlySpan<byte> answer, ReadOnlySpan<byte> request)
    {
        if (
            answer.Length < HeaderLength
            || BinaryPrimitives.ReadUInt16BigEndian(answer) != BindingSuccess
            || !answer[4..HeaderLength].SequenceEqual(request[4..HeaderLength])
            || LengthOf(answer) > answer.Length - HeaderLength
        )
            return null;
        IPEndPoint? plain = null;
        for (var rest = answer.Slice(HeaderLength, LengthOf(answer)); rest.Length >= 4; )
        {
            var (type, length) = (BinaryPrimitives.ReadUInt16BigEndian(rest), BinaryPrimitives.ReadUInt16BigEndian(rest[2..]));
            if (length > rest.Length - 4)
                return plain;
            var value = rest.Slice(4, length);
            if (type == XorMappedAddress && ReadAddress(value, request[4..HeaderLength]) is { } mapped)
                return mapped;
            if (type == MappedAddress)
                plain ??= ReadAddress(value, default);
            // Attributes are padded to four bytes.
            rest = rest[Math.Min(rest.Length, 4 + (length + 3) / 4 * 4)..];
        }
        return plain;
    }

    /// <summary>Sections 14.1 and 14.2: port and address are xored with the cookie, that of IPv6 with the transaction id as well.</summary>
    private static IPEndPoint? ReadAddress(ReadOnlySpan<byte> value, ReadOnlySpan<byte> mask)
    {
        var length =
            value.Length < 4
                ? 0
                : value[1] switch
                {
                    1 => 4,
                    2 => 16,
                    _ => 0,
                };
        if (length == 0 || value.Length < 4 + length)
            return null;
        Span<byte> port = stackalloc byte[2];
        Span<byte> address = stackalloc byte[16];
        value.Slice(2, 2).CopyTo(port);
        value.Slice(4, length).CopyTo(address);
        for (var i = 0; i < port.Length && !mask.IsEmpty; i++)
            port[i] ^= mask[i];
        for (var i = 0; i < length && !mask.IsEmpty; i++)
            address[i] ^= mask[i];
        return new IPEndPoint(new IPAddress(address[..length]), BinaryPrimitives.ReadUInt16BigEndian(port));
    }
}
