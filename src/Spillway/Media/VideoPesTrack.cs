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

    private readonly VideoCoding _coding;
    private readonly int _streamType;
    private readonly List<byte> _head = [];
    private int _nextLook;
    private bool _isLooking;
    private bool? _startsWithKeyframe;
    private VideoFormat? _format;

    public VideoPesTrack(int pid, VideoCoding coding)
        : base(pid) => _coding = coding;

    /// <summary>Video that is not taken apart.</summary>
    public VideoPesTrack(int pid, byte streamType)
        : base(pid) => _streamType = streamType;

    public override TrackReport Report(ref Findings findings)
    {
        if (IsEncrypted)
            findings.Note("the video is encrypted by SAMPLE-AES, which is not supported");
        else if (_coding == VideoCoding.Unread)
            findings.Note($"the video on PID {Pid} is of stream type 0x{_streamType:x2}, which browsers cannot play from HLS");
        else if (_format is null && Packets > 0)
            findings.Note($"the video on PID {Pid} has no sequence parameter set: the segment cannot be played on its own");
        else if (Packets == 0)
            findings.Note($"the video on PID {Pid} is announced but has no packets");
        var cadence = Times.Measure(ClockRate, _format?.DeclaredFrameRate);
        if (cadence.LargestStep > Cadence.Jump)
            findings.Note($"the time stamps of PID {Pid} jump by {cadence.LargestStep:0.#} s inside the segment");
        return new TrackReport
        {
            Kind = TrackKind.Video,
            Id = Pid,
            Codec = _format?.Codec,
            Width = _format?.Width,
            Height = _format?.Height,
            FrameRate = cadence.FrameRate,
            Samples = Packets,
            FirstTimestamp = ToTimestamp(Times.Earliest),
            Duration =
                cadence.FrameLength is { } last && Times.Latest - Times.Earliest is { } shown
                    ? MediaTime.From(shown, ClockRate) + MediaTime.From(last)
                    : null,
            StartsWithKeyframe = _startsWithKeyframe,
        };
    }

    protected override void Begin(long? time)
    {
        _isLooking = _coding != VideoCoding.Unread && (_startsWithKeyframe is null || _format is null);
        _head.Clear();
        _nextLook = FirstLook;
    }

    protected override void Append(ReadOnlySpan<byte> data)
    {
        if (!_isLooking)
            return;
        _head.AddRange(data);
        if (_head.Count < _nextLook)
            return;
        Look();
        _nextLook = _head.Count * 2;
        _isLooking &= _head.Count < LongestHead;
    }

    protected override void End()
    {
        if (_isLooking)
            Look();
    }

    /// <summary>Reads the NAL units up to the first slice, which ends what is to be learnt from a frame.</summary>
    private void Look()
    {
        var units = new NalReader(CollectionsMarshal.AsSpan(_head));
        while (units.Next())
        {
            if (units.Nal.IsEmpty)
                continue;
            var kind = units.Nal[0];
            if (_coding == VideoCoding.H264 ? H264.IsSlice(kind) : Hevc.IsSlice(kind))
            {
                _startsWithKeyframe ??= _coding == VideoCoding.H264 ? H264.IsKeySlice(kind) : Hevc.IsKeySlice(kind);
                _isLooking = false;
                return;
            }
            // Read again at every look: what was there before may have been cut in the middle.
            if (_coding == VideoCoding.H264 && H264.IsSequenceParameterSet(kind))
                _format = H264.ReadSequenceParameterSet(units.Nal);
            else if (_coding == VideoCoding.Hevc && Hevc.IsSequenceParameterSet(kind))
                _format = Hevc.ReadSequenceParameterSet(units.Nal);
        }
    }
}
