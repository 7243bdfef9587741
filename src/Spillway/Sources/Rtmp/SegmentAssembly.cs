using Spillway.Media.Cmaf;

namespace Spillway.Sources.Rtmp;

/// <summary>Makes segments of frames, and an initialization section whenever the tracks or their formats are others than before.</summary>
internal sealed class SegmentAssembly
{
    private AvcConfiguration? _video;
    private byte[] _section = [];
    private bool _startsLine = true;
    private uint _number;

    /// <summary>What the last segment's sound is decoded with; null when it had no track of sound.</summary>
    public AacConfiguration? Audio { get; private set; }

    /// <summary>The next segment does not follow on the last one.</summary>
    public void StartLine() => _startsLine = true;

    /// <param name="pictures">Closed; null: none.</param>
    /// <param name="sound">In order. Frames of another configuration than the first one's are left out.</param>
    /// <param name="silent">Where there is no sound in this segment, the track goes on with a hole.</param>
    public CutSegment Make(VideoFrames? pictures, IReadOnlyList<AudioFrame> sound, bool silent)
    {
        var audio = sound.Count > 0 ? sound[0].Configuration : null;
        if (audio is null && silent)
            audio = Audio;
        if (pictures?.Configuration != _video || audio != Audio || _section.Length == 0)
        {
            (_video, Audio, _startsLine) = (pictures?.Configuration, audio, true);
            _section = InitializationSection.Write(_video, Audio);
        }
        var tracks = new List<TrackFragment>(2);
        if (pictures is not null)
            tracks.Add(pictures.ToFragment());
        if (audio is not null)
            tracks.Add(ToFragment(sound, audio, pictures));
        var segment = new CutSegment(MediaSegment.Write(++_number, tracks), _section, DurationOf(pictures, sound), _startsLine);
        _startsLine = false;
        return segment;
    }

    private static TrackFragment ToFragment(IReadOnlyList<AudioFrame> sound, AacConfiguration audio, VideoFrames? pictures)
    {
        if (sound.Count == 0)
        {
            var start = (Int128)pictures!.First.Shown * audio.SampleRate / InitializationSection.VideoTimescale;
            return new TrackFragment(InitializationSection.AudioTrack, (long)Int128.Max(start, 0), []);
        }
        var samples = new List<MediaSample>(sound.Count);
        for (var i = 0; i < sound.Count && sound[i].Configuration == audio; i++)
        {
            var next = i + 1 < sound.Count && sound[i + 1].Configuration == audio ? sound[i + 1].Position : (long?)null;
            var duration = next - sound[i].Position ?? audio.FrameLength;
            samples.Add(new MediaSample((uint)duration, 0, true, sound[i].Data));
        }
        return new TrackFragment(InitializationSection.AudioTrack, sound[0].Position, samples);
    }

    private static TimeSpan DurationOf(VideoFrames? pictures, IReadOnlyList<AudioFrame> sound)
    {
        var units = pictures is null ? sound[^1].End - sound[0].Shown : pictures.EndShown - pictures.First.Shown;
        return TimeSpan.FromTicks(units * TimeSpan.TicksPerSecond / InitializationSection.VideoTimescale);
    }
}
