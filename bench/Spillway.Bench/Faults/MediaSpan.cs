namespace Spillway.Bench.Faults;

/// <summary>A part of the source's media, by its presentation time stamps.</summary>
internal readonly record struct MediaSpan(TimeSpan From, TimeSpan To);
