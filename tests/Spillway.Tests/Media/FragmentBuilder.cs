using System.Buffers.Binary;
using System.Text;

namespace Spillway.Tests.Media;

/// <summary>Writes boxes, and fragments that ffmpeg would not write.</summary>
internal static class FragmentBuilder
{
    public static byte[] Box(string type, params byte[][] parts)
    {
        byte[] body = [.. parts.SelectMany(part => part)];
        return [.. Word((uint)body.Length + 8), .. Encoding.ASCII.GetBytes(type), .. body];
    }

    public static byte[] Word(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    public static byte[] Words(params uint[] values) => [.. values.SelectMany(Word)];

    /// <summary>One moof with one track, and its mdat.</summary>
    /// <param name="header">tfhd without track id: flags, then the optional fields.</param>
    /// <param name="time">tfdt, whole; null to leave it out.</param>
    /// <param name="runs">Bodies of trun.</param>
    public static byte[] Fragment(uint track, uint[] header, byte[]? time, params uint[][] runs)
    {
        var traf = Box(
            "traf",
            [
                Box("tfhd", Words([header[0], track, .. header.AsSpan(1)])),
                time is null ? [] : Box("tfdt", time),
                .. runs.Select(run => Box("trun", Words(run))),
            ]
        );
        return [.. Box("moof", Box("mfhd", Words(0, 1)), traf), .. Box("mdat", new byte[100])];
    }

    /// <summary>An initialization section with one track of 90,000 units a second and 3,600 units to a sample.</summary>
    public static byte[] Init(string handler = "vide", byte[]? sampleEntry = null, byte[]? edits = null)
    {
        var mdia = Box(
            "mdia",
            Box("mdhd", Words(0, 0, 0, 90_000, 0, 0)),
            Box("hdlr", Words(0, 0), Encoding.ASCII.GetBytes(handler), new byte[13]),
            Box("minf", Box("stbl", Box("stsd", Words(0, 1), sampleEntry ?? Avc())))
        );
        var trak = Box("trak", Box("tkhd", Words(7, 0, 0, 1, 0)), edits is null ? [] : Box("edts", Box("elst", edits)), mdia);
        var mvex = Box("mvex", Box("trex", Words(0, 1, 1, 3600, 0, 0x10000)));
        return
        [
            .. Box("ftyp", Encoding.ASCII.GetBytes("iso5")),
            .. Box("moov", Box("mvhd", Words(0, 0, 0, 1000, 0)), trak, mvex),
        ];
    }

    public static byte[] Audio(string entry, byte[] configuration) =>
        Box(entry, new byte[16], [0, 2, 0, 16, 0, 0, 0, 0, 0xBB, 0x80, 0, 0], configuration);

    /// <summary>AudioSpecificConfig or nothing, in its descriptors.</summary>
    public static byte[] Esds(byte objectType, params byte[] configuration) =>
        Box(
            "esds",
            [0, 0, 0, 0, 3, 0x80, 0x80, 0x80, 40, 0, 1, 0, 4, 20, objectType, 0x15, .. new byte[11]],
            configuration.Length == 0 ? [] : [5, (byte)configuration.Length, .. configuration]
        );

    private static byte[] Avc() =>
        Box("avc1", new byte[24], [5, 0, 2, 0xD0], new byte[50], Box("avcC", [1, 0x64, 0, 0x1F, 0xFF, 0xE0, 0]));
}
