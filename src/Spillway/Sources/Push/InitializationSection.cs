using System.Buffers.Binary;

namespace Spillway.Sources.Push;

/// <summary>Tells an fMP4 initialization section, which is sent once and needed for hours, from a segment.</summary>
internal static class InitializationSection
{
    /// <summary>It has the description of a movie (<c>moov</c>) at its top and no fragment (<c>moof</c>): ISO/IEC 14496-12 6.3.4.</summary>
    public static bool Is(ReadOnlySpan<byte> bytes)
    {
        var hasMovie = false;
        while (bytes.Length >= 8)
        {
            var type = bytes.Slice(4, 4);
            if (type.SequenceEqual("moof"u8) || type.SequenceEqual("mdat"u8))
                return false;
            hasMovie |= type.SequenceEqual("moov"u8);
            var size = BinaryPrimitives.ReadUInt32BigEndian(bytes);
            if (size < 8 || size > bytes.Length)
                break;
            bytes = bytes[(int)size..];
        }
        return hasMovie;
    }
}
