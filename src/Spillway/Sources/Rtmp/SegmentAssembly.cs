using Spillway.Media.Cmaf;

namespace Spillway.Sources.Rtmp;

/// <summary>Makes segments of frames, and an initialization section whenever the tracks or their formats are others than before.</summary>
internal sealed class SegmentAssembly
{
    private AvcConfiguration? _video;
    private AacConfiguration? _audio;
    private byte[] _section = [];
    private bool _startsLine = true;
    private uint _number;

    /// <summary>The next segment does not follow on the last one.</summary>
    public void StartLine() => _startsLine = true;

    /// <param name="pictures">Closed; null: none.</param>
    /// <param name="sound">In order. Frames of another configuration than the first one's are left out.</param>
    /// <param name="next">The frame after them, if it is known: the last one ends where it begins.</param>
    public CutSegment Make(VideoFrames? pictures, IReadOnlyList<AudioFrame> sound, AudioFrame? next)
    {
        var audio = sound.Count > 0 ? sound[0].Configuration : null;
        if (pictures?.Configuration != _video || audio != _audio || _section.Length == 0)
        {
            (_video, _audio, _startsLine) = (pictures?.Configuration, audio, true);
            _section = InitializationSection.Write(_video, _audio);
        }
        var tracks = new List<TrackFragment>(2);
        if (pictures is not null)
            tracks.Add(pictures.ToFragment());
        if (audio is not null)
            tracks.Add(ToFragment(sound, audio, next));
        var segment = new CutSegment(
            MediaSegment.Write(++_number, tracks),
            _section,
            DurationOf(pictures, sound, next),
            _startsLine
        );
        _startsLine = false;
        return segment;
    }

    private static TrackFragment ToFragment(IReadOnlyList<AudioFrame> sound, AacConfiguration audio, AudioFrame? next)
    {
        var samples = new List<MediaSample>(sound.Count);
        for (var i = 0; i < sound.Count && sound[i].Configuration == audio; i++)
            samples.Add(new MediaSample(LengthOf(sound[i], i + 1 < sound.Count ? sound[i + 1] : next), 0, true, sound[i].Data));
        return new TrackFragment(InitializationSection.AudioTrack, sound[0].Position, samples);
    }

    /// <summary>To the next frame: one that follows at once, or the one after a hole.</summary>
    private static uint LengthOf(AudioFrame frame, AudioFrame? next) =>
        next is { } other && other.Configuration == frame.Configuration
            ? (uint)(other.Position - frame.Position)
            : (uint)frame.Configuration.FrameLength;

    private static TimeSpan DurationOf(VideoFrames? pictures, IReadOnlyList<AudioFrame> sound, AudioFrame? next)
    {
        var end =
            sound.Count == 0 ? 0
            : sound[^1].Configuration == next?.Configuration ? next.Value.Shown
            : sound[^1].End;
        var units = pictures is null ? end - sound[0].Shown : pictures.EndShown - pictures.First.Shown;
        return TimeSpan.FromTicks(units * TimeSpan.TicksPerSecond / InitializationSection.VideoTimescale);
    }
}
