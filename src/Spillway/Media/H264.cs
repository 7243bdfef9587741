namespace Spillway.Media;

/// <summary>The little of ITU-T H.264 that an inspector needs: the sequence parameter set (7.3.2.1.1) and NAL unit types.</summary>
internal static class H264
{
    public static int NalType(byte header) => header & 0x1F;

    public static bool IsSequenceParameterSet(byte header) => NalType(header) == 7;

    public static bool IsSlice(byte header) => NalType(header) is >= 1 and <= 5;

    public static bool IsKeySlice(byte header) => NalType(header) == 5;

    /// <summary>RFC 6381 section 3.3: profile, constraints and level in hexadecimal.</summary>
    public static string CodecOf(string sampleEntry, byte profile, byte constraints, byte level) =>
        $"{sampleEntry}.{profile:x2}{constraints:x2}{level:x2}";

    /// <summary>Null when <paramref name="nal"/> is too short to name its profile.</summary>
    public static VideoFormat? ReadSequenceParameterSet(ReadOnlySpan<byte> nal, string sampleEntry = "avc1")
    {
        var sps = NalReader.Unescape(nal, stackalloc byte[VideoFormat.LongestParameterSet]);
        if (sps.Length < 4)
            return null;
        var codec = CodecOf(sampleEntry, sps[1], sps[2], sps[3]);
        var bits = new BitReader(sps[4..]);
        bits.Ue();
        var (cropX, cropY) = ReadChroma(ref bits, profile: sps[1]);
        bits.Ue();
        SkipPictureOrder(ref bits);
        bits.Ue();
        bits.Flag();
        var width = (bits.Ue() + 1L) * 16;
        var height = (bits.Ue() + 1L) * 16;
        if (!bits.Flag())
        {
            // Fields: the map units are half as high as the frame, and so are the units of cropping.
            bits.Flag();
            height *= 2;
            cropY *= 2;
        }
        bits.Flag();
        if (bits.Flag())
        {
            width -= ((long)bits.Ue() + bits.Ue()) * cropX;
            height -= ((long)bits.Ue() + bits.Ue()) * cropY;
        }
        if (bits.Overrun)
            return new VideoFormat(codec, null, null);
        return VideoFormat.Of(codec, width, height, bits.Flag() ? ReadFrameRate(ref bits) : null);
    }

    private static (int X, int Y) ReadChroma(ref BitReader bits, byte profile)
    {
        if (profile is not (100 or 110 or 122 or 244 or 44 or 83 or 86 or 118 or 128 or 138 or 139 or 134 or 135))
            return (2, 2);
        var chroma = bits.Ue();
        var separatePlanes = chroma == 3 && bits.Flag();
        bits.Ue();
        bits.Ue();
        bits.Flag();
        if (bits.Flag())
            for (var list = 0; list < (chroma == 3 ? 12 : 8); list++)
                if (bits.Flag())
                    SkipScalingList(ref bits, list < 6 ? 16 : 64);
        return separatePlanes ? (1, 1) : (chroma is 1 or 2 ? 2 : 1, chroma == 1 ? 2 : 1);
    }

    private static void SkipScalingList(ref BitReader bits, int size)
    {
        int last = 8,
            next = 8;
        for (var i = 0; i < size && !bits.Overrun; i++)
        {
            if (next != 0)
                next = last + bits.Se() & 0xFF;
            last = next == 0 ? last : next;
        }
    }

    private static void SkipPictureOrder(ref BitReader bits)
    {
        var type = bits.Ue();
        if (type == 0)
            bits.Ue();
        if (type != 1)
            return;
        bits.Flag();
        bits.Se();
        bits.Se();
        var cycle = Math.Min(bits.Ue(), 255);
        for (var i = 0; i < cycle; i++)
            bits.Se();
    }

    /// <summary>Annex E.1.1 up to the timing: time_scale counts fields, two to a frame.</summary>
    private static double? ReadFrameRate(ref BitReader bits)
    {
        if (bits.Flag() && bits.Bits(8) == 255)
            bits.Skip(32);
        if (bits.Flag())
            bits.Flag();
        if (bits.Flag())
        {
            bits.Skip(4);
            if (bits.Flag())
                bits.Skip(24);
        }
        if (bits.Flag())
        {
            bits.Ue();
            bits.Ue();
        }
        if (!bits.Flag())
            return null;
        double ticks = bits.Bits(32),
            scale = bits.Bits(32);
        return ticks == 0 || scale == 0 || bits.Overrun ? null : scale / (2 * ticks);
    }
}
