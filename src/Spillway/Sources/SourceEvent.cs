using Spillway.Media;

namespace Spillway.Sources;

/// <summary>What a source tells the pipeline, in order within a rendition.</summary>
internal abstract record SourceEvent;

/// <summary>The renditions the source has now. Sent before any segment, and again when the set changes.</summary>
internal sealed record RenditionsFound(IReadOnlyList<SourceRendition> Renditions) : SourceEvent;

/// <summary>One whole segment of media.</summary>
internal sealed record SegmentArrived : SourceEvent
{
    public required string Rendition { get; init; }

    /// <summary>Rises by one each time the source starts again (numbers back, other names).</summary>
    public required int Run { get; init; }

    /// <summary>The source's own media sequence number: rises by one within a run, a jump means segments were missed.</summary>
    public required long Sequence { get; init; }

    /// <summary>The source marked a discontinuity before this segment.</summary>
    public required bool Discontinuity { get; init; }

    /// <summary>EXTINF as the source declared it: not to be believed.</summary>
    public required TimeSpan DeclaredDuration { get; init; }

    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The initialization section the segment needs (fMP4); null for MPEG-TS.</summary>
    public ReadOnlyMemory<byte>? InitializationSection { get; init; }

    public required MediaReport Media { get; init; }
}

/// <summary>A listed segment that could not be had while it was listed: it stands for this much missing media.</summary>
internal sealed record SegmentMissed(
    string Rendition,
    int Run,
    long Sequence,
    bool Discontinuity,
    TimeSpan DeclaredDuration,
    string Reason
) : SourceEvent;

/// <summary>The source cannot be reached, has ended (ENDLIST) or shows nothing new; <see cref="SourceBack"/> follows when it does again.</summary>
internal sealed record SourceAway(string Reason) : SourceEvent;

/// <summary>The source delivers (again).</summary>
internal sealed record SourceBack : SourceEvent;

/// <summary>A rendition as the source declares it.</summary>
/// <param name="Name">Safe for URLs, <c>[a-z0-9][a-z0-9-]{0,31}</c>, the same at every start of the source.</param>
/// <param name="TargetDuration">Seconds, as declared.</param>
/// <param name="Bandwidth">Bits per second as declared; null without a multivariant playlist.</param>
/// <param name="Codecs">As declared, or null.</param>
internal sealed record SourceRendition(string Name, int TargetDuration, long? Bandwidth, string? Codecs);

/// <summary>What the source calls its show; empty for nothing. Shown where the stream has no title of its own.</summary>
internal sealed record SourceTitle(string Text) : SourceEvent;

/// <summary>What the operator should know of a source that works, such as an encoder's keyframes far apart; null: nothing any more.</summary>
internal sealed record SourceAdvice(string? Text) : SourceEvent;
