using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;

namespace Spillway.Tracker;

/// <summary>
/// The 20 bytes of an info hash, a peer id or an offer id. In messages they travel as a JSON string of 20 characters, U+0000 to
/// U+00FF, one a byte.
/// </summary>
internal readonly record struct TrackerId(ulong First, ulong Second, uint Third)
{
    public const int Size = 20;

    /// <param name="bytes">At least 20 bytes; the first 20 count.</param>
    public TrackerId(ReadOnlySpan<byte> bytes)
        : this(
            BinaryPrimitives.ReadUInt64BigEndian(bytes),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[16..])
        ) { }

    /// <summary>Clients choose these bytes: the hash must not be computable, or they could all be put into one bucket.</summary>
    public override int GetHashCode() => HashCode.Combine(First, Second, Third);

    /// <summary>The string of 20 characters as it stands in a message.</summary>
    public void CopyTo(Span<char> chars)
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        for (var i = 0; i < Size; i++)
            chars[i] = (char)bytes[i];
    }

    public void CopyTo(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, First);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Second);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[16..], Third);
    }

    /// <summary>Hexadecimal, for logs: an id may hold any byte.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First:x16}{Second:x16}{Third:x8}");

    /// <summary>
    /// Reads what stands between the quotes of a JSON string, escapes included. False if it is not 20 characters up to U+00FF.
    /// <see cref="System.Text.Json.Utf8JsonReader"/> would throw on a lone surrogate, and cost a string.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> json, out TrackerId id)
    {
        id = default;
        Span<byte> bytes = stackalloc byte[Size];
        var count = 0;
        while (!json.IsEmpty)
        {
            if (count == Size || !TryReadCharacter(ref json, out bytes[count++]))
                return false;
        }
        if (count != Size)
            return false;
        id = new TrackerId(bytes);
        return true;
    }

    private static bool TryReadCharacter(ref ReadOnlySpan<byte> json, out byte value)
    {
        value = json[0];
        if (value == '\\')
            return TryReadEscape(ref json, out value);
        if (value < 0x80)
        {
            json = json[1..];
            return true;
        }
        // U+0080 to U+00FF in UTF-8: C2 or C3, then the low six bits.
        if (value is not (0xC2 or 0xC3) || json.Length < 2 || (json[1] & 0xC0) != 0x80)
            return false;
        value = (byte)((value << 6) | (json[1] & 0x3F));
        json = json[2..];
        return true;
    }

    private static bool TryReadEscape(ref ReadOnlySpan<byte> json, out byte value)
    {
        value = 0;
        if (json.Length < 2)
            return false;
        if (json[1] == 'u')
        {
            if (
                json.Length < 6
                || !Utf8Parser.TryParse(json[2..6], out ushort code, out var used, 'x')
                || used != 4
                || code > 0xFF
            )
                return false;
            value = (byte)code;
            json = json[6..];
            return true;
        }
        value = json[1] switch
        {
            (byte)'b' => 8,
            (byte)'t' => 9,
            (byte)'n' => 10,
            (byte)'f' => 12,
            (byte)'r' => 13,
            var other => other, // a quote, a slash or a backslash: the JSON reader lets nothing else through
        };
        json = json[2..];
        return true;
    }
}
