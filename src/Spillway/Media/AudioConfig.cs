namespace Spillway.Media;

/// <summary>What the configuration boxes of MP4 say about audio; null where they leave it to the sample entry.</summary>
internal readonly record struct AudioConfig(string? Codec, int? SampleRate = null, int? Channels = null)
{
    private const uint EsDescriptor = 3;
    private const uint DecoderConfig = 4;
    private const uint DecoderSpecificInfo = 5;

    /// <summary>ISO/IEC 14496-1 section 7.2.6: descriptors in descriptors, down to the AudioSpecificConfig.</summary>
    public static AudioConfig FromEsds(ReadOnlySpan<byte> esds)
    {
        var fields = new FieldReader(esds);
        fields.Full();
        if (ReadDescriptorTag(ref fields) != EsDescriptor)
            return default;
        fields.Skip(2);
        var flags = fields.Byte();
        fields.Skip((flags & 0x80) != 0 ? 2 : 0);
        fields.Skip((flags & 0x40) != 0 ? (int)fields.Byte() : 0);
        fields.Skip((flags & 0x20) != 0 ? 2 : 0);
        if (ReadDescriptorTag(ref fields) != DecoderConfig)
            return default;
        var objectType = fields.Byte();
        fields.Skip(12);
        if (fields.Overrun)
            return default;
        return objectType switch
        {
            0x40 when ReadDescriptorTag(ref fields) == DecoderSpecificInfo => FromAudioSpecificConfig(fields.Rest),
            0x69 or 0x6B => new AudioConfig(MpegAudioFrame.Mp3),
            0xA5 => new AudioConfig("ac-3"),
            0xA6 => new AudioConfig("ec-3"),
            _ => new AudioConfig($"mp4a.{objectType:X2}"),
        };
    }

    public static AudioConfig FromDac3(ReadOnlySpan<byte> dac3)
    {
        var bits = new BitReader(dac3);
        var rate = Ac3Frame.RateOf((int)bits.Bits(2));
        bits.Skip(8);
        var channels = Ac3Frame.Channels((int)bits.Bits(3), bits.Flag());
        return bits.Overrun ? new AudioConfig("ac-3") : new AudioConfig("ac-3", rate, channels);
    }

    public static AudioConfig FromDec3(ReadOnlySpan<byte> dec3)
    {
        var bits = new BitReader(dec3);
        bits.Skip(16);
        var rate = Ac3Frame.RateOf((int)bits.Bits(2));
        bits.Skip(10);
        var channels = Ac3Frame.Channels((int)bits.Bits(3), bits.Flag());
        return bits.Overrun ? new AudioConfig("ec-3") : new AudioConfig("ec-3", rate, channels);
    }

    /// <summary>ISO/IEC 14496-3 section 1.6.2.1. With SBR the rate is the one that is heard.</summary>
    private static AudioConfig FromAudioSpecificConfig(ReadOnlySpan<byte> config)
    {
        var bits = new BitReader(config);
        var objectType = ReadObjectType(ref bits);
        var rate = ReadRate(ref bits);
        var channels = AdtsFrame.Channels((int)bits.Bits(4));
        if (objectType is 5 or 29)
            rate = ReadRate(ref bits);
        return bits.Overrun ? default : new AudioConfig(AdtsFrame.CodecOf(objectType), rate, channels);
    }

    private static int ReadObjectType(ref BitReader bits)
    {
        var type = (int)bits.Bits(5);
        return type == 31 ? 32 + (int)bits.Bits(6) : type;
    }

    private static int? ReadRate(ref BitReader bits)
    {
        var index = (int)bits.Bits(4);
        return index == 15 ? (int)bits.Bits(24) : AdtsFrame.RateOf(index);
    }

    /// <summary>Steps over the length as well: up to four bytes of seven bits.</summary>
    private static uint ReadDescriptorTag(ref FieldReader fields)
    {
        var tag = fields.Byte();
        for (var i = 0; i < 4 && (fields.Byte() & 0x80) != 0; i++) { }
        return tag;
    }
}
