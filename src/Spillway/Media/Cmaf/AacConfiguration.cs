namespace Spillway.Media.Cmaf;

/// <summary>An AudioSpecificConfig (ISO/IEC 14496-3 section 1.6.2.1) of AAC that browsers play: LC, HE and HE v2.</summary>
internal sealed class AacConfiguration
{
    private const int LowComplexity = 2;
    private const int SpectralBandReplication = 5;
    private const int ParametricStereo = 29;

    /// <summary>Five bytes are usual; a program config element with a comment is the longest part it can have.</summary>
    private const int Longest = 512;

    private AacConfiguration(byte[] record, int sampleRate, int frameLength, int channels)
    {
        Record = record;
        (SampleRate, FrameLength, Channels) = (sampleRate, frameLength, AdtsFrame.Channels(channels));
        // Without the cast no array would become an empty frame.
        Silence = AacSilence.Frame(channels) is { } silence ? (ReadOnlyMemory<byte>?)silence : null;
    }

    public ReadOnlyMemory<byte> Record { get; }

    /// <summary>
    /// Hertz, of the core coder: with SBR half of what is heard. A frame is a whole number of these, however SBR is announced.
    /// </summary>
    public int SampleRate { get; }

    /// <summary>Samples at <see cref="SampleRate"/> in an access unit: 1024 or 960.</summary>
    public int FrameLength { get; }

    /// <summary>Null where a program config element tells.</summary>
    public int? Channels { get; }

    /// <summary>An access unit in which nothing is heard; null for rare arrangements of channels.</summary>
    public ReadOnlyMemory<byte>? Silence { get; }

    /// <summary>One of the two: the configuration, or why there is none, in words for the encoder's operator.</summary>
    public static (AacConfiguration? Configuration, string? Problem) Read(ReadOnlySpan<byte> record)
    {
        if (record.Length is < 2 or > Longest)
            return Bad($"it has {record.Length} bytes");
        var bits = new BitReader(record);
        var type = ReadType(ref bits);
        var rate = ReadRate(ref bits);
        var channels = (int)bits.Bits(4);
        if (type is SpectralBandReplication or ParametricStereo)
        {
            ReadRate(ref bits);
            type = ReadType(ref bits);
        }
        // GASpecificConfig (section 4.4.1) begins with frameLengthFlag.
        var frame = bits.Flag() ? 960 : 1024;
        if (bits.Overrun)
            return Bad("it is cut short");
        if (type != LowComplexity)
            return (
                null,
                $"its audio is of MPEG-4 object type {type}, which browsers do not play: set the encoder's audio to AAC-LC"
            );
        if (rate is not (>= 7350 and <= 96000))
            return Bad("it names no sample rate");
        if (channels != 0 && AdtsFrame.Channels(channels) is null)
            return Bad($"it names no arrangement of channels ({channels})");
        return (new AacConfiguration(record.ToArray(), rate.Value, frame, channels), null);
    }

    private static (AacConfiguration?, string) Bad(string what) =>
        (null, $"the AAC configuration it sends cannot be read ({what}): restart the encoder, or choose another one");

    private static int ReadType(ref BitReader bits)
    {
        var type = (int)bits.Bits(5);
        return type == 31 ? 32 + (int)bits.Bits(6) : type;
    }

    private static int? ReadRate(ref BitReader bits)
    {
        var index = (int)bits.Bits(4);
        return index == 15 ? (int)bits.Bits(24) : AdtsFrame.RateOf(index);
    }
}
