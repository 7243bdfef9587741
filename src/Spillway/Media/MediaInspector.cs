namespace Spillway.Media;

/// <summary>Looks inside segments: pure, no I/O, no decoding, never throws for bad media.</summary>
internal static class MediaInspector
{
    public static MediaReport Inspect(ReadOnlyMemory<byte> segment, ReadOnlyMemory<byte>? initializationSection = null) =>
        throw new NotSupportedException();
}
