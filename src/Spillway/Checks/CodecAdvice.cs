namespace Spillway.Checks;

/// <summary>Which codecs every browser with Media Source Extensions plays: H.264 in 8 bits and 4:2:0, AAC, MP3.</summary>
internal static class CodecAdvice
{
    /// <param name="codec">RFC 6381; null: not known.</param>
    /// <returns>What it is, where not every browser plays it; null: all do.</returns>
    public static string? OfVideo(string? codec) =>
        codec switch
        {
            null => "of a codec that could not be told",
            _ when codec.StartsWith("avc1.", StringComparison.Ordinal) || codec.StartsWith("avc3.", StringComparison.Ordinal) =>
            // The profile of ITU-T H.264 annex A.
            codec.Length < 7
                ? null
                : codec[5..7].ToUpperInvariant() switch
                {
                    "6E" => $"H.264 with 10 bits ({codec})",
                    "7A" => $"H.264 in 4:2:2 ({codec})",
                    "F4" or "2C" => $"H.264 in 4:4:4 ({codec})",
                    _ => null,
                },
            _ => codec.Split('.')[0] switch
            {
                "hvc1" or "hev1" => $"HEVC ({codec})",
                "dvh1" or "dvhe" => $"Dolby Vision ({codec})",
                "av01" => $"AV1 ({codec})",
                "vp09" => $"VP9 ({codec})",
                _ => codec,
            },
        };

    /// <inheritdoc cref="OfVideo"/>
    public static string? OfAudio(string? codec) =>
        codec switch
        {
            null => "of a codec that could not be told",
            _ when codec.StartsWith("mp4a.", StringComparison.Ordinal) || codec == "mp3" => null,
            "ac-3" => "AC-3",
            "ec-3" => "Enhanced AC-3",
            _ => codec,
        };
}
