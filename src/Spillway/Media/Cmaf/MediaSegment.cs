namespace Spillway.Media.Cmaf;

/// <summary>One frame of a track.</summary>
/// <param name="Duration">Units of the track's clock to the next frame in decoding order.</param>
/// <param name="CompositionOffset">Units from decoding to presentation.</param>
/// <param name="IsSync">Decoding can begin with it.</param>
/// <param name="Data">As the track's configuration says.</param>
internal readonly record struct MediaSample(uint Duration, int CompositionOffset, bool IsSync, ReadOnlyMemory<byte> Data);

/// <summary>The frames of one track in a segment.</summary>
/// <param name="TrackId">As in the initialization section.</param>
/// <param name="DecodeTime">Of the first frame, in units of the track's clock; not negative.</param>
/// <param name="Samples">In decoding order; at least one.</param>
internal sealed record TrackFragment(int TrackId, long DecodeTime, IReadOnlyList<MediaSample> Samples);

/// <summary>Writes media segments of one fragment: styp, moof with a traf for each track, mdat (ISO/IEC 14496-12 section 8.8).</summary>
internal static class MediaSegment
{
    private const uint Msdh = 'm' << 24 | 's' << 16 | 'd' << 8 | 'h';
    private const uint Iso6 = 'i' << 24 | 's' << 16 | 'o' << 8 | '6';

    /// <summary>Offsets count from the moof box; no default flags, sizes or durations.</summary>
    private const uint FromFragment = 0x02_0000;

    /// <summary>Data offset, and of each sample: duration, size, flags, composition offset.</summary>
    private const uint Everything = 0x000F01;

    /// <summary>Section 8.8.3.1: needs no other sample.</summary>
    private const uint Sync = 0x0200_0000;

    /// <summary>Needs others, and is no place to begin.</summary>
    private const uint NonSync = 0x0101_0000;

    private const int BoxHeader = 8;
    private const int PerSample = 16;

    /// <param name="number">Rises from segment to segment.</param>
    /// <param name="tracks">At least one; their samples' bytes are copied once.</param>
    public static byte[] Write(uint number, IReadOnlyList<TrackFragment> tracks)
    {
        var samples = tracks.Sum(static track => track.Samples.Count);
        var payload = tracks.Sum(static track => track.Samples.Sum(static sample => sample.Data.Length));
        var head = new BoxWriter(256 + PerSample * samples);
        using (head.Begin(BoxType.Styp))
        {
            head.UInt32(Msdh);
            head.UInt32(0);
            head.UInt32(Msdh);
            head.UInt32(Iso6);
        }
        WriteFragment(head, number, tracks);
        head.UInt32((uint)(BoxHeader + payload));
        head.UInt32(BoxType.Mdat);

        var segment = GC.AllocateUninitializedArray<byte>(head.Length + payload);
        head.Written.CopyTo(segment);
        var rest = segment.AsSpan(head.Length);
        foreach (var track in tracks)
        foreach (var sample in track.Samples)
        {
            sample.Data.Span.CopyTo(rest);
            rest = rest[sample.Data.Length..];
        }
        return segment;
    }

    private static void WriteFragment(BoxWriter writer, uint number, IReadOnlyList<TrackFragment> tracks)
    {
        var offsets = new int[tracks.Count];
        int start;
        using (var moof = writer.Begin(BoxType.Moof))
        {
            start = moof.Start;
            using (writer.Begin(BoxType.Mfhd, 0, 0))
                writer.UInt32(number);
            for (var i = 0; i < tracks.Count; i++)
                offsets[i] = WriteTrack(writer, tracks[i]);
        }
        // Where the track's first sample is, which was not known before the moof box was whole.
        var offset = (uint)(writer.Length - start + BoxHeader);
        for (var i = 0; i < tracks.Count; i++)
        {
            writer.Put(offsets[i], offset);
            offset += (uint)tracks[i].Samples.Sum(static sample => sample.Data.Length);
        }
    }

    /// <returns>Where its data offset is to be put.</returns>
    private static int WriteTrack(BoxWriter writer, TrackFragment track)
    {
        using var traf = writer.Begin(BoxType.Traf);
        using (writer.Begin(BoxType.Tfhd, 0, FromFragment))
            writer.UInt32((uint)track.TrackId);
        using (writer.Begin(BoxType.Tfdt, 1, 0))
            writer.UInt64((ulong)track.DecodeTime);
        // Version 1: composition offsets are signed.
        using var trun = writer.Begin(BoxType.Trun, 1, Everything);
        writer.UInt32((uint)track.Samples.Count);
        var offset = writer.Length;
        writer.UInt32(0);
        foreach (var sample in track.Samples)
        {
            writer.UInt32(sample.Duration);
            writer.UInt32((uint)sample.Data.Length);
            writer.UInt32(sample.IsSync ? Sync : NonSync);
            writer.Int32(sample.CompositionOffset);
        }
        return offset;
    }
}
