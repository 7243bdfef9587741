using System.Text;

namespace Spillway.Sources.Rtmp;

/// <summary>The codecs of FLV by their numbers (FLV 10.1, E.4.2.1 and E.4.3.1) and FourCCs, in words for who set the encoder.</summary>
internal static class FlvCodecs
{
    public const int Avc = 7;
    public const int Aac = 10;

    /// <summary>A FourCC follows.</summary>
    public const int EnhancedAudio = 9;

    public const string RefuseTracks =
        "The encoder sends several tracks in one (multitrack) or a newer form of Enhanced RTMP. Switch multitrack off: Spillway "
        + "takes one H.264 video and one AAC audio.";

    public static string RefuseVideo(int codec) =>
        Refuse(
            "video",
            codec switch
            {
                2 => "H.263 (FLV1)",
                3 => "Screen video",
                4 or 5 => "VP6",
                6 => "Screen video 2",
                12 => "HEVC (H.265)",
                13 => "AV1",
                _ => $"in a codec that FLV numbers {codec}",
            }
        );

    public static string RefuseAudio(int format) =>
        Refuse(
            "audio",
            format switch
            {
                0 or 3 => "uncompressed (PCM)",
                1 => "ADPCM",
                2 or 14 => "MP3",
                4 or 5 or 6 => "Nellymoser",
                7 or 8 => "G.711",
                11 => "Speex",
                13 => "Opus",
                _ => $"in a codec that FLV numbers {format}",
            }
        );

    public static string RefuseFourCC(string kind, ReadOnlySpan<byte> code) =>
        Refuse(
            kind,
            Encoding.Latin1.GetString(code) switch
            {
                "hvc1" or "hev1" => "HEVC (H.265)",
                "vvc1" => "VVC (H.266)",
                "av01" => "AV1",
                "vp08" => "VP8",
                "vp09" => "VP9",
                "Opus" => "Opus",
                "fLaC" => "FLAC",
                ".mp3" => "MP3",
                "ac-3" => "Dolby Digital (AC-3)",
                "ec-3" => "Dolby Digital Plus (E-AC-3)",
                var other when other.All(char.IsAsciiLetterOrDigit) => $"in the codec {other}",
                _ => "in a codec that is not known",
            }
        );

    private static string Refuse(string kind, string codec) =>
        $"The {kind} is {codec}; Spillway takes H.264 video and AAC audio. "
        + (kind == "video" ? "Choose an H.264 encoder (x264, NVENC H.264)." : "Set the audio encoder to AAC.");
}
