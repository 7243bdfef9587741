namespace Spillway.Sources.Rtmp;

/// <summary>What a message's time stamp is to the ones before it.</summary>
internal enum Passage
{
    /// <summary>Time goes on.</summary>
    GoesOn,

    /// <summary>Time was set anew: what comes has nothing to do with what was. The clock has started again with this message.</summary>
    Jumps,

    /// <summary>Far from the other track's time: left over from before a jump, or wrong for good.</summary>
    Strays,
}

/// <summary>
/// Watches a publisher's time stamps, in milliseconds. Pictures may not go back by more than 0.1 s, nor sound by more than 1 s;
/// ahead, more than 5 s is a jump unless the other track went that way without one: then it is a pause of this track.
/// </summary>
internal sealed class PublisherClock
{
    public const long FarAhead = 5_000;
    private const long VideoBack = 100;
    private const long AudioBack = 1_000;

    /// <summary>Until 1.4 centuries: so that no arithmetic overflows.</summary>
    private const long Sane = 1L << 42;

    /// <summary>Where time begins when it begins near zero: composition offsets and the other track may lie before it.</summary>
    private const long Head = 10_000;

    private long? _strayingSince;

    /// <summary>The latest of each track in this line.</summary>
    public long? Video { get; private set; }

    /// <inheritdoc cref="Video"/>
    public long? Audio { get; private set; }

    /// <summary>Added to the publisher's times, so that none is negative.</summary>
    public long Offset { get; private set; }

    /// <summary>For how long one track has strayed, by its own time.</summary>
    public long Strayed { get; private set; }

    /// <summary>How far sound is ahead of the picture; negative: behind.</summary>
    public long AudioLead => Audio is { } audio && Video is { } video ? audio - video : 0;

    public Passage PassVideo(long time)
    {
        var passage = Judge(time, Video, Audio, VideoBack);
        if (passage != Passage.Strays)
            Video = Math.Max(time, Video ?? time);
        return passage;
    }

    public Passage PassAudio(long time)
    {
        var passage = Judge(time, Audio, Video, AudioBack);
        if (passage != Passage.Strays)
            Audio = Math.Max(time, Audio ?? time);
        return passage;
    }

    private Passage Judge(long time, long? own, long? other, long back)
    {
        if (time is < -Sane or > Sane)
            return Stray(0);
        if (own is null && other is null)
        {
            Begin(time);
            return Passage.GoesOn;
        }
        var near = other is { } there && Math.Abs(time - there) <= FarAhead;
        if (own is not { } last)
        {
            if (!near)
                return Stray(time);
            (_strayingSince, Strayed) = (null, 0);
            return Passage.GoesOn;
        }
        if (time >= last - back && (time <= last + FarAhead || near))
            return Passage.GoesOn;
        Begin(time);
        return Passage.Jumps;
    }

    private void Begin(long time)
    {
        (Video, Audio) = (null, null);
        (_strayingSince, Strayed) = (null, 0);
        Offset = time < Head ? Head - time : 0;
    }

    private Passage Stray(long time)
    {
        _strayingSince ??= time;
        Strayed = Math.Abs(time - _strayingSince.Value);
        return Passage.Strays;
    }
}
