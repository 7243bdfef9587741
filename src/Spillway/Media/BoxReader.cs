using System.Buffers.Binary;

namespace Spillway.Media;

internal enum BoxFault
{
    None,

    /// <summary>The bytes end before the box does.</summary>
    CutShort,

    /// <summary>A box of size 0, which goes on to the end of a file that may still grow: ffmpeg's state while it writes.</summary>
    OpenEnded,

    /// <summary>A box that claims to be shorter than its own header.</summary>
    Nonsense,
}

/// <summary>Walks the boxes of ISO/IEC 14496-12 that stand side by side in some bytes. Stops at the first fault.</summary>
internal ref struct BoxReader(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> _data = data;

    public uint Type { get; private set; }

    /// <summary>Without the header.</summary>
    public ReadOnlySpan<byte> Body { get; private set; }

    public BoxFault Fault { get; private set; }

    /// <summary>Where the next box begins.</summary>
    public int Position { get; private set; }

    public bool Next()
    {
        var rest = _data[Position..];
        if (rest.IsEmpty || Fault != BoxFault.None)
            return false;
        if (!TryReadHeader(rest, out var header, out var size))
            return false;
        Type = BinaryPrimitives.ReadUInt32BigEndian(rest[4..]);
        Body = rest[header..size];
        Position += size;
        return true;
    }

    /// <summary>The first box of <paramref name="type"/>, or nothing.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> data, uint type)
    {
        var boxes = new BoxReader(data);
        while (boxes.Next())
            if (boxes.Type == type)
                return boxes.Body;
        return default;
    }

    private bool TryReadHeader(ReadOnlySpan<byte> rest, out int header, out int size)
    {
        header = 8;
        size = 0;
        ulong claimed = rest.Length < 4 ? 8 : BinaryPrimitives.ReadUInt32BigEndian(rest);
        if (claimed == 1)
        {
            header = 16;
            claimed = rest.Length < header ? 16 : BinaryPrimitives.ReadUInt64BigEndian(rest[8..]);
        }
        Fault =
            rest.Length < header ? BoxFault.CutShort
            : claimed == 0 ? BoxFault.OpenEnded
            : claimed < (ulong)header ? BoxFault.Nonsense
            : claimed > (ulong)rest.Length ? BoxFault.CutShort
            : BoxFault.None;
        if (Fault != BoxFault.None)
            return false;
        size = (int)claimed;
        return true;
    }
}

/// <summary>Reads the numbers of one box in order; past the end it gives zeros and says so in <see cref="Overrun"/>.</summary>
internal ref struct FieldReader(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> _rest = data;

    public bool Overrun { get; private set; }

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public uint Byte() => (uint)Number(1);

    public uint UInt16() => (uint)Number(2);

    public uint UInt32() => (uint)Number(4);

    public ulong UInt64() => Number(8);

    /// <summary>The version and flags that begin a full box.</summary>
    public (uint Version, uint Flags) Full()
    {
        var word = UInt32();
        return (word >> 24, word & 0xFFFFFF);
    }

    public void Skip(int bytes)
    {
        Overrun |= bytes > _rest.Length;
        _rest = _rest[Math.Min(bytes, _rest.Length)..];
    }

    private ulong Number(int bytes)
    {
        ulong value = 0;
        for (var i = 0; i < bytes && i < _rest.Length; i++)
            value = value << 8 | _rest[i];
        var isThere = bytes <= _rest.Length;
        Skip(bytes);
        return isThere ? value : 0;
    }
}
