using System.Globalization;
using Spillway.Media.Cmaf;

namespace Spillway.Sources.Rtmp;

/// <summary>
/// Cuts what one publisher sends into segments, at the first keyframe after the wished time. Pure: no clock, no I/O; time is the
/// publisher's. Nothing it is given makes it throw, and what it holds is bounded.
/// </summary>
/// <param name="wished">How long segments should be.</param>
internal sealed class SegmentCutter(TimeSpan wished)
{
    /// <summary>Milliseconds for which pictures may come without a keyframe.</summary>
    private const long KeyframePatience = 20_000;

    /// <summary>Bytes held, of one publisher.</summary>
    private const long MostHeld = 48_000_000;

    /// <summary>Milliseconds by which sound and pictures may be apart.</summary>
    private const long MostApart = 10_000;

    /// <summary>Milliseconds of sound without any picture, after which the pictures are taken for gone.</summary>
    private const long VideoPatience = 5_000;

    /// <summary>4 s of pictures without their sound, after which silence takes its place.</summary>
    private const long AudioPatience = 4 * InitializationSection.VideoTimescale;

    /// <summary>
    /// 0.1 s: a keyframe interval of two seconds may come as 1.999 s, and must not make segments of four. Nor is sound lost that
    /// begins so little before the first picture.
    /// </summary>
    private const long Rounding = InitializationSection.VideoTimescale / 10;

    /// <summary>Bytes; ISO/IEC 14496-3 section 4.5.3 allows 768 for each of eight channels.</summary>
    private const int LongestAudioFrame = 8 * 1024;

    /// <summary>Frames missing where sound begins: fewer are the usual difference between the two tracks.</summary>
    private const int Hole = 4;

    private const int PerMillisecond = InitializationSection.VideoTimescale / 1000;

    private readonly long _wished = (long)(wished.TotalSeconds * InitializationSection.VideoTimescale);
    private readonly PublisherClock _clock = new();
    private readonly SegmentAssembly _assembly = new();
    private readonly Queue<VideoFrames> _closed = new();
    private readonly Queue<AudioFrame> _audio = new();

    private AvcConfiguration? _avc;
    private AacConfiguration? _aac;
    private AudioClock? _audioClock;
    private VideoFrames? _open;
    private bool _videoExpected;
    private bool _audioExpected;
    private bool _soundAlone;
    private bool _claimsKeyframes;
    private long? _keyframeAt;
    private long? _lastKeyframe;
    private long? _audioAtVideo;
    private long? _unconfiguredSince;
    private long _latestVideo;
    private long _audioLatest;
    private long _audioReached;

    /// <summary>Segments to be taken, in order.</summary>
    public Queue<CutSegment> Ready { get; } = new();

    /// <summary>Why nothing more is taken, in words for the encoder's operator; null while all is well.</summary>
    public string? Refusal { get; private set; }

    public KeyframeInterval Keyframes { get; } = new(wished);

    public void Add(RtmpMedia media)
    {
        if (Refusal is not null)
            return;
        switch (media)
        {
            case RtmpVideoConfiguration configuration:
                Configure(configuration);
                break;
            case RtmpAudioConfiguration configuration:
                Configure(configuration);
                break;
            case RtmpVideoFrame frame:
                Add(frame);
                break;
            case RtmpAudioFrame frame:
                Add(frame);
                break;
        }
    }

    /// <summary>The publisher has ended: what it left is made into a last segment.</summary>
    public void Flush()
    {
        CloseOpen();
        while (_closed.TryDequeue(out var head))
        {
            FillWithSilence(head.EndShown);
            Emit(head, TakeAudio(_closed.Count > 0 ? head.EndShown : long.MaxValue));
        }
        // Sound before the first keyframe of a publisher that sends pictures belongs to pictures nobody can see.
        if (_soundAlone || !_videoExpected)
            CutAudio(all: true);
        _audio.Clear();
    }

    private void Configure(RtmpVideoConfiguration sent)
    {
        if (_avc is not null && sent.Configuration.Span.SequenceEqual(_avc.Record.Span))
            return;
        (var configuration, Refusal) = AvcConfiguration.Read(sent.Configuration.Span);
        if (configuration is null)
            return;
        // Pictures go on in another format at the next keyframe.
        _avc = configuration;
        (_videoExpected, _audioAtVideo) = (true, null);
    }

    private void Configure(RtmpAudioConfiguration sent)
    {
        if (_aac is not null && sent.Configuration.Span.SequenceEqual(_aac.Record.Span))
            return;
        (var configuration, Refusal) = AacConfiguration.Read(sent.Configuration.Span);
        if (configuration is null)
            return;
        (_aac, _audioExpected) = (configuration, true);
        _audioClock = new AudioClock(configuration.SampleRate, configuration.FrameLength);
    }

    private void Add(RtmpVideoFrame frame)
    {
        if (!IsTaken(_clock.PassVideo(frame.Time)))
            return;
        _audioAtVideo = _clock.Audio;
        _keyframeAt ??= frame.Time;
        var decoded = (frame.Time + _clock.Offset) * PerMillisecond;
        var offset = Math.Clamp(frame.CompositionOffset, -PublisherClock.FarAhead, 2 * PublisherClock.FarAhead);
        var kind = _avc?.Look(frame.Data.Span) ?? AccessUnit.NoPicture;
        var made = new VideoFrame(decoded, decoded + offset * PerMillisecond, kind == AccessUnit.Keyframe, frame.Data);
        _latestVideo = decoded;
        if (made.IsKeyframe)
            AddKeyframe(made, frame.Time);
        else if (kind == AccessUnit.Dependent && _open?.Configuration == _avc)
            _open?.Add(made);
        EmitClosed();
        _claimsKeyframes |= frame.IsKeyframe && !made.IsKeyframe;
        var held = (_open?.Size ?? 0) + _closed.Sum(static closed => closed.Size);
        if (frame.Time - _keyframeAt > KeyframePatience || held > MostHeld)
            Refusal = NoKeyframe(frame.Time - _keyframeAt.Value, held);
    }

    private void AddKeyframe(VideoFrame key, long time)
    {
        var interval = key.Shown - _lastKeyframe ?? 0;
        if (interval > 0)
            Keyframes.Add(TimeSpan.FromSeconds((double)interval / InitializationSection.VideoTimescale));
        (_lastKeyframe, _keyframeAt) = (key.Shown, time);
        if (_open is { } open)
        {
            var early = _wished - (key.Shown - open.First.Shown);
            if (open.Configuration == _avc && (early > Rounding || early > interval / 2))
            {
                open.Add(key);
                return;
            }
            key = open.CloseBefore(key);
            _closed.Enqueue(open);
        }
        else
        {
            Precede(key);
        }
        _open = new VideoFrames(_avc!);
        _open.Add(key);
        (_videoExpected, _soundAlone) = (true, false);
    }

    /// <summary>Pictures begin: the sound before them was for itself, or belongs to pictures that cannot be shown.</summary>
    private void Precede(VideoFrame key)
    {
        if (_soundAlone)
        {
            while (_audio.TryPeek(out var first) && first.Shown < key.Shown)
                EmitAudio(first, key.Shown);
            return;
        }
        while (_audio.TryPeek(out var first) && first.Shown < key.DecodeTime - Rounding)
            _audio.Dequeue();
    }

    private void Add(RtmpAudioFrame frame)
    {
        if (_aac is null)
        {
            _unconfiguredSince ??= frame.Time;
            if (frame.Time - _unconfiguredSince > KeyframePatience)
                Refusal = "it sends AAC without its configuration, which nobody can decode: restart the encoder";
            return;
        }
        if (frame.Data.Length is 0 or > LongestAudioFrame)
            return;
        if (!IsTaken(_clock.PassAudio(frame.Time)))
            return;
        _audioExpected = true;
        var end = _audioClock!.Next;
        if (_audioClock.Place(frame.Time + _clock.Offset) is not { } position)
            return;
        var made = new AudioFrame(position, _aac, frame.Data);
        if (end is not null && _aac.Silence is not null)
            for (var missing = (position - end.Value) / _aac.FrameLength; missing > 0; missing--)
                _audio.Enqueue(made.Silence(missing));
        _audio.Enqueue(made);
        (_audioLatest, _audioReached) = (made.Shown, made.End);
        _audioAtVideo ??= frame.Time;
        if (_videoExpected && frame.Time - _audioAtVideo > VideoPatience)
            LoseVideo();
        if (!_videoExpected)
            CutAudio();
        EmitClosed();
        if (_open is not null)
            RefuseIfApart(Math.Abs(_clock.AudioLead));
    }

    /// <summary>What a frame's time stamp asks for is done; false when the frame is to be left out.</summary>
    private bool IsTaken(Passage passage)
    {
        if (passage == Passage.Jumps)
            StartLine();
        else if (passage == Passage.Strays)
            RefuseIfApart(_clock.Strayed);
        return passage != Passage.Strays;
    }

    private void CloseOpen()
    {
        if (_open is not { } open)
            return;
        open.Close();
        _closed.Enqueue(open);
        _open = null;
    }

    private void StartLine()
    {
        Flush();
        _assembly.StartLine();
        (_keyframeAt, _lastKeyframe, _audioAtVideo) = (null, null, null);
        (_audioReached, _claimsKeyframes) = (0, false);
        if (_aac is not null)
            _audioClock = new AudioClock(_aac.SampleRate, _aac.FrameLength);
    }

    /// <summary>The sound goes on without pictures.</summary>
    private void LoseVideo()
    {
        CloseOpen();
        EmitClosed(force: true);
        (_videoExpected, _soundAlone, _lastKeyframe, _keyframeAt) = (false, true, null, null);
    }

    private void EmitClosed(bool force = false)
    {
        while (_closed.TryPeek(out var head))
        {
            var hasSound = _aac is null || !_audioExpected || _audioReached >= head.EndShown;
            var isLate = _latestVideo - head.EndDecodeTime > AudioPatience;
            if (!hasSound && !isLate && !force)
                return;
            _closed.Dequeue();
            if (!hasSound)
                _audioExpected = false;
            FillWithSilence(head.EndShown);
            Emit(head, TakeAudio(head.EndShown));
        }
    }

    private List<AudioFrame> TakeAudio(long before)
    {
        var taken = new List<AudioFrame>();
        while (_audio.TryPeek(out var first) && first.Shown < before)
            taken.Add(_audio.Dequeue());
        return taken;
    }

    /// <summary>Sound alone is cut by its duration.</summary>
    private void CutAudio(bool all = false)
    {
        while (_audio.TryPeek(out var first))
        {
            if (!all && _audioLatest - first.Shown < _wished && first.Configuration == _aac)
                return;
            EmitAudio(first, long.MaxValue);
        }
    }

    /// <summary>One segment of what waits, as long as wished; at least one frame.</summary>
    private void EmitAudio(AudioFrame first, long before)
    {
        var taken = new List<AudioFrame>();
        while (
            _audio.TryPeek(out var next)
            && next.Shown < before
            && next.Shown - first.Shown < _wished
            && next.Configuration == first.Configuration
        )
            taken.Add(_audio.Dequeue());
        _soundAlone = true;
        Emit(null, taken);
    }

    private void Emit(VideoFrames? pictures, List<AudioFrame> sound)
    {
        // Only where a line begins: later holes are filled when they are seen.
        if (pictures is not null && sound is [{ Configuration.Silence: not null } first, ..])
        {
            var missing = (first.Shown - pictures.First.Shown) / (first.End - first.Shown);
            if (missing >= Hole)
                sound.InsertRange(0, Enumerable.Range(0, (int)missing).Select(i => first.Silence(missing - i)));
        }
        Ready.Enqueue(_assembly.Make(pictures, sound, _audio.TryPeek(out var next) ? next : null));
    }

    /// <summary>Sound that is not there, or will not be waited for.</summary>
    private void FillWithSilence(long until)
    {
        if (_aac?.Silence is not { } silence)
            return;
        while (_audioClock!.Next is { } next && new AudioFrame(next, _aac, silence) is var frame && frame.Shown < until)
        {
            _audio.Enqueue(frame);
            _audioClock.Skip();
        }
    }

    private void RefuseIfApart(long milliseconds)
    {
        if (milliseconds > MostApart)
            Refusal = "the time stamps of its sound and its pictures are more than 10 s apart: restart the encoder";
    }

    private string NoKeyframe(long milliseconds, long held) =>
        _avc is null ? "it sends H.264 without its configuration, which nobody can decode: restart the encoder"
        : _claimsKeyframes && _open is null
            ? "its keyframes are not IDR pictures, so that no player can start: switch off open GOPs and intra refresh in the encoder"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"no keyframe came in {milliseconds / 1000.0:0.#} s ({held / 1e6:0} MB): set the keyframe interval to {wished.TotalSeconds:0.#} s (OBS: Settings, Output, Keyframe Interval)"
        );
}
