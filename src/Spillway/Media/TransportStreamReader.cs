namespace Spillway.Media;

/// <summary>An MPEG transport stream segment: RFC 8216 section 3.2, ISO/IEC 13818-1.</summary>
internal static class TransportStreamReader
{
    /// <summary>It begins with a packet, and the next one, if there is any, is in its place.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> data) =>
        !data.IsEmpty
        && data[0] == TransportPacket.Sync
        && (data.Length <= TransportPacket.Size || data[TransportPacket.Size] == TransportPacket.Sync);

    /// <param name="segment">Something that <see cref="Recognizes"/>.</param>
    /// <param name="initialization">May hold PAT and PMT (EXT-X-MAP); else empty.</param>
    public static MediaReport Read(ReadOnlySpan<byte> segment, ReadOnlySpan<byte> initialization)
    {
        var findings = new Findings();
        if (segment.Length % TransportPacket.Size is > 0 and var odd)
            findings.Damage(
                $"it stops {odd} bytes into a packet of {TransportPacket.Size}: cut off after {segment.Length} bytes, or still being written"
            );
        var tracks = ProgramMap.Find(segment) ?? ProgramMap.Find(initialization);
        ReadPackets(segment, tracks, ref findings);
        if (tracks is null)
            findings.Damage("it has no program tables (PAT and PMT): it cannot be played on its own");
        var reports = new List<TrackReport>();
        foreach (var track in tracks ?? [])
        {
            track.Finish(ref findings);
            reports.Add(track.Report(ref findings));
        }
        if (!reports.Exists(track => track.Kind != TrackKind.Other && track.Samples > 0))
            findings.Damage("it holds no picture and no sound");
        return MediaReport.Of(MediaContainer.MpegTs, reports, findings);
    }

    private static void ReadPackets(ReadOnlySpan<byte> segment, List<PesTrack>? tracks, ref Findings findings)
    {
        PesTrack? track = null;
        for (var at = 0; at + TransportPacket.Size <= segment.Length; at += TransportPacket.Size)
        {
            var packet = new TransportPacket(segment.Slice(at, TransportPacket.Size));
            if (!packet.IsInSync)
            {
                findings.Damage($"there is no packet at byte {at}: the file is damaged, or still being written");
                continue;
            }
            if (track?.Pid != packet.Pid)
                track = Find(tracks, packet.Pid);
            if (track is null)
                continue;
            if (packet.IsScrambled)
                findings.Note($"PID {packet.Pid} is scrambled, which is not supported");
            else
                track.Push(packet, ref findings);
        }
    }

    private static PesTrack? Find(List<PesTrack>? tracks, int pid)
    {
        foreach (var track in tracks ?? [])
            if (track.Pid == pid)
                return track;
        return null;
    }
}
