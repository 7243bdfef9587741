namespace Spillway.Media;

/// <summary>Puts the sections of PSI tables together from packets: ISO/IEC 13818-1 section 2.4.4.</summary>
internal sealed class SectionBuffer
{
    private const int Longest = 3 + 4093;

    private readonly byte[] _buffer = new byte[Longest + TransportPacket.Size];
    private int _consumed;
    private int _length;
    private bool _isOpen;

    public void Push(ReadOnlySpan<byte> payload, bool starts)
    {
        var isContinued = _length > _consumed;
        if (starts)
        {
            // The pointer field tells how far the end of the section before reaches; it is of use only if we have its beginning.
            var pointer = payload.IsEmpty ? 0 : payload[0] + 1;
            payload = pointer <= payload.Length ? payload[(isContinued ? 1 : pointer)..] : default;
        }
        else if (!_isOpen)
            return;
        _isOpen = true;
        _buffer.AsSpan(_consumed, _length - _consumed).CopyTo(_buffer);
        _length -= _consumed;
        _consumed = 0;
        if (_length + payload.Length > _buffer.Length)
            _length = 0;
        payload.CopyTo(_buffer.AsSpan(_length));
        _length += payload.Length;
    }

    /// <summary>The next whole section whose checksum is right; valid until the next <see cref="Push"/>.</summary>
    public bool TryTake(out ReadOnlySpan<byte> section)
    {
        section = default;
        var rest = _buffer.AsSpan(_consumed, _length - _consumed);
        if (rest.Length < 3)
            return false;
        var size = 3 + ((rest[1] & 0x0F) << 8 | rest[2]);
        if (rest[0] != 0xFF && size > rest.Length)
            return false;
        if (rest[0] == 0xFF || Checksum(rest[..size]) != 0)
        {
            // Stuffing after the last section, or packets were lost: wait for the next one that begins.
            _consumed = _length = 0;
            _isOpen = false;
            return false;
        }
        _consumed += size;
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
