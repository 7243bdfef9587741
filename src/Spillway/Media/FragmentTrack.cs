namespace Spillway.Media;

/// <summary>What the fragments of a segment hold for one track: ISO/IEC 14496-12 sections 8.8.7 to 8.8.12.</summary>
internal sealed class FragmentTrack(int id, MovieTrack? movie)
{
    private const uint NonSync = 0x10000;

    private readonly FrameTimes _times = new();
    private long? _nextDecodeTime;
    private long _end = long.MinValue;
    private long _latest = long.MinValue;
    private uint _latestDuration;
    private long _samples;
    private bool? _startsWithKeyframe;
    private bool _hasTime = true;

    public int Id => id;

    public void Read(ReadOnlySpan<byte> traf, ref Findings findings)
    {
        var defaults = ReadHeader(BoxReader.Find(traf, BoxType.Tfhd), out _, movie?.Defaults ?? default);
        var start = new FieldReader(BoxReader.Find(traf, BoxType.Tfdt));
        var time = start.Full().Version == 1 ? (long)start.UInt64() : start.UInt32();
        if (start.Overrun)
            _hasTime &= _nextDecodeTime is not null;
        else
            _nextDecodeTime = time;
        var boxes = new BoxReader(traf);
        while (boxes.Next())
            if (boxes.Type == BoxType.Trun)
                ReadRun(boxes.Body, defaults, ref findings);
        if (boxes.Fault != BoxFault.None)
            findings.Damage($"track {id} has a damaged track fragment");
    }

    /// <summary>The track's id and its defaults in this fragment.</summary>
    public static SampleDefaults ReadHeader(ReadOnlySpan<byte> tfhd, out int id, SampleDefaults defaults = default)
    {
        var fields = new FieldReader(tfhd);
        var flags = fields.Full().Flags;
        id = (int)fields.UInt32();
        fields.Skip(((flags & 1) != 0 ? 8 : 0) + ((flags & 2) != 0 ? 4 : 0));
        var duration = (flags & 8) != 0 ? fields.UInt32() : defaults.Duration;
        fields.Skip((flags & 0x10) != 0 ? 4 : 0);
        return new SampleDefaults(duration, (flags & 0x20) != 0 ? fields.UInt32() : defaults.Flags);
    }

    public TrackReport Report(ref Findings findings)
    {
        var description = movie?.Description ?? new SampleDescription(TrackKind.Other);
        var timescale = movie?.Timescale ?? 0;
        findings.Note(description.Problem);
        if (!_hasTime)
            findings.Note($"track {id} does not say when it begins (no tfdt box)");
        var cadence =
            description.Kind == TrackKind.Video && timescale > 0
                ? _times.Measure(timescale, description.DeclaredFrameRate)
                : default;
        if (cadence.LargestStep > Cadence.Jump)
            findings.Note($"the time stamps of track {id} jump by {cadence.LargestStep:0.#} s inside the segment");
        return new TrackReport
        {
            Kind = description.Kind,
            Id = id,
            Codec = description.Codec,
            Width = description.Width,
            Height = description.Height,
            FrameRate = cadence.FrameRate,
            SampleRate = description.SampleRate,
            Channels = description.Channels,
            Samples = (int)Math.Min(_samples, int.MaxValue),
            FirstTimestamp =
                _hasTime && _times.Earliest is { } first ? MediaTime.From(first, timescale) + movie?.EditShift : null,
            Duration = Length(timescale, cadence),
            StartsWithKeyframe = description.Kind == TrackKind.Audio ? true : _startsWithKeyframe,
        };
    }

    private TimeSpan? Length(uint timescale, Cadence cadence)
    {
        if (_times.Earliest is not { } first)
            return null;
        // Some muxers do not know how long the last frame is and leave it 0.
        var missing = _latestDuration == 0 ? MediaTime.From(cadence.FrameLength) : TimeSpan.Zero;
        return MediaTime.From(_end - first, timescale) + missing;
    }

    private void ReadRun(ReadOnlySpan<byte> trun, SampleDefaults defaults, ref Findings findings)
    {
        var fields = new FieldReader(trun);
        var flags = fields.Full().Flags;
        var count = fields.UInt32();
        fields.Skip((flags & 1) != 0 ? 4 : 0);
        var firstFlags = (flags & 4) != 0 ? fields.UInt32() : defaults.Flags;
        var hasDuration = (flags & 0x100) != 0;
        var hasFlags = (flags & 0x400) != 0;
        var hasOffset = (flags & 0x800) != 0;
        var each = 4 * ((hasDuration ? 1 : 0) + ((flags & 0x200) != 0 ? 1 : 0) + (hasFlags ? 1 : 0) + (hasOffset ? 1 : 0));
        if (fields.Overrun || count > findings.SampleBudget || (long)count * each > fields.Rest.Length)
        {
            findings.Damage($"track {id} claims more samples than the segment has room for");
            return;
        }
        findings.SampleBudget -= count;
        _samples += count;
        for (var i = 0u; i < count; i++)
        {
            var duration = hasDuration ? fields.UInt32() : defaults.Duration;
            fields.Skip((flags & 0x200) != 0 ? 4 : 0);
            var sampleFlags = hasFlags ? fields.UInt32() : defaults.Flags;
            if (i == 0 && (flags & 4) != 0)
                sampleFlags = firstFlags;
            // Unsigned in version 0, but nothing is shown 2^31 units late, and QuickTime's writers put negative offsets there.
            var offset = hasOffset ? (int)fields.UInt32() : 0;
            AddSample(duration, offset, sampleFlags);
        }
    }

    private void AddSample(uint duration, int offset, uint flags)
    {
        _startsWithKeyframe ??= (flags & NonSync) == 0;
        var decodeTime = _nextDecodeTime ?? 0;
        var shown = decodeTime + offset;
        _times.Add(shown);
        if (shown >= _latest)
            (_latest, _latestDuration) = (shown, duration);
        _end = Math.Max(_end, shown + duration);
        _nextDecodeTime = decodeTime + duration;
    }
}
