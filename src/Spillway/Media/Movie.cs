using System.Runtime.InteropServices;

namespace Spillway.Media;

/// <summary>One track of an initialization section.</summary>
internal sealed record MovieTrack
{
    public required int Id { get; init; }
    public required SampleDescription Description { get; init; }

    /// <summary>Units a second of the track's clock; 0 if it was not told.</summary>
    public required uint Timescale { get; init; }

    /// <summary>Added to media time to get presentation time; see <see cref="Movie"/>.</summary>
    public TimeSpan EditShift { get; init; }

    public SampleDefaults Defaults { get; set; }
}

/// <summary>What samples have unless their fragment says otherwise (trex, tfhd).</summary>
internal readonly record struct SampleDefaults(uint Duration, uint Flags);

/// <summary>The moov box of an initialization section, as far as fragments need it: ISO/IEC 14496-12 section 8.</summary>
/// <remarks>
/// Edit lists: presentation time = media time + the length of the leading empty edit - media_time of the first real edit. ffmpeg
/// delays moov until it knows the first packets and then writes exactly these two: the empty edit is the track's start, and
/// media_time takes back the composition offset of the first frame (or AAC's priming). Browsers and ffprobe apply them, so two
/// renditions or tracks only line up when we do too. Within a track it is one constant, so joins and durations do not change.
/// Further edits would reorder media and are ignored; nobody streams them.
/// </remarks>
internal sealed class Movie
{
    private readonly List<MovieTrack> _tracks = [];

    public IReadOnlyList<MovieTrack> Tracks => _tracks;

    public static Movie Read(ReadOnlySpan<byte> moov)
    {
        var movie = new Movie();
        var timescale = ReadTimescale(BoxReader.Find(moov, BoxType.Mvhd));
        var boxes = new BoxReader(moov);
        while (boxes.Next())
            if (boxes.Type == BoxType.Trak && movie._tracks.Count < MediaReport.MostTracks)
                movie._tracks.Add(ReadTrack(boxes.Body, timescale));
        var defaults = new BoxReader(BoxReader.Find(moov, BoxType.Mvex));
        while (defaults.Next())
            if (defaults.Type == BoxType.Trex)
                movie.ReadDefaults(defaults.Body);
        return movie;
    }

    public MovieTrack? Find(int id)
    {
        foreach (var track in CollectionsMarshal.AsSpan(_tracks))
            if (track.Id == id)
                return track;
        return null;
    }

    private static MovieTrack ReadTrack(ReadOnlySpan<byte> trak, uint movieTimescale)
    {
        var mdia = BoxReader.Find(trak, BoxType.Mdia);
        var stbl = BoxReader.Find(BoxReader.Find(mdia, BoxType.Minf), BoxType.Stbl);
        var timescale = ReadTimescale(BoxReader.Find(mdia, BoxType.Mdhd));
        var handler = new FieldReader(BoxReader.Find(mdia, BoxType.Hdlr));
        handler.Skip(8);
        var header = new FieldReader(BoxReader.Find(trak, BoxType.Tkhd));
        header.Skip(header.Full().Version == 1 ? 16 : 8);
        return new MovieTrack
        {
            Id = (int)header.UInt32(),
            Description = SampleDescription.Read(handler.UInt32(), BoxReader.Find(stbl, BoxType.Stsd)),
            Timescale = timescale,
            EditShift = ReadEditShift(
                BoxReader.Find(BoxReader.Find(trak, BoxType.Edts), BoxType.Elst),
                movieTimescale,
                timescale
            ),
        };
    }

    /// <summary>mvhd and mdhd begin alike: two dates, then the timescale.</summary>
    private static uint ReadTimescale(ReadOnlySpan<byte> box)
    {
        var fields = new FieldReader(box);
        fields.Skip(fields.Full().Version == 1 ? 16 : 8);
        return fields.UInt32();
    }

    private static TimeSpan ReadEditShift(ReadOnlySpan<byte> elst, uint movieTimescale, uint timescale)
    {
        var fields = new FieldReader(elst);
        var isLong = fields.Full().Version == 1;
        var empty = TimeSpan.Zero;
        for (var count = fields.UInt32(); count > 0 && !fields.Overrun; count--)
        {
            var length = isLong ? (long)fields.UInt64() : fields.UInt32();
            var start = isLong ? (long)fields.UInt64() : (int)fields.UInt32();
            fields.Skip(4);
            if (fields.Overrun)
                break;
            if (start >= 0)
                return empty - (MediaTime.From(start, timescale) ?? TimeSpan.Zero);
            // A length that makes no sense is taken for none, and the sum stays far from the ends of time.
            var more = MediaTime.From(length, movieTimescale) ?? TimeSpan.Zero;
            empty = more > TimeSpan.Zero && empty == TimeSpan.Zero ? more : empty;
        }
        return empty;
    }

    private void ReadDefaults(ReadOnlySpan<byte> trex)
    {
        var fields = new FieldReader(trex);
        fields.Skip(4);
        var track = Find((int)fields.UInt32());
        fields.Skip(4);
        var duration = fields.UInt32();
        fields.Skip(4);
        if (track is not null)
            track.Defaults = new SampleDefaults(duration, fields.UInt32());
    }
}
