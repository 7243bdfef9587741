namespace Spillway.Media;

/// <summary>Names what came instead of a segment, so that the operator knows where to look.</summary>
internal static class ForeignFormat
{
    public static string Describe(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return "the file is empty: it is still being written, or its disk is full";
        if (!bytes.ContainsAnyExcept((byte)0))
            return "the file holds only zeros: it is still being written, or was lost in a crash";
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
            return "it is compressed by gzip: the source sent a Content-Encoding";
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3]))
            return "it is Matroska or WebM, which HLS does not carry";
        if (bytes.StartsWith("FLV"u8))
            return "it is FLV, which HLS does not carry";
        if (DescribeText(bytes) is { } text)
            return text;
        if (DescribeAudio(bytes) is { } audio)
            return $"it is {audio} without a container (packed audio), which is not supported: use MPEG-TS or fragmented MP4";
        return "it is neither MPEG-TS nor fragmented MP4: encrypted (AES-128), damaged or something else";
    }

    private static string? DescribeText(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("\uFEFF"u8))
            bytes = bytes[3..];
        bytes = bytes.TrimStart(" \t\r\n"u8);
        if (bytes.StartsWith("<"u8))
            return "it is an HTML or XML page, not media: the address is wrong, or the source answers errors with status 200";
        if (bytes.StartsWith("#EXTM3U"u8))
            return "it is a playlist, not a segment";
        if (bytes.StartsWith("WEBVTT"u8))
            return "it is WebVTT subtitles, which are not supported";
        if (bytes.StartsWith("{"u8) || bytes.StartsWith("["u8))
            return "it looks like JSON, not media";
        return bytes.Length > 0 && !bytes[..Math.Min(bytes.Length, 256)].ContainsAnyExceptInRange((byte)0x09, (byte)0x7E)
            ? "it is text, not media"
            : null;
    }

    /// <summary>RFC 8216 section 3.4: raw frames after an ID3 tag with the time stamp.</summary>
    private static string? DescribeAudio(ReadOnlySpan<byte> bytes)
    {
        while (bytes.StartsWith("ID3"u8) && bytes.Length >= 10)
        {
            var length = 10 + ((bytes[6] & 0x7F) << 21 | (bytes[7] & 0x7F) << 14 | (bytes[8] & 0x7F) << 7 | bytes[9] & 0x7F);
            if (length >= bytes.Length)
                return "audio";
            bytes = bytes[length..];
        }
        foreach (var coding in (ReadOnlySpan<AudioCoding>)[AudioCoding.Adts, AudioCoding.Mpeg, AudioCoding.Ac3])
            if (
                AudioFrame.TryRead(coding, bytes, out var frame)
                && frame.Length < bytes.Length
                && AudioFrame.TryRead(coding, bytes[frame.Length..], out _)
            )
                return coding switch
                {
                    AudioCoding.Adts => "AAC",
                    AudioCoding.Mpeg => "MPEG audio (MP3)",
                    _ => "AC-3",
                };
        return null;
    }
}
