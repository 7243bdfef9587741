namespace Spillway.Media;

/// <summary>Audio in a transport stream. Frames stand close together, several to a PES packet, and may go over into the next one.</summary>
internal sealed class AudioPesTrack(int pid, AudioCoding coding, int streamType) : PesTrack(pid)
{
    /// <summary>Room for two of the longest frames (ADTS: 8,191 bytes), so that a frame and the header after it are seen together.</summary>
    private readonly byte[] _pending = new byte[16 * 1024 + TransportPacket.Size];
    private int _length;

    /// <summary>Bytes of a frame already counted that have not come yet.</summary>
    private int _skip;

    /// <summary>Where in <see cref="pending"/> the bytes of the present PES packet begin: its time is that of the first frame from there.</summary>
    private int _packetStart;
    private long? _packetTime;

    private long? _anchor;
    private long _samplesSinceAnchor;
    private long? _end;
    private int _frames;
    private bool _isInStep;
    private AudioFrame? _format;

    public override TrackReport Report(ref Findings findings)
    {
        if (IsEncrypted)
            findings.Note("the audio is encrypted by SAMPLE-AES, which is not supported");
        else if (Packets > 0 && _frames == 0)
            findings.Note(
                coding == AudioCoding.Unread
                    ? $"the audio on PID {Pid} (stream type 0x{streamType:x2}) is of a kind that is not read"
                    : $"the audio on PID {Pid} has no frame that could be read"
            );
        return new TrackReport
        {
            Kind = TrackKind.Audio,
            Id = Pid,
            Codec = _format?.Codec,
            SampleRate = _format?.SampleRate,
            Channels = _format?.Channels,
            Samples = _frames > 0 ? _frames : Packets,
            FirstTimestamp = ToTimestamp(Times.Earliest),
            Duration = _frames > 0 ? MediaTime.From(_end - Times.Earliest ?? 0, ClockRate) : LengthOfPackets(),
            StartsWithKeyframe = true,
        };
    }

    protected override void Begin(long? time)
    {
        _packetStart = _length;
        _packetTime = time;
    }

    protected override void Append(ReadOnlySpan<byte> data)
    {
        if (coding == AudioCoding.Unread || IsEncrypted)
            return;
        var skipped = Math.Min(_skip, data.Length);
        _skip -= skipped;
        data = data[skipped..];
        data.CopyTo(_pending.AsSpan(_length));
        _length += data.Length;
        if (_length > _pending.Length - TransportPacket.Size)
            ReadFrames(isEnd: false);
    }

    protected override void End() => ReadFrames(isEnd: true);

    private TimeSpan? LengthOfPackets() =>
        Times.Latest - Times.Earliest is { } shown && Times.Measure(ClockRate, null).FrameLength is { } last
            ? MediaTime.From(shown, ClockRate) + MediaTime.From(last)
            : null;

    private void ReadFrames(bool isEnd)
    {
        var data = _pending.AsSpan(0, _length);
        var at = 0;
        while (data.Length - at >= AudioFrame.LongestHeader)
        {
            if (!AudioFrame.TryRead(coding, data[at..], out var frame) || (!_isInStep && !IsFollowed(data[at..], frame, isEnd)))
            {
                _isInStep = false;
                at++;
                continue;
            }
            Count(frame, at);
            at += frame.Length;
        }
        _skip = Math.Max(at - _length, 0);
        var consumed = Math.Min(at, _length);
        data[consumed..].CopyTo(_pending);
        _length -= consumed;
        _packetStart = Math.Max(_packetStart - consumed, 0);
    }

    /// <summary>
    /// Out of step, bytes that look like a header may be sound: the frame after it must be there too. At the end of a PES packet, where
    /// frames usually end as well, there is nothing to compare with.
    /// </summary>
    private bool IsFollowed(ReadOnlySpan<byte> data, AudioFrame frame, bool isEnd) =>
        frame.Length + AudioFrame.LongestHeader > data.Length
            ? isEnd
            : AudioFrame.TryRead(coding, data[frame.Length..], out var next) && next.SampleRate == frame.SampleRate;

    private void Count(AudioFrame frame, int at)
    {
        _isInStep = true;
        if (_packetTime is { } time && at >= _packetStart)
            (_anchor, _samplesSinceAnchor, _packetTime) = (time, 0, null);
        if (frame.Samples > 0)
            _frames++;
        if (_format is null && frame.Samples > 0)
            _format = frame;
        _samplesSinceAnchor += frame.Samples;
        // Rounded once, from the last time stamp on: rounding every frame would add up.
        if (
            _anchor is { } from
            && from + (_samplesSinceAnchor * ClockRate + frame.SampleRate / 2) / frame.SampleRate is var until
        )
            _end = Math.Max(_end ?? until, until);
    }
}
