using System.Buffers.Binary;
using System.Text;

namespace Spillway.Sources.Rtmp;

/// <summary>
/// Reads AMF0 values (Action Message Format, AMF 0, section 2): <see cref="double"/> (dates, too: milliseconds),
/// <see cref="bool"/>, <see cref="string"/>, dictionaries by name for objects of all kinds, <c>object?[]</c> for arrays, null.
/// </summary>
internal ref struct AmfReader
{
    public const int MaxDepth = 8;

    /// <summary>Values in a message, those within others counted.</summary>
    public const int MaxValues = 1000;

    private readonly ReadOnlySpan<byte> _bytes;
    private int _at;
    private int _values;

    private AmfReader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>All values of a message, or those before the first that cannot be read.</summary>
    public static List<object?> ReadAll(ReadOnlySpan<byte> bytes)
    {
        var reader = new AmfReader(bytes);
        var values = new List<object?>();
        while (reader._at < bytes.Length && reader.TryRead(0, out var value))
            values.Add(value);
        return values;
    }

    private bool TryRead(int depth, out object? value)
    {
        value = null;
        if (depth > MaxDepth || ++_values > MaxValues || !TryTake(1, out var marker))
            return false;
        switch (marker[0])
        {
            case 0:
                return TryReadNumber(out value);
            case 1:
                if (!TryTake(1, out var boolean))
                    return false;
                value = boolean[0] != 0;
                return true;
            case 2:
                return TryReadText(2, out value);
            case 3:
                return TryReadObject(depth, isArray: false, out value);
            // Null, undefined, unsupported. A reference is read as null, too: no command needs what it refers to.
            case 5 or 6 or 13:
                return true;
            case 7:
                return TryTake(2, out _);
            // The count of an ECMA array is a hint and often wrong.
            case 8:
                return TryTake(4, out _) && TryReadObject(depth, isArray: true, out value);
            case 10:
                return TryReadArray(depth, out value);
            case 11:
                return TryReadNumber(out value) && TryTake(2, out _);
            // Long strings and XML.
            case 12 or 15:
                return TryReadText(4, out value);
            case 16:
                return TryReadText(2, out _) && TryReadObject(depth, isArray: false, out value);
            default:
                return false;
        }
    }

    private bool TryReadNumber(out object? value)
    {
        var isThere = TryTake(8, out var bytes);
        value = isThere ? BinaryPrimitives.ReadDoubleBigEndian(bytes) : null;
        return isThere;
    }

    private bool TryReadText(int lengthOfLength, out object? value)
    {
        value = null;
        if (!TryTake(lengthOfLength, out var prefix))
            return false;
        var length =
            lengthOfLength == 2 ? BinaryPrimitives.ReadUInt16BigEndian(prefix) : BinaryPrimitives.ReadUInt32BigEndian(prefix);
        if (length > _bytes.Length - _at || !TryTake((int)length, out var text))
            return false;
        value = Encoding.UTF8.GetString(text);
        return true;
    }

    private bool TryReadObject(int depth, bool isArray, out object? value)
    {
        var members = new Dictionary<string, object?>(StringComparer.Ordinal);
        value = members;
        while (true)
        {
            // Some encoders forget the end of an ECMA array at the end of a message.
            if (isArray && _at == _bytes.Length)
                return true;
            if (!TryReadText(2, out var name))
                return false;
            if (((string)name!).Length == 0 && _at < _bytes.Length && _bytes[_at] == 9)
            {
                _at++;
                return true;
            }
            if (!TryRead(depth + 1, out var member))
                return false;
            members[(string)name!] = member;
        }
    }

    private bool TryReadArray(int depth, out object? value)
    {
        value = null;
        if (!TryTake(4, out var prefix))
            return false;
        // Each value is a byte at least.
        var count = BinaryPrimitives.ReadUInt32BigEndian(prefix);
        if (count > Math.Min(MaxValues, _bytes.Length - _at))
            return false;
        var values = new object?[count];
        value = values;
        for (var i = 0; i < values.Length; i++)
        {
            if (!TryRead(depth + 1, out values[i]))
                return false;
        }
        return true;
    }

    private bool TryTake(int count, out ReadOnlySpan<byte> bytes)
    {
        var isThere = count <= _bytes.Length - _at;
        bytes = isThere ? _bytes.Slice(_at, count) : default;
        _at += isThere ? count : 0;
        return isThere;
    }
}
