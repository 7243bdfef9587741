namespace Spillway.Media;

/// <summary>Audio in a transport stream. Frames stand close together, several to a PES packet, and may go over into the next one.</summary>
internal sealed class AudioPesTrack(int pid, AudioCoding coding, int streamType) : PesTrack(pid)
{
    /// <summary>Room for two of the longest frames (ADTS: 8,191 bytes), so that a frame and the header after it are seen together.</summary>
    private readonly byte[] pending = new byte[16 * 1024 + TransportPacket.Size];
    private int length;

    /// <summary>Bytes of a frame already counted that have not come yet.</summary>
    private int skip;

    /// <summary>Where in <see cref="pending"/> the bytes of the present PES packet begin: its time is that of the first frame from there.</summary>
    private int packetStart;
    private long? packetTime;

    private long? anchor;
    private long samplesSinceAnchor;
    private long? end;
    private int frames;
    private bool isInStep;
    private AudioFrame? format;

    public override TrackReport Report(ref Findings findings)
    {
        if (IsEncrypted)
            findings.Note("the audio is encrypted by SAMPLE-AES, which is not supported");
        else if (Packets > 0 && frames == 0)
            findings.Note(
                coding == AudioCoding.Unread
                    ? $"the audio on PID {Pid} (stream type 0x{streamType:x2}) is of a kind that is not read"
                    : $"the audio on PID {Pid} has no frame that could be read"
            );
        return new TrackReport
        {
            Kind = TrackKind.Audio,
            Id = Pid,
            Codec = format?.Codec,
            SampleRate = format?.SampleRate,
            Channels = format?.Channels,
            Samples = frames > 0 ? frames : Packets,
            FirstTimestamp = ToTimestamp(Times.Earliest),
            Duration = frames > 0 ? MediaTime.From(end - Times.Earliest ?? 0, ClockRate) : LengthOfPackets(),
            StartsWithKeyframe = true,
        };
    }

    protected override void Begin(long? time)
    {
        packetStart = length;
        packetTime = time;
    }

    protected override void Append(ReadOnlySpan<byte> data)
    {
        if (coding == AudioCoding.Unread || IsEncrypted)
            return;
        var skipped = Math.Min(skip, data.Length);
        skip -= skipped;
        data = data[skipped..];
        data.CopyTo(pending.AsSpan(length));
        length += data.Length;
        if (length > pending.Length - TransportPacket.Size)
            ReadFrames(isEnd: false);
    }

    protected override void End() => ReadFrames(isEnd: true);

    private TimeSpan? LengthOfPackets() =>
        Times.Latest - Times.Earliest is { } shown && Times.Measure(ClockRate, null).FrameLength is { } last
            ? MediaTime.From(shown, ClockRate) + MediaTime.From(last)
            : null;

    private void ReadFrames(bool isEnd)
    {
        var data = pending.AsSpan(0, length);
        var at = 0;
        while (data.Length - at >= AudioFrame.LongestHeader)
        {
            if (!AudioFrame.TryRead(coding, data[at..], out var frame) || (!isInStep && !IsFollowed(data[at..], frame, isEnd)))
            {
                isInStep = false;
                at++;
                continue;
            }
            Count(frame, at);
            at += frame.Length;
        }
        skip = Math.Max(at - length, 0);
        var consumed = Math.Min(at, length);
        data[consumed..].CopyTo(pending);
        length -= consumed;
        packetStart = Math.Max(packetStart - consumed, 0);
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
        isInStep = true;
        if (packetTime is { } time && at >= packetStart)
            (anchor, samplesSinceAnchor, packetTime) = (time, 0, null);
        if (frame.Samples > 0)
            frames++;
        if (format is null && frame.Samples > 0)
            format = frame;
        samplesSinceAnchor += frame.Samples;
        // Rounded once, from the last time stamp on: rounding every frame would add up.
        if (anchor is { } from && from + (samplesSinceAnchor * ClockRate + frame.SampleRate / 2) / frame.SampleRate is var until)
            end = Math.Max(end ?? until, until);
    }
}
