using System.Runtime.InteropServices;

namespace Spillway.Media;

internal enum VideoCoding
{
    /// <summary>Known to be video, but not taken apart.</summary>
    Unread,
    H264,
    Hevc,
}

/// <summary>Video in a transport stream: one frame to a PES packet, as all muxers for HLS write it.</summary>
internal sealed class VideoPesTrack : PesTrack
{
    /// <summary>Parameter sets come within the first kilobytes of a frame; this leaves room for much SEI before its first slice.</summary>
    private const int LongestHead = 256 * 1024;
    private const int FirstLook = 2 * 1024;

    private readonly VideoCoding coding;
    private readonly int streamType;
    private readonly List<byte> head = [];
    private int nextLook;
    private bool isLooking;
    private bool? startsWithKeyframe;
    private VideoFormat? format;

    public VideoPesTrack(int pid, VideoCoding coding)
        : base(pid) => this.coding = coding;

    /// <summary>Video that is not taken apart.</summary>
    public VideoPesTrack(int pid, byte streamType)
        : base(pid) => this.streamType = streamType;

    public override TrackReport Report(ref Findings findings)
    {
        if (IsEncrypted)
            findings.Note("the video is encrypted by SAMPLE-AES, which is not supported");
        else if (coding == VideoCoding.Unread)
            findings.Note($"the video on PID {Pid} is of stream type 0x{streamType:x2}, which browsers cannot play from HLS");
        else if (format is null && Packets > 0)
            findings.Note($"the video on PID {Pid} has no sequence parameter set: the segment cannot be played on its own");
        else if (Packets == 0)
            findings.Note($"the video on PID {Pid} is announced but has no packets");
        var cadence = Times.Measure(ClockRate, format?.DeclaredFrameRate);
        if (cadence.LargestStep > Cadence.Jump)
            findings.Note($"the time stamps of PID {Pid} jump by {cadence.LargestStep:0.#} s inside the segment");
        return new TrackReport
        {
            Kind = TrackKind.Video,
            Id = Pid,
            Codec = format?.Codec,
            Width = format?.Width,
            Height = format?.Height,
            FrameRate = cadence.FrameRate,
            Samples = Packets,
            FirstTimestamp = ToTimestamp(Times.Earliest),
            Duration =
                cadence.FrameLength is { } last && Times.Latest - Times.Earliest is { } shown
                    ? MediaTime.From(shown, ClockRate) + MediaTime.From(last)
                    : null,
            StartsWithKeyframe = startsWithKeyframe,
        };
    }

    protected override void Begin(long? time)
    {
        isLooking = coding != VideoCoding.Unread && (startsWithKeyframe is null || format is null);
        head.Clear();
        nextLook = FirstLook;
    }

    protected override void Append(ReadOnlySpan<byte> data)
    {
        if (!isLooking)
            return;
        head.AddRange(data);
        if (head.Count < nextLook)
            return;
        Look();
        nextLook = head.Count * 2;
        isLooking &= head.Count < LongestHead;
    }

    protected override void End()
    {
        if (isLooking)
            Look();
    }

    /// <summary>Reads the NAL units up to the first slice, which ends what is to be learnt from a frame.</summary>
    private void Look()
    {
        var units = new NalReader(CollectionsMarshal.AsSpan(head));
        while (units.Next())
        {
            if (units.Nal.IsEmpty)
                continue;
            var kind = units.Nal[0];
            if (coding == VideoCoding.H264 ? H264.IsSlice(kind) : Hevc.IsSlice(kind))
            {
                startsWithKeyframe ??= coding == VideoCoding.H264 ? H264.IsKeySlice(kind) : Hevc.IsKeySlice(kind);
                isLooking = false;
                return;
            }
            // Read again at every look: what was there before may have been cut in the middle.
            if (coding == VideoCoding.H264 && H264.IsSequenceParameterSet(kind))
                format = H264.ReadSequenceParameterSet(units.Nal);
            else if (coding == VideoCoding.Hevc && Hevc.IsSequenceParameterSet(kind))
                format = Hevc.ReadSequenceParameterSet(units.Nal);
        }
    }
}
