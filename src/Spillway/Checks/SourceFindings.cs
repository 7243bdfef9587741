namespace Spillway.Checks;

internal static class SourceFindings
{
    public static readonly FindingKind Live = FindingKind.Ok(
        "source.live",
        "The source is followed for some seconds, as by the server: renditions, segments, keyframes, codecs."
    );

    public static readonly FindingKind Unusable = FindingKind.Error(
        "source.unusable",
        "There is nothing to follow at this address.",
        "Check Source, and that what makes the stream runs."
    );

    public static readonly FindingKind Offline = FindingKind.Note(
        "source.offline",
        "Owncast is there, and nobody streams to it: what it plays is its own clip, which is not shown.",
        "Start streaming, and check again to see segments and codecs."
    );

    public static readonly FindingKind NotLive = FindingKind.Warning(
        "source.not-live",
        "Nothing new came: a recording, a stream that has ended, or an encoder that stands still. It will not stay on air.",
        "Check that what makes the stream runs, and that Source names the live playlist."
    );

    public static readonly FindingKind Unreadable = FindingKind.Warning(
        "source.unreadable",
        "Segments that the source lists cannot be had: viewers see gaps.",
        "Look at the source: its files may be deleted too early, be protected, or not be what they are said to be."
    );

    public static readonly FindingKind NoKeyframe = FindingKind.Warning(
        "source.no-keyframe",
        "Players cannot begin or change quality at such a segment: black pictures, long starts.",
        "Let the encoder begin each segment with a keyframe: a keyframe interval that divides the segment's length, 2 s "
            + "(OBS: Settings, Output, Keyframe Interval)."
    );

    public static readonly FindingKind LongSegments = FindingKind.Warning(
        "source.long-segments",
        "Viewers are at least three segments behind, and wait for a whole one to begin.",
        "Segments can be no shorter than the encoder's keyframe interval: set it to 2 s, and the source's segments to 2 to 4 s."
    );

    public static readonly FindingKind VideoCodec = FindingKind.Warning(
        "source.video-codec",
        "Not every browser plays it: some viewers see nothing.",
        "Let the encoder make H.264 (8 bits, 4:2:0), or let Ladder make renditions."
    );

    public static readonly FindingKind AudioCodec = FindingKind.Warning(
        "source.audio-codec",
        "Not every browser plays it: some viewers hear nothing, or see nothing either.",
        "Let the encoder make AAC."
    );

    public static readonly FindingKind Key = FindingKind.Ok("source.key", "An encoder may publish, and by which key.");

    public static readonly FindingKind NoKey = FindingKind.Note(
        "source.no-key",
        "The key by which the encoder publishes is made at the first start, and shown once.",
        "Start Spillway to see it, or set the stream's Key."
    );

    public static readonly FindingKind Away = FindingKind.Note(
        "source.away",
        "Spillway runs, and nothing comes in.",
        "Start the encoder; the address it publishes to is shown when Spillway starts."
    );

    public static readonly FindingKind Advice = FindingKind.Warning(
        "source.advice",
        "The running Spillway has measured what comes in.",
        "Change the encoder's settings as it says."
    );

    public static readonly FindingKind Fallback = FindingKind.Ok("source.fallback", "The playlist of the way back can be read.");

    public static readonly FindingKind NoFallback = FindingKind.Warning(
        "source.no-fallback",
        "The way back (?direct) leads nowhere, and that is noticed when it is needed.",
        "Correct Fallback: the address of the source's own playlist as viewers reach it."
    );

    public static IReadOnlyList<FindingKind> All { get; } =
    [
        Live,
        Unusable,
        Offline,
        NotLive,
        Unreadable,
        NoKeyframe,
        LongSegments,
        VideoCodec,
        AudioCodec,
        Key,
        NoKey,
        Away,
        Advice,
        Fallback,
        NoFallback,
    ];
}
