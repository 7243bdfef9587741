using System.Buffers.Binary;

namespace Spillway.Media;

/// <summary>What an stsd box says about the samples of a track.</summary>
internal sealed record SampleDescription(TrackKind Kind)
{
    public string? Codec { get; init; }
    public int? Width { get; init; }
    public int? Height { get; init; }
    public double? DeclaredFrameRate { get; init; }
    public int? SampleRate { get; init; }
    public int? Channels { get; init; }

    /// <summary>Why there is no codec, for the operator.</summary>
    public string? Problem { get; init; }

    private const int VisualHeader = 78;
    private const int AudioHeader = 28;

    /// <param name="handler">From hdlr: vide, soun or something else.</param>
    /// <param name="stsd">Its body. Only the first entry counts: a second one would need another initialization section in HLS.</param>
    public static SampleDescription Read(uint handler, ReadOnlySpan<byte> stsd)
    {
        var kind = handler switch
        {
            BoxType.Vide => TrackKind.Video,
            BoxType.Soun => TrackKind.Audio,
            _ => TrackKind.Other,
        };
        var entries = new BoxReader(stsd.Length < 8 ? default : stsd[8..]);
        if (!entries.Next())
            return new SampleDescription(kind) { Problem = "a track has no sample description" };
        var read = kind switch
        {
            TrackKind.Video when entries.Body.Length >= VisualHeader => ReadVideo(entries.Type, entries.Body),
            TrackKind.Audio when entries.Body.Length >= AudioHeader => ReadAudio(entries.Type, entries.Body),
            _ => new SampleDescription(kind),
        };
        if (kind == TrackKind.Other || read.Codec is not null)
            return read;
        return read with
        {
            Problem = entries.Type is BoxType.Encv or BoxType.Enca
                ? "a track is encrypted (common encryption), which is not supported"
                : $"a track is coded as '{BoxType.Name(entries.Type)}', which could not be read",
        };
    }

    private static SampleDescription ReadVideo(uint type, ReadOnlySpan<byte> entry)
    {
        var boxes = entry[VisualHeader..];
        var (format, codec) = type switch
        {
            BoxType.Avc1 or BoxType.Avc3 => ReadAvc(BoxType.Name(type), BoxReader.Find(boxes, BoxType.AvcC)),
            BoxType.Hvc1 or BoxType.Hev1 => ReadHevc(BoxType.Name(type), BoxReader.Find(boxes, BoxType.HvcC)),
            BoxType.Av01 => (null, Av1Codec(BoxReader.Find(boxes, BoxType.Av1C))),
            BoxType.Vp08 or BoxType.Vp09 => (null, VpCodec(BoxType.Name(type), BoxReader.Find(boxes, BoxType.VpcC))),
            _ => (null, null),
        };
        int width = BinaryPrimitives.ReadUInt16BigEndian(entry[24..]),
            height = BinaryPrimitives.ReadUInt16BigEndian(entry[26..]);
        return new SampleDescription(TrackKind.Video)
        {
            Codec = codec,
            Width = format?.Width ?? (width > 0 ? width : null),
            Height = format?.Height ?? (height > 0 ? height : null),
            DeclaredFrameRate = format?.DeclaredFrameRate,
        };
    }

    /// <summary>ISO/IEC 14496-15 section 5.3.3.1.</summary>
    private static (VideoFormat? Format, string? Codec) ReadAvc(string entry, ReadOnlySpan<byte> avcC)
    {
        if (avcC.Length < 6)
            return default;
        var codec = H264.CodecOf(entry, avcC[1], avcC[2], avcC[3]);
        var fields = new FieldReader(avcC[6..]);
        var length = (int)fields.UInt16();
        var isThere = (avcC[5] & 0x1F) > 0 && length <= fields.Rest.Length;
        return (isThere ? H264.ReadSequenceParameterSet(fields.Rest[..length], entry) : null, codec);
    }

    /// <summary>ISO/IEC 14496-15 section 8.3.3.1: arrays of parameter sets, of which the SPS gives the size.</summary>
    private static (VideoFormat? Format, string? Codec) ReadHevc(string entry, ReadOnlySpan<byte> hvcC)
    {
        if (hvcC.Length < 23)
            return default;
        var codec = Hevc.CodecOf(entry, hvcC.Slice(1, Hevc.ProfileLength));
        var fields = new FieldReader(hvcC[22..]);
        for (var arrays = fields.Byte(); arrays > 0 && !fields.Overrun; arrays--)
        {
            fields.Byte();
            for (var count = fields.UInt16(); count > 0 && !fields.Overrun; count--)
            {
                var length = (int)fields.UInt16();
                if (length > 2 && length <= fields.Rest.Length && Hevc.IsSequenceParameterSet(fields.Rest[0]))
                    return (Hevc.ReadSequenceParameterSet(fields.Rest[..length], entry), codec);
                fields.Skip(length);
            }
        }
        return (null, codec);
    }

    /// <summary>AV1 Codec ISO Media File Format Binding, section 5: profile, level and tier, bit depth.</summary>
    private static string? Av1Codec(ReadOnlySpan<byte> av1C)
    {
        if (av1C.Length < 4)
            return null;
        int profile = av1C[1] >> 5,
            level = av1C[1] & 0x1F;
        var isHigh = (av1C[2] & 0x40) != 0;
        var depth =
            !isHigh ? 8
            : profile == 2 && (av1C[2] & 0x20) != 0 ? 12
            : 10;
        return $"av01.{profile}.{level:00}{((av1C[2] & 0x80) != 0 ? 'H' : 'M')}.{depth:00}";
    }

    /// <summary>VP Codec ISO Media File Format Binding: profile, level, bit depth.</summary>
    private static string? VpCodec(string entry, ReadOnlySpan<byte> vpcC) =>
        vpcC.Length < 7 ? null : $"{entry}.{vpcC[4]:00}.{vpcC[5]:00}.{vpcC[6] >> 4:00}";

    private static SampleDescription ReadAudio(uint type, ReadOnlySpan<byte> entry)
    {
        // QuickTime's versions 1 and 2 of the entry are longer; ISO files leave the version 0.
        var version = BinaryPrimitives.ReadUInt16BigEndian(entry[8..]);
        var header =
            AudioHeader
            + (
                version == 1 ? 16
                : version == 2 ? 36
                : 0
            );
        var boxes = header <= entry.Length ? entry[header..] : default;
        int channels = BinaryPrimitives.ReadUInt16BigEndian(entry[16..]),
            rate = BinaryPrimitives.ReadUInt16BigEndian(entry[24..]);
        var audio = type switch
        {
            BoxType.Mp4a => AudioConfig.FromEsds(BoxReader.Find(boxes, BoxType.Esds)),
            BoxType.DotMp3 => new AudioConfig(MpegAudioFrame.Mp3),
            BoxType.Ac3 => AudioConfig.FromDac3(BoxReader.Find(boxes, BoxType.Dac3)),
            BoxType.Ec3 => AudioConfig.FromDec3(BoxReader.Find(boxes, BoxType.Dec3)),
            // Opus always runs at 48 kHz, whatever the entry says about the input (Opus in ISOBMFF, 4.3.1).
            BoxType.Opus => new AudioConfig("Opus", 48000),
            BoxType.Flac => new AudioConfig("fLaC"),
            _ => default,
        };
        return new SampleDescription(TrackKind.Audio)
        {
            Codec = audio.Codec,
            SampleRate = audio.SampleRate ?? (rate > 0 ? rate : null),
            // For MP3 ffmpeg writes 2 there, whatever it is.
            Channels = audio.Channels ?? (channels > 0 && audio.Codec != MpegAudioFrame.Mp3 ? channels : null),
        };
    }
}
