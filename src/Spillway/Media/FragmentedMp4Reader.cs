using System.Buffers.Binary;

namespace Spillway.Media;

/// <summary>Fragmented MP4 as HLS uses it (RFC 8216 section 3.3): any number of moof and mdat pairs, described by an initialization section.</summary>
internal static class FragmentedMp4Reader
{
    /// <summary>The bytes begin with a box that a segment or an initialization section may begin with.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> data) =>
        data.Length >= 8
        && BinaryPrimitives.ReadUInt32BigEndian(data[4..])
            is BoxType.Styp
                or BoxType.Ftyp
                or BoxType.Moof
                or BoxType.Moov
                or BoxType.Mdat
                or BoxType.Sidx
                or BoxType.Ssix
                or BoxType.Emsg
                or BoxType.Prft
                or BoxType.Pdin
                or BoxType.Free
                or BoxType.Skip
                or BoxType.Uuid;

    public static MediaReport Read(ReadOnlySpan<byte> segment, ReadOnlySpan<byte> initialization)
    {
        var findings = new Findings { SampleBudget = segment.Length };
        var movie = ReadInitialization(initialization, ref findings);
        var tracks = new List<FragmentTrack>();
        var boxes = new BoxReader(segment);
        var (fragments, awaitsData, promisedEnd) = (0, false, 0L);
        while (boxes.Next())
            switch (boxes.Type)
            {
                case BoxType.Moov:
                    movie ??= Movie.Read(boxes.Body);
                    break;
                case BoxType.Sidx:
                    promisedEnd = Math.Max(promisedEnd, boxes.Position + ReadPromise(boxes.Body));
                    break;
                case BoxType.Moof:
                    if (awaitsData)
                        findings.Damage("a fragment has no media data: one moof box follows another");
                    awaitsData = true;
                    fragments++;
                    ReadFragment(boxes.Body, movie, tracks, ref findings);
                    break;
                case BoxType.Mdat:
                    awaitsData = false;
                    break;
            }
        FindFaults(boxes.Fault, boxes.Position, segment.Length, promisedEnd, ref findings);
        if (fragments == 0)
            findings.Damage(
                "it is MP4 without a fragment (no moof box): an initialization section or an ordinary file, not a segment"
            );
        else if (awaitsData)
            findings.Damage("the last fragment has no media data (no mdat box after moof)");
        if (movie is null)
            findings.Note("the initialization section (EXT-X-MAP) is missing: formats and times cannot be told");
        else if (fragments > 0 && tracks.TrueForAll(track => movie.Find(track.Id) is null))
            findings.Damage(
                "the initialization section (EXT-X-MAP) knows none of the segment's tracks: it belongs to something else"
            );
        var reports = tracks.ConvertAll(track => track.Report(ref findings));
        if (!reports.Exists(track => (movie is null || track.Kind != TrackKind.Other) && track.Samples > 0))
            findings.Damage("it holds no picture and no sound");
        return MediaReport.Of(MediaContainer.FragmentedMp4, reports, findings);
    }

    private static Movie? ReadInitialization(ReadOnlySpan<byte> initialization, ref Findings findings)
    {
        if (initialization.IsEmpty)
            return null;
        Movie? movie = null;
        var boxes = new BoxReader(initialization);
        while (boxes.Next())
            if (boxes.Type == BoxType.Moov)
                movie ??= Movie.Read(boxes.Body);
        if (boxes.Fault != BoxFault.None)
            findings.Damage("the initialization section (EXT-X-MAP) is cut short or damaged");
        else if (movie is null)
            findings.Damage("the initialization section (EXT-X-MAP) has no moov box");
        return movie;
    }

    /// <summary>
    /// Section 8.16.3: how many bytes after the box belong to the segment. The only way to see that a whole fragment is missing at
    /// the end; ffmpeg writes one per track.
    /// </summary>
    private static long ReadPromise(ReadOnlySpan<byte> sidx)
    {
        var fields = new FieldReader(sidx);
        var isLong = fields.Full().Version == 1;
        fields.Skip(isLong ? 16 : 12);
        var bytes = isLong ? (long)(fields.UInt64() & int.MaxValue) : fields.UInt32();
        fields.Skip(2);
        for (var count = fields.UInt16(); count > 0 && !fields.Overrun; count--)
        {
            bytes += fields.UInt32() & int.MaxValue;
            fields.Skip(8);
        }
        return fields.Overrun ? 0 : bytes;
    }

    private static void ReadFragment(ReadOnlySpan<byte> moof, Movie? movie, List<FragmentTrack> tracks, ref Findings findings)
    {
        var boxes = new BoxReader(moof);
        while (boxes.Next())
        {
            if (boxes.Type != BoxType.Traf)
                continue;
            FragmentTrack.ReadHeader(BoxReader.Find(boxes.Body, BoxType.Tfhd), out var id);
            var track = tracks.Find(track => track.Id == id);
            if (track is null && tracks.Count < MediaReport.MostTracks)
                tracks.Add(track = new FragmentTrack(id, movie?.Find(id)));
            track?.Read(boxes.Body, ref findings);
        }
        if (boxes.Fault != BoxFault.None)
            findings.Damage("a moof box is damaged");
    }

    private static void FindFaults(BoxFault fault, int position, int length, long promisedEnd, ref Findings findings)
    {
        if (fault == BoxFault.CutShort)
            findings.Damage($"it stops in the middle of a box: cut off after {length} bytes, or still being written");
        else if (fault == BoxFault.OpenEnded)
            findings.Damage($"the box at byte {position} has no length yet: it is still being written");
        else if (fault == BoxFault.Nonsense)
            findings.Damage($"there is no box at byte {position}: the file is damaged");
        else if (promisedEnd > length)
            findings.Damage(
                $"it has {length} bytes of the {promisedEnd} that its index promises: cut off, or still being written"
            );
    }
}
