namespace Spillway.Timeline;

/// <summary>A stored segment of the slate, in one rendition's format; listed again and again while the source is away.</summary>
/// <param name="Uri">Relative to the rendition's media playlist.</param>
/// <param name="Duration">EXTINF, whole microseconds.</param>
/// <param name="InitializationSection">URI of its initialization section, relative like <paramref name="Uri"/>; null for MPEG-TS.</param>
internal sealed record SlateSegment(string Uri, TimeSpan Duration, string? InitializationSection);
