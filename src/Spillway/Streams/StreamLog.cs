namespace Spillway.Streams;

/// <summary>What the operator reads of a live stream.</summary>
internal static partial class StreamLog
{
    [LoggerMessage(
        1,
        LogLevel.Information,
        "{Stream}/{Rendition} {Number}: {Seconds:0.000} s, {Bytes} bytes stored in {UploadMilliseconds} ms, {Listed} listed: {Url}"
    )]
    public static partial void Stored(
        ILogger logger,
        string stream,
        string rendition,
        long number,
        double seconds,
        long bytes,
        long uploadMilliseconds,
        string url,
        int listed
    );

    [LoggerMessage(
        2,
        LogLevel.Information,
        "{Stream}: broadcast {Broadcast} begins with {Renditions}, target duration {TargetDuration} s, first number {Number}"
    )]
    public static partial void Started(
        ILogger logger,
        string stream,
        string broadcast,
        string renditions,
        int targetDuration,
        long number
    );

    [LoggerMessage(3, LogLevel.Information, "{Stream}: broadcast {Broadcast} is on air")]
    public static partial void OnAir(ILogger logger, string stream, string broadcast);

    [LoggerMessage(4, LogLevel.Information, "{Stream}: broadcast {Broadcast} has ended: {Reason}")]
    public static partial void Ended(ILogger logger, string stream, string broadcast, string reason);

    [LoggerMessage(
        5,
        LogLevel.Warning,
        "{Stream}: the source is away ({Reason}); the broadcast ends if it stays away for {Grace} s"
    )]
    public static partial void SourceAway(ILogger logger, string stream, string reason, double grace);

    [LoggerMessage(6, LogLevel.Information, "{Stream}: the source is back")]
    public static partial void SourceBack(ILogger logger, string stream);

    [LoggerMessage(7, LogLevel.Warning, "{Stream}/{Rendition}: the source's segment {Sequence} is listed as a gap: {Reason}")]
    public static partial void SegmentMissed(ILogger logger, string stream, string rendition, long sequence, string reason);

    [LoggerMessage(
        8,
        LogLevel.Warning,
        "{Stream}/{Rendition}: the source's segment {Sequence} came after its time was listed as a gap; it is left out"
    )]
    public static partial void TooLate(ILogger logger, string stream, string rendition, long sequence);

    [LoggerMessage(
        9,
        LogLevel.Warning,
        "{Stream}/{Rendition}: the source's segment {Sequence} could not be read fully: {Problem}"
    )]
    public static partial void Unreadable(ILogger logger, string stream, string rendition, long sequence, string problem);

    [LoggerMessage(
        10,
        LogLevel.Warning,
        "{Stream}: broadcast {Broadcast} cannot carry what {Rendition} brings now ({Seconds:0.000} s at a target duration of {TargetDuration} s, or another format); the next one begins"
    )]
    public static partial void CannotCarry(
        ILogger logger,
        string stream,
        string broadcast,
        string rendition,
        double seconds,
        int targetDuration
    );

    [LoggerMessage(11, LogLevel.Information, "{Stream}: nothing new from the source, a gap is listed")]
    public static partial void Filled(ILogger logger, string stream);

    [LoggerMessage(12, LogLevel.Warning, "{Stream}: the source's renditions are now {Renditions}; the next broadcast begins")]
    public static partial void RenditionsChanged(ILogger logger, string stream, string renditions);

    [LoggerMessage(13, LogLevel.Warning, "{Stream}: the store cannot be read, trying again: {Cause} {Remedy}")]
    public static partial void StoreAway(ILogger logger, string stream, string cause, string remedy);

    [LoggerMessage(15, LogLevel.Warning, "{Stream}: stopped with {InFlight} uploads unanswered after 5 s")]
    public static partial void StoppedEarly(ILogger logger, string stream, int inFlight);

    [LoggerMessage(
        16,
        LogLevel.Information,
        "{Stream}/{Rendition}: the source's segment {Sequence} was published before the restart"
    )]
    public static partial void SeenBefore(ILogger logger, string stream, string rendition, long sequence);

    [LoggerMessage(14, LogLevel.Error, "{Stream}: {Reason}")]
    public static partial void Superseded(ILogger logger, string stream, string reason);

    [LoggerMessage(18, LogLevel.Warning, "{Stream}: {Reason}")]
    public static partial void Overtaken(ILogger logger, string stream, string reason);

    [LoggerMessage(17, LogLevel.Warning, "{Stream}: {Advice}")]
    public static partial void Advice(ILogger logger, string stream, string advice);

    [LoggerMessage(
        18,
        LogLevel.Warning,
        "{Stream}: the bucket was gone and is a new one. What was stored before is lost; the broadcast goes on with what waited. Start Spillway again after the show to store the player page, too"
    )]
    public static partial void NewBucket(ILogger logger, string stream);

    [LoggerMessage(
        30,
        LogLevel.Warning,
        "{Stream}: {Rendition} of broadcast {Broadcast} has {Peak} bit/s, more than the BANDWIDTH of {Told} that players were told. It stays until the next broadcast: who joins later would be in another swarm"
    )]
    public static partial void BandwidthExceeded(
        ILogger logger,
        string stream,
        string broadcast,
        string rendition,
        long peak,
        long told
    );

    [LoggerMessage(
        31,
        LogLevel.Warning,
        "{Stream}: Bandwidth names the rendition '{Rendition}', which the source does not have; it has: {Renditions}"
    )]
    public static partial void NoSuchRendition(ILogger logger, string stream, string rendition, string renditions);

    [LoggerMessage(40, LogLevel.Information, "{Stream}: the slate is stored and fills the pauses of this broadcast")]
    public static partial void SlateReady(ILogger logger, string stream);

    [LoggerMessage(41, LogLevel.Warning, "{Stream}: {Problem}")]
    public static partial void NoSlate(ILogger logger, string stream, string problem);

    [LoggerMessage(43, LogLevel.Error, "{Stream}: making the slate failed; this is a defect of Spillway")]
    public static partial void SlateFailed(ILogger logger, string stream, Exception exception);

    [LoggerMessage(42, LogLevel.Information, "{Stream}: by hand, the slate {What}")]
    public static partial void SlateByHand(ILogger logger, string stream, string what);

    [LoggerMessage(
        50,
        LogLevel.Information,
        "{Stream}: goes on with broadcast {Broadcast} ({Renditions}), {Age:0.0} s after it was published last"
    )]
    public static partial void Resumed(ILogger logger, string stream, string broadcast, string renditions, double age);

    [LoggerMessage(
        51,
        LogLevel.Information,
        "{Stream}: broadcast {Broadcast} was left {Age:0} s ago, longer than Grace ({Grace:0} s): it is ended, and the next one begins when the source brings something"
    )]
    public static partial void LeftTooLong(ILogger logger, string stream, string broadcast, double age, double grace);

    [LoggerMessage(
        52,
        LogLevel.Warning,
        "{Stream}: broadcast {Broadcast} cannot be gone on with: {Problem}; it is ended, and the next one begins. Let nothing but Spillway write below its prefix"
    )]
    public static partial void CannotResume(ILogger logger, string stream, string broadcast, string problem);

    [LoggerMessage(
        53,
        LogLevel.Error,
        "{Stream}: going on with broadcast {Broadcast} failed, the next one begins; this is a defect of Spillway"
    )]
    public static partial void ResumeFailed(ILogger logger, string stream, string broadcast, Exception exception);

    [LoggerMessage(
        54,
        LogLevel.Warning,
        "{Stream}: {What} Numbers go on far above all that can have been used. Let nothing but Spillway write or delete below its prefix"
    )]
    public static partial void HistoryLost(ILogger logger, string stream, string what);

    [LoggerMessage(
        55,
        LogLevel.Warning,
        "{Stream}: {Key} is left as it is, without an end: {Problem} Delete it, if nobody else needs it"
    )]
    public static partial void CannotBeEnded(ILogger logger, string stream, string key, string problem);

    [LoggerMessage(60, LogLevel.Information, "{Stream}: the replay of {Broadcast} is no longer kept")]
    public static partial void ReplayExpired(ILogger logger, string stream, string broadcast);

    [LoggerMessage(61, LogLevel.Information, "{Stream}: the replay of {Broadcast} was deleted by hand")]
    public static partial void ReplayDeleted(ILogger logger, string stream, string broadcast);

    [LoggerMessage(62, LogLevel.Warning, "{Stream}: {Problem}")]
    public static partial void ReplayProblem(ILogger logger, string stream, string problem);

    [LoggerMessage(63, LogLevel.Information, "{Stream}: viewers play {Delay} s behind the live edge from now on: {Reason}")]
    public static partial void DelayChanged(ILogger logger, string stream, double delay, string reason);

    [LoggerMessage(
        64,
        LogLevel.Information,
        "{Stream}: broadcast {Broadcast} was ended by hand; what the source still brings is left out"
    )]
    public static partial void EndedByHand(ILogger logger, string stream, string broadcast);

    [LoggerMessage(65, LogLevel.Information, "{Stream}: what the source brings goes on air again: {Reason}")]
    public static partial void LetIn(ILogger logger, string stream, string reason);

    [LoggerMessage(66, LogLevel.Information, "{Stream}: by hand, P2P is switched {What}")]
    public static partial void PeersByHand(ILogger logger, string stream, string what);
}
