using System.Globalization;
using System.Text;

namespace Spillway.Media;

/// <summary>The little of ITU-T H.265 that an inspector needs: the head of the sequence parameter set (7.3.2.2) and NAL unit types.</summary>
internal static class Hevc
{
    /// <summary>Bytes of profile, tier and level in an SPS and in hvcC alike.</summary>
    public const int ProfileLength = 12;

    public static int NalType(byte header) => header >> 1 & 0x3F;

    public static bool IsSequenceParameterSet(byte header) => NalType(header) == 33;

    public static bool IsSlice(byte header) => NalType(header) < 32;

    /// <summary>IDR, CRA and BLA: a decoder can begin at any of them.</summary>
    public static bool IsKeySlice(byte header) => NalType(header) is >= 16 and <= 23;

    public static VideoFormat? ReadSequenceParameterSet(ReadOnlySpan<byte> nal, string sampleEntry = "hvc1")
    {
        var sps = NalReader.Unescape(nal, stackalloc byte[VideoFormat.LongestParameterSet]);
        if (sps.Length < 3 + ProfileLength)
            return null;
        var codec = CodecOf(sampleEntry, sps.Slice(3, ProfileLength));
        var bits = new BitReader(sps[(3 + ProfileLength)..]);
        SkipSubLayers(ref bits, count: sps[2] >> 1 & 7);
        bits.Ue();
        var chroma = bits.Ue();
        var separatePlanes = chroma == 3 && bits.Flag();
        var (cropX, cropY) = separatePlanes ? (1, 1) : (chroma is 1 or 2 ? 2 : 1, chroma == 1 ? 2 : 1);
        long width = bits.Ue(),
            height = bits.Ue();
        if (bits.Flag())
        {
            width -= ((long)bits.Ue() + bits.Ue()) * cropX;
            height -= ((long)bits.Ue() + bits.Ue()) * cropY;
        }
        return bits.Overrun ? new VideoFormat(codec, null, null) : VideoFormat.Of(codec, width, height);
    }

    /// <summary>
    /// ISO/IEC 14496-15 Annex E.3: profile space and profile, the compatibility flags in reverse bit order, tier and level, then the
    /// constraint bytes without trailing zeros.
    /// </summary>
    /// <param name="sampleEntry">hvc1 or hev1.</param>
    /// <param name="profile">The first <see cref="ProfileLength"/> bytes of profile_tier_level.</param>
    public static string CodecOf(string sampleEntry, ReadOnlySpan<byte> profile)
    {
        var reversed = 0u;
        for (var bit = 0; bit < 32; bit++)
            if ((profile[1 + bit / 8] >> (7 - bit % 8) & 1) != 0)
                reversed |= 1u << bit;
        var text = new StringBuilder(sampleEntry).Append('.');
        if (profile[0] >> 6 is > 0 and var space)
            text.Append((char)('A' + space - 1));
        text.Append(CultureInfo.InvariantCulture, $"{profile[0] & 0x1F}.{reversed:X}.");
        text.Append((profile[0] & 0x20) != 0 ? 'H' : 'L').Append(CultureInfo.InvariantCulture, $"{profile[11]}");
        foreach (var constraint in profile[5..11].TrimEnd((byte)0))
            text.Append(CultureInfo.InvariantCulture, $".{constraint:X}");
        return text.ToString();
    }

    private static void SkipSubLayers(ref BitReader bits, int count)
    {
        if (count == 0)
            return;
        Span<bool> profiles = stackalloc bool[7],
            levels = stackalloc bool[7];
        for (var i = 0; i < count; i++)
            (profiles[i], levels[i]) = (bits.Flag(), bits.Flag());
        bits.Skip(2 * (8 - count));
        for (var i = 0; i < count; i++)
            bits.Skip((profiles[i] ? 88 : 0) + (levels[i] ? 8 : 0));
    }
}
