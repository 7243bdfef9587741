namespace Spillway.Timeline;

/// <summary>A segment of the source as the timeline sees it: times only.</summary>
internal sealed record MediaPiece
{
    public required string Rendition { get; init; }

    /// <summary>The source's run: another one means that it started again.</summary>
    public required int Run { get; init; }

    /// <summary>The source marked a discontinuity before it.</summary>
    public bool Discontinuity { get; init; }

    /// <summary>Measured in the media; the source's word only where the media could not be read.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>First presentation time stamp; null if unreadable.</summary>
    public TimeSpan? Timestamp { get; init; }

    /// <summary>Where time stamps wrap; null if they do not.</summary>
    public TimeSpan? Modulus { get; init; }

    /// <summary>File name of its initialization section; null for none.</summary>
    public string? InitializationSection { get; init; }
}
