namespace Spillway.Media;

/// <summary>Looks inside segments: pure, no I/O, no decoding, never throws for bad media.</summary>
internal static class MediaInspector
{
    /// <param name="segment">All bytes of one segment.</param>
    /// <param name="initializationSection">What its EXT-X-MAP names, if any.</param>
    /// <returns>
    /// What was found. Bytes that are no media at all give <see cref="MediaContainer.Unknown"/>, not whole, with the reason in
    /// <see cref="MediaReport.Problem"/>. Time and memory are bounded by the number of bytes.
    /// </returns>
    public static MediaReport Inspect(ReadOnlyMemory<byte> segment, ReadOnlyMemory<byte>? initializationSection = null)
    {
        var bytes = segment.Span;
        var initialization = initializationSection is { } section ? section.Span : default;
        if (TransportStreamReader.Recognizes(bytes))
            return TransportStreamReader.Read(bytes, initialization);
        if (FragmentedMp4Reader.Recognizes(bytes))
            return FragmentedMp4Reader.Read(bytes, initialization);
        var findings = new Findings();
        findings.Damage(ForeignFormat.Describe(bytes));
        return MediaReport.Of(MediaContainer.Unknown, [], findings);
    }
}
