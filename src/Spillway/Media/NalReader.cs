namespace Spillway.Media;

/// <summary>Walks the NAL units of an H.264 or H.265 byte stream (Annex B: start codes of 3 or 4 bytes).</summary>
internal ref struct NalReader
{
    private ReadOnlySpan<byte> _rest;

    public NalReader(ReadOnlySpan<byte> stream) => _rest = After(stream, stream.IndexOf(StartCode));

    private static ReadOnlySpan<byte> StartCode => [0, 0, 1];

    /// <summary>With its header, still escaped; may be empty in a damaged stream.</summary>
    public ReadOnlySpan<byte> Nal { get; private set; }

    public bool Next()
    {
        if (_rest.IsEmpty)
            return false;
        var end = _rest.IndexOf(StartCode);
        // A NAL unit never ends in a zero byte (7.4.1): such zeros belong to a start code of four bytes or are padding.
        Nal = (end < 0 ? _rest : _rest[..end]).TrimEnd((byte)0);
        _rest = After(_rest, end);
        return true;
    }

    /// <summary>Copies <paramref name="nal"/> without its emulation prevention bytes, as far as it fits, and returns what was written.</summary>
    public static ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> nal, Span<byte> into)
    {
        int zeros = 0,
            written = 0;
        foreach (var value in nal)
        {
            if (zeros >= 2 && value == 3)
            {
                zeros = 0;
                continue;
            }
            if (written == into.Length)
                break;
            zeros = value == 0 ? zeros + 1 : 0;
            into[written++] = value;
        }
        return into[..written];
    }

    private static ReadOnlySpan<byte> After(ReadOnlySpan<byte> stream, int startCode) =>
        startCode < 0 ? default : stream[(startCode + 3)..];
}
