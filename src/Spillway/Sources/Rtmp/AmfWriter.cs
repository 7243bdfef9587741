using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Spillway.Sources.Rtmp;

/// <summary>Writes AMF0 values, one after the other.</summary>
internal sealed class AmfWriter
{
    private readonly ArrayBufferWriter<byte> _output = new();

    public ReadOnlySpan<byte> Written => _output.WrittenSpan;

    public AmfWriter Number(double value)
    {
        var span = _output.GetSpan(9);
        span[0] = 0;
        BinaryPrimitives.WriteDoubleBigEndian(span[1..], value);
        _output.Advance(9);
        return this;
    }

    public AmfWriter Boolean(bool value)
    {
        _output.Write<byte>([1, value ? (byte)1 : (byte)0]);
        return this;
    }

    public AmfWriter Text(string value)
    {
        if (Encoding.UTF8.GetByteCount(value) <= ushort.MaxValue)
        {
            _output.Write<byte>([2]);
            Name(value);
            return this;
        }
        var bytes = Encoding.UTF8.GetBytes(value);
        var span = _output.GetSpan(5);
        span[0] = 12;
        BinaryPrimitives.WriteInt32BigEndian(span[1..], bytes.Length);
        _output.Advance(5);
        _output.Write<byte>(bytes);
        return this;
    }

    public AmfWriter Null()
    {
        _output.Write<byte>([5]);
        return this;
    }

    /// <summary>An object whose members are text, numbers or booleans.</summary>
    public AmfWriter Object(params ReadOnlySpan<(string Name, object Value)> members)
    {
        _output.Write<byte>([3]);
        foreach (var (name, value) in members)
        {
            Name(name);
            _ = value switch
            {
                string text => Text(text),
                bool boolean => Boolean(boolean),
                double number => Number(number),
                _ => throw new ArgumentException($"{name} is of a kind that is not written.", nameof(members)),
            };
        }
        _output.Write<byte>([0, 0, 9]);
        return this;
    }

    private void Name(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        BinaryPrimitives.WriteUInt16BigEndian(_output.GetSpan(2), (ushort)bytes.Length);
        _output.Advance(2);
        _output.Write<byte>(bytes);
    }
}
