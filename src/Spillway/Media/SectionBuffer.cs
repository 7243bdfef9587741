namespace Spillway.Media;

/// <summary>Puts the sections of PSI tables together from packets: ISO/IEC 13818-1 section 2.4.4.</summary>
internal sealed class SectionBuffer
{
    private const int Longest = 3 + 4093;

    private readonly byte[] buffer = new byte[Longest + TransportPacket.Size];
    private int consumed;
    private int length;
    private bool isOpen;

    public void Push(ReadOnlySpan<byte> payload, bool starts)
    {
        var isContinued = length > consumed;
        if (starts)
        {
            // The pointer field tells how far the end of the section before reaches; it is of use only if we have its beginning.
            var pointer = payload.IsEmpty ? 0 : payload[0] + 1;
            payload = pointer <= payload.Length ? payload[(isContinued ? 1 : pointer)..] : default;
        }
        else if (!isOpen)
            return;
        isOpen = true;
        buffer.AsSpan(consumed, length - consumed).CopyTo(buffer);
        length -= consumed;
        consumed = 0;
        if (length + payload.Length > buffer.Length)
            length = 0;
        payload.CopyTo(buffer.AsSpan(length));
        length += payload.Length;
    }

    /// <summary>The next whole section whose checksum is right; valid until the next <see cref="Push"/>.</summary>
    public bool TryTake(out ReadOnlySpan<byte> section)
    {
        section = default;
        var rest = buffer.AsSpan(consumed, length - consumed);
        if (rest.Length < 3)
            return false;
        var size = 3 + ((rest[1] & 0x0F) << 8 | rest[2]);
        if (rest[0] != 0xFF && size > rest.Length)
            return false;
        if (rest[0] == 0xFF || Checksum(rest[..size]) != 0)
        {
            // Stuffing after the last section, or packets were lost: wait for the next one that begins.
            consumed = length = 0;
            isOpen = false;
            return false;
        }
        consumed += size;
        section = rest[..size];
        return true;
    }

    /// <summary>Annex A: CRC-32 of MPEG-2, which is 0 over a section with its checksum.</summary>
    private static uint Checksum(ReadOnlySpan<byte> section)
    {
        var crc = uint.MaxValue;
        foreach (var value in section)
        {
            crc ^= (uint)value << 24;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 0x80000000) != 0 ? crc << 1 ^ 0x04C11DB7 : crc << 1;
        }
        return crc;
    }
}
