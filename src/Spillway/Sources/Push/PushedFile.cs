namespace Spillway.Sources.Push;

internal enum PushedKind
{
    Playlist,
    InitializationSection,
    Segment,
}

/// <summary>What an encoder has pushed, to its end.</summary>
/// <param name="Path">Below the stream's address, without a slash at its start.</param>
/// <param name="Kind">By its name and, for fMP4, by what is inside.</param>
/// <param name="Bytes">All of it.</param>
/// <param name="At">When it was whole, on the inlet's monotonic clock.</param>
internal sealed record PushedFile(string Path, PushedKind Kind, ReadOnlyMemory<byte> Bytes, TimeSpan At);
