using System.Buffers.Binary;

namespace Spillway.Media;

/// <summary>The elementary streams of a transport stream's first program, from its PAT and PMT.</summary>
internal static class ProgramMap
{
    /// <summary>Null if <paramref name="stream"/> holds no PAT or not its PMT.</summary>
    public static List<PesTrack>? Find(ReadOnlySpan<byte> stream)
    {
        var association = new SectionBuffer();
        SectionBuffer? map = null;
        int program = 0,
            mapPid = -1;
        for (; stream.Length >= TransportPacket.Size; stream = stream[TransportPacket.Size..])
        {
            var packet = new TransportPacket(stream[..TransportPacket.Size]);
            if (!packet.IsInSync || packet.IsScrambled)
                continue;
            if (packet.Pid == 0 && map is null)
            {
                association.Push(packet.Payload, packet.StartsUnit);
                while (map is null && association.TryTake(out var section))
                    if (ReadAssociation(section, out program, out mapPid))
                        map = new SectionBuffer();
            }
            else if (packet.Pid == mapPid && map is not null)
            {
                map.Push(packet.Payload, packet.StartsUnit);
                while (map.TryTake(out var section))
                    if (ReadMap(section, program) is { } tracks)
                        return tracks;
            }
        }
        return null;
    }

    /// <summary>ISO/IEC 13818-1 section 2.4.4.4; program 0 is the network's own table.</summary>
    private static bool ReadAssociation(ReadOnlySpan<byte> section, out int program, out int pid)
    {
        (program, pid) = (0, -1);
        if (section[0] != 0 || section.Length < 12 || (section[5] & 1) == 0)
            return false;
        for (var entries = section[8..^4]; entries.Length >= 4 && program == 0; entries = entries[4..])
        {
            program = BinaryPrimitives.ReadUInt16BigEndian(entries);
            pid = BinaryPrimitives.ReadUInt16BigEndian(entries[2..]) & 0x1FFF;
        }
        return program != 0;
    }

    /// <summary>Section 2.4.4.9.</summary>
    private static List<PesTrack>? ReadMap(ReadOnlySpan<byte> section, int program)
    {
        const int Header = 12;
        if (section[0] != 2 || section.Length < Header + 4 || (section[5] & 1) == 0)
            return null;
        if (BinaryPrimitives.ReadUInt16BigEndian(section[3..]) != program)
            return null;
        var entries = section[Header..^4];
        entries = entries[Math.Min(Length(section[10..]), entries.Length)..];
        var tracks = new List<PesTrack>();
        while (entries.Length >= 5 && tracks.Count < MediaReport.MostTracks)
        {
            var end = Math.Min(5 + Length(entries[3..]), entries.Length);
            tracks.Add(Identify(BinaryPrimitives.ReadUInt16BigEndian(entries[1..]) & 0x1FFF, entries[0], entries[5..end]));
            entries = entries[end..];
        }
        return tracks;
    }

    private static int Length(ReadOnlySpan<byte> field) => BinaryPrimitives.ReadUInt16BigEndian(field) & 0x0FFF;

    /// <summary>Stream types of ISO/IEC 13818-1 table 2-34, ATSC A/53 and Apple's SAMPLE-AES.</summary>
    private static PesTrack Identify(int pid, byte type, ReadOnlySpan<byte> descriptors) =>
        type switch
        {
            0x1B => new VideoPesTrack(pid, VideoCoding.H264),
            0x24 => new VideoPesTrack(pid, VideoCoding.Hevc),
            0x01 or 0x02 or 0x10 or 0x21 or 0x33 or 0x42 or 0xD1 or 0xEA => new VideoPesTrack(pid, type),
            0xDB => new VideoPesTrack(pid, type) { IsEncrypted = true },
            0x0F => new AudioPesTrack(pid, AudioCoding.Adts, type),
            0x03 or 0x04 => new AudioPesTrack(pid, AudioCoding.Mpeg, type),
            0x81 or 0x87 => new AudioPesTrack(pid, AudioCoding.Ac3, type),
            0x11 => new AudioPesTrack(pid, AudioCoding.Unread, type),
            0xCF or 0xC1 or 0xC2 => new AudioPesTrack(pid, AudioCoding.Unread, type) { IsEncrypted = true },
            0x06 => IdentifyPrivate(pid, descriptors),
            _ => new OtherPesTrack(pid),
        };

    /// <summary>Private data says by a descriptor what it is: registration (2.6.8), or DVB's own for AC-3 (ETSI EN 300 468 annex D).</summary>
    private static PesTrack IdentifyPrivate(int pid, ReadOnlySpan<byte> descriptors)
    {
        while (descriptors.Length >= 2 && descriptors.Length >= 2 + descriptors[1])
        {
            var body = descriptors.Slice(2, descriptors[1]);
            if (descriptors[0] is 0x6A or 0x7A)
                return new AudioPesTrack(pid, AudioCoding.Ac3, 0x06);
            if (descriptors[0] == 0x05 && body.StartsWith("HEVC"u8))
                return new VideoPesTrack(pid, VideoCoding.Hevc);
            if (descriptors[0] == 0x05 && (body.StartsWith("AC-3"u8) || body.StartsWith("EAC3"u8)))
                return new AudioPesTrack(pid, AudioCoding.Ac3, 0x06);
            if (descriptors[0] == 0x05 && body.StartsWith("Opus"u8))
                return new AudioPesTrack(pid, AudioCoding.Unread, 0x06);
            descriptors = descriptors[(2 + body.Length)..];
        }
        return new OtherPesTrack(pid);
    }
}
