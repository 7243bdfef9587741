namespace Spillway.Media.Cmaf;

/// <summary>What is in an access unit, as far as cutting needs it.</summary>
internal enum AccessUnit
{
    /// <summary>No slice: parameter sets or supplemental information alone, or damage.</summary>
    NoPicture,

    /// <summary>A picture that needs others.</summary>
    Dependent,

    /// <summary>An IDR picture: nothing after it needs anything before it.</summary>
    Keyframe,
}

/// <summary>An AVCDecoderConfigurationRecord (ISO/IEC 14496-15 section 5.3.3.1) that decoders can start with.</summary>
internal sealed class AvcConfiguration
{
    /// <summary>Parameter sets have some hundred bytes.</summary>
    private const int Longest = 16 * 1024;

    /// <summary>More than encoders put before a picture's first slice.</summary>
    private const int MostUnits = 64;

    private readonly int _lengthSize;

    private AvcConfiguration(byte[] record, int width, int height)
    {
        Record = record;
        _lengthSize = (record[4] & 3) + 1;
        (Width, Height) = (width, height);
    }

    public ReadOnlyMemory<byte> Record { get; }

    /// <summary>Pixels, after cropping.</summary>
    public int Width { get; }

    /// <inheritdoc cref="Width"/>
    public int Height { get; }

    /// <summary>One of the two: the configuration, or why there is none, in words for the encoder's operator.</summary>
    public static (AvcConfiguration? Configuration, string? Problem) Read(ReadOnlySpan<byte> record)
    {
        if (record.Length is < 7 or > Longest)
            return Bad($"it has {record.Length} bytes");
        if (record[0] != 1)
            return Bad($"its version is {record[0]}, not 1");
        if ((record[4] & 3) == 2)
            return Bad("it announces lengths of three bytes");
        var fields = new FieldReader(record[5..]);
        var format = ReadSets(ref fields, (int)fields.Byte() & 0x1F, sequence: true, out var sequences);
        ReadSets(ref fields, (int)fields.Byte(), sequence: false, out var pictures);
        if (fields.Overrun)
            return Bad("it stops in the middle of a parameter set");
        if (sequences == 0 || pictures == 0)
            return Bad($"it has no {(sequences == 0 ? "sequence" : "picture")} parameter set");
        return format is { Width: { } width, Height: { } height }
            ? (new AvcConfiguration(record.ToArray(), width, height), null)
            : Bad("its sequence parameter set does not tell the size of the picture");
    }

    /// <param name="data">NAL units, each after its length. Only their first bytes are looked at.</param>
    public AccessUnit Look(ReadOnlySpan<byte> data)
    {
        for (var units = 0; units < MostUnits && data.Length > _lengthSize; units++)
        {
            uint length = 0;
            foreach (var part in data[.._lengthSize])
                length = length << 8 | part;
            data = data[_lengthSize..];
            // All slices of a picture are of an IDR picture, or none is (ITU-T H.264 section 7.4.1.2.4).
            if (length > 0 && H264.IsSlice(data[0]))
                return H264.IsKeySlice(data[0]) ? AccessUnit.Keyframe : AccessUnit.Dependent;
            if (length >= data.Length)
                break;
            data = data[(int)length..];
        }
        return AccessUnit.NoPicture;
    }

    private static (AvcConfiguration?, string) Bad(string what) =>
        (null, $"the H.264 configuration it sends cannot be read ({what}): restart the encoder, or choose another one");

    private static VideoFormat? ReadSets(ref FieldReader fields, int announced, bool sequence, out int found)
    {
        VideoFormat? format = null;
        for (found = 0; found < announced && !fields.Overrun; found++)
        {
            var length = (int)fields.UInt16();
            if (sequence && format is null && length > 0 && length <= fields.Rest.Length)
                format = H264.IsSequenceParameterSet(fields.Rest[0])
                    ? H264.ReadSequenceParameterSet(fields.Rest[..length])
                    : null;
            fields.Skip(length);
        }
        return format;
    }
}
