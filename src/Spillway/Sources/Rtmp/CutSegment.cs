namespace Spillway.Sources.Rtmp;

/// <summary>A segment that a publisher's frames were made into.</summary>
/// <param name="Data">CMAF: one fragment with all tracks.</param>
/// <param name="InitializationSection">The same object as the last one's as long as nothing changes.</param>
/// <param name="Duration">From its first presentation time to the next segment's.</param>
/// <param name="StartsLine">It does not follow on the one before: first of all, after a jump of time stamps, or with other tracks or formats.</param>
internal sealed record CutSegment(byte[] Data, byte[] InitializationSection, TimeSpan Duration, bool StartsLine);
