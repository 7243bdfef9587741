namespace Spillway.Media;

/// <summary>Reads bits, most significant first. Past the end it gives zeros and says so in <see cref="Overrun"/>: it never throws.</summary>
internal ref struct BitReader(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private long _position;

    /// <summary>More was asked for than there is, or a number was malformed: nothing read since can be believed.</summary>
    public readonly bool Overrun => _position > _data.Length * 8L;

    public bool Flag()
    {
        var at = _position++;
        return at < _data.Length * 8L && (_data[(int)(at >> 3)] >> (7 - (int)(at & 7)) & 1) != 0;
    }

    /// <summary>An unsigned number of at most 32 bits.</summary>
    public uint Bits(int count)
    {
        uint value = 0;
        for (var i = 0; i < count; i++)
            value = value << 1 | (Flag() ? 1u : 0);
        return value;
    }

    public void Skip(int count) => _position += count;

    /// <summary>Exp-Golomb, ue(v) of H.264 section 9.1; also H.265.</summary>
    public uint Ue()
    {
        var zeros = 0;
        while (!Flag())
        {
            if (++zeros < 32 && !Overrun)
                continue;
            _position = long.MaxValue / 2;
            return 0;
        }
        return (1u << zeros) - 1 + Bits(zeros);
    }

    /// <summary>Signed Exp-Golomb, se(v).</summary>
    public int Se()
    {
        var code = Ue();
        return (code & 1) != 0 ? (int)(code / 2) + 1 : -(int)(code / 2);
    }
}
