using System.Buffers.Binary;

namespace Spillway.Media.Cmaf;

/// <summary>Writes boxes of ISO/IEC 14496-12 one after the other and into each other; their lengths are filled in at their ends.</summary>
internal sealed class BoxWriter(int capacity)
{
    private byte[] _bytes = new byte[capacity];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Open until it is disposed of.</summary>
    public Box Begin(uint type)
    {
        var start = Length;
        UInt32(0);
        UInt32(type);
        return new Box(this, start);
    }

    /// <summary>A box with version and flags.</summary>
    public Box Begin(uint type, byte version, uint flags)
    {
        var box = Begin(type);
        UInt32((uint)version << 24 | flags);
        return box;
    }

    public void Byte(byte value) => Take(1)[0] = value;

    public void UInt16(int value) => BinaryPrimitives.WriteUInt16BigEndian(Take(2), (ushort)value);

    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Take(4), value);

    public void Int32(int value) => BinaryPrimitives.WriteInt32BigEndian(Take(4), value);

    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Take(8), value);

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    public void Zeros(int count) => Take(count).Clear();

    /// <summary>Writes over a number at <paramref name="position"/> that was not known before.</summary>
    public void Put(int position, uint value) => BinaryPrimitives.WriteUInt32BigEndian(_bytes.AsSpan(position), value);

    private Span<byte> Take(int count)
    {
        if (Length + count > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, Length + count));
        Length += count;
        return _bytes.AsSpan(Length - count, count);
    }

    public readonly ref struct Box(BoxWriter writer, int start)
    {
        public int Start => start;

        public void Dispose() => writer.Put(start, (uint)(writer.Length - start));
    }
}
