namespace Spillway.Media.Cmaf;

/// <summary>The entries of stsd: what the samples of a track are.</summary>
internal static class SampleEntry
{
    /// <summary>72 dots an inch, as a number of 16.16 bits.</summary>
    private const uint Resolution = 0x0048_0000;

    private const byte AudioStream = 0x15;
    private const byte Mpeg4Audio = 0x40;

    /// <summary>Tag and a length of four times seven bits.</summary>
    private const int DescriptorHeader = 5;

    /// <summary>ISO/IEC 14496-15 section 5.4.2.1: <c>avc1</c>; the parameter sets that count are in avcC.</summary>
    public static void Write(BoxWriter writer, AvcConfiguration video)
    {
        using var entry = writer.Begin(BoxType.Avc1);
        writer.Zeros(6);
        writer.UInt16(1);
        writer.Zeros(16);
        writer.UInt16(video.Width);
        writer.UInt16(video.Height);
        writer.UInt32(Resolution);
        writer.UInt32(Resolution);
        writer.UInt32(0);
        writer.UInt16(1);
        writer.Zeros(32);
        writer.UInt16(24);
        writer.UInt16(0xFFFF);
        using var avcC = writer.Begin(BoxType.AvcC);
        writer.Bytes(video.Record.Span);
    }

    /// <summary>ISO/IEC 14496-14 section 5.6: <c>mp4a</c> with an elementary stream descriptor.</summary>
    public static void Write(BoxWriter writer, AacConfiguration audio)
    {
        using var entry = writer.Begin(BoxType.Mp4a);
        writer.Zeros(6);
        writer.UInt16(1);
        writer.Zeros(8);
        writer.UInt16(audio.Channels ?? 2);
        writer.UInt16(16);
        writer.Zeros(4);
        // 16 bits are too few for 96 kHz; the configuration tells.
        writer.UInt16(audio.SampleRate <= ushort.MaxValue ? audio.SampleRate : 0);
        writer.UInt16(0);
        using var esds = writer.Begin(BoxType.Esds, 0, 0);
        // ISO/IEC 14496-1 section 7.2.6: ES_Descriptor { DecoderConfigDescriptor { DecoderSpecificInfo }, SLConfigDescriptor }.
        var specific = audio.Record.Length;
        var decoder = 13 + DescriptorHeader + specific;
        Descriptor(writer, 3, 3 + DescriptorHeader + decoder + DescriptorHeader + 1);
        writer.UInt16(InitializationSection.AudioTrack);
        writer.Byte(0);
        Descriptor(writer, 4, decoder);
        writer.Byte(Mpeg4Audio);
        writer.Byte(AudioStream);
        writer.Zeros(11);
        Descriptor(writer, 5, specific);
        writer.Bytes(audio.Record.Span);
        Descriptor(writer, 6, 1);
        writer.Byte(2);
    }

    private static void Descriptor(BoxWriter writer, byte tag, int length)
    {
        writer.Byte(tag);
        for (var shift = 21; shift >= 0; shift -= 7)
            writer.Byte((byte)(length >> shift & 0x7F | (shift > 0 ? 0x80 : 0)));
    }
}
