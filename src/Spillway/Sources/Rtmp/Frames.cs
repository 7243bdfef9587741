using Spillway.Media.Cmaf;

namespace Spillway.Sources.Rtmp;

/// <summary>A picture on its way into a segment; times in units of <see cref="InitializationSection.VideoTimescale"/>.</summary>
/// <param name="DecodeTime">Rises from frame to frame.</param>
/// <param name="Shown">Presentation time.</param>
/// <param name="IsKeyframe">An IDR picture.</param>
/// <param name="Data">NAL units, each after its length.</param>
internal readonly record struct VideoFrame(long DecodeTime, long Shown, bool IsKeyframe, ReadOnlyMemory<byte> Data);

/// <summary>An AAC access unit on its way into a segment.</summary>
/// <param name="Position">Its first sample, at <see cref="AacConfiguration.SampleRate"/>.</param>
/// <param name="Configuration">What it is decoded with.</param>
/// <param name="Data">Raw, without a header.</param>
internal readonly record struct AudioFrame(long Position, AacConfiguration Configuration, ReadOnlyMemory<byte> Data)
{
    /// <summary>Presentation time, in units of <see cref="InitializationSection.VideoTimescale"/>.</summary>
    public long Shown => InVideoTime(Position);

    /// <summary>Where the sound of it ends, in the same units.</summary>
    public long End => InVideoTime(Position + Configuration.FrameLength);

    /// <summary>So many frames earlier, and nothing to be heard.</summary>
    public AudioFrame Silence(long framesBefore) =>
        this with
        {
            Position = Position - framesBefore * Configuration.FrameLength,
            Data = Configuration.Silence ?? default,
        };

    private long InVideoTime(long position) =>
        (long)((Int128)position * InitializationSection.VideoTimescale / Configuration.SampleRate);
}

/// <summary>The pictures of one segment: a keyframe and what follows it.</summary>
/// <param name="configuration">What they are decoded with.</param>
internal sealed class VideoFrames(AvcConfiguration configuration)
{
    /// <summary>1/30 s, for a picture that is alone.</summary>
    private const long UsualStep = 3000;

    /// <summary>What a frame costs besides its bytes.</summary>
    private const int Overhead = 64;

    /// <summary>0.1 s: more is no rounding, but time stamps that make no sense.</summary>
    private const long MostMoved = 9000;

    private readonly List<VideoFrame> _frames = [];

    public AvcConfiguration Configuration => configuration;

    public VideoFrame First => _frames[0];

    /// <summary>Bytes of memory.</summary>
    public long Size { get; private set; }

    /// <summary>Where the next segment's pictures begin; set when this one is closed.</summary>
    public long EndDecodeTime { get; private set; }

    /// <summary>When the next segment's first picture is shown.</summary>
    public long EndShown { get; private set; }

    /// <summary>Decoding times must rise: one that does not is moved, and its presentation stays.</summary>
    public void Add(VideoFrame frame)
    {
        if (_frames.Count > 0 && frame.DecodeTime <= _frames[^1].DecodeTime)
            frame = frame with { DecodeTime = _frames[^1].DecodeTime + 1 };
        _frames.Add(frame);
        Size += frame.Data.Length + Overhead;
    }

    /// <summary>
    /// The next keyframe is known. MP4 counts durations from decoding time to decoding time, HLS from presentation to
    /// presentation; with B-frames the two differ by the rounding to milliseconds. The frame after the one shown last is therefore
    /// moved by that much in decoding time, so that the segment's duration is exact and none drifts.
    /// </summary>
    /// <returns>The next segment's first frame.</returns>
    public VideoFrame CloseBefore(VideoFrame next)
    {
        if (next.DecodeTime <= _frames[^1].DecodeTime)
            next = next with { DecodeTime = _frames[^1].DecodeTime + 1 };
        var last = 0;
        for (var i = 1; i < _frames.Count; i++)
            last = _frames[i].Shown >= _frames[last].Shown ? i : last;
        var wanted = _frames[last].DecodeTime + next.Shown - _frames[last].Shown;
        var follower = last + 1 < _frames.Count ? _frames[last + 1] : next;
        if (wanted > _frames[last].DecodeTime && Math.Abs(wanted - follower.DecodeTime) <= MostMoved)
        {
            if (last == _frames.Count - 1)
                next = next with { DecodeTime = wanted };
            else if (wanted < (last + 2 < _frames.Count ? _frames[last + 2].DecodeTime : next.DecodeTime))
                _frames[last + 1] = _frames[last + 1] with { DecodeTime = wanted };
        }
        (EndDecodeTime, EndShown) = (next.DecodeTime, next.Shown);
        return next;
    }

    /// <summary>Nothing follows: the last frame is as long as the one before it.</summary>
    public void Close()
    {
        var step = _frames.Count > 1 ? _frames[^1].DecodeTime - _frames[^2].DecodeTime : UsualStep;
        var end = _frames.Max(static frame => frame.Shown) + step;
        CloseBefore(new VideoFrame(_frames[^1].DecodeTime + step, end, IsKeyframe: true, default));
    }

    public TrackFragment ToFragment()
    {
        var samples = new MediaSample[_frames.Count];
        for (var i = 0; i < samples.Length; i++)
        {
            var frame = _frames[i];
            var next = i + 1 < samples.Length ? _frames[i + 1].DecodeTime : EndDecodeTime;
            samples[i] = new MediaSample(
                (uint)(next - frame.DecodeTime),
                (int)(frame.Shown - frame.DecodeTime),
                frame.IsKeyframe,
                frame.Data
            );
        }
        return new TrackFragment(InitializationSection.VideoTrack, First.DecodeTime, samples);
    }
}
