using Spillway.Media;

namespace Spillway.Slate;

/// <summary>What a slate's segments must be like to be played between those of one rendition, without new decoders.</summary>
/// <param name="Rendition">Its name.</param>
/// <param name="Container">As the show's.</param>
/// <param name="Picture">Null for a show of sound alone.</param>
/// <param name="Sound">Null for a show without sound.</param>
/// <param name="BitRate">Bits per second at most: below what the multivariant playlist says of the rendition.</param>
internal sealed record SlateFormat(
    string Rendition,
    MediaContainer Container,
    SlatePictureFormat? Picture,
    SlateSoundFormat? Sound,
    long BitRate
)
{
    /// <summary>Below it no picture is worth looking at, however low the show's own bit rate seems in its first seconds.</summary>
    private const long LowestBitRate = 16 * 1024;

    /// <summary>Reads the format off a rendition's first segment.</summary>
    /// <param name="rendition">Its name.</param>
    /// <param name="media">The segment.</param>
    /// <param name="averageBandwidth">AVERAGE-BANDWIDTH as published, bits per second.</param>
    /// <returns>The format, or why no slate can be made to match it, as the end of a sentence about the show.</returns>
    public static (SlateFormat? Format, string? Problem) Of(string rendition, MediaReport media, long averageBandwidth)
    {
        if (media.Container == MediaContainer.Unknown)
            return (null, "its container is not known");
        SlatePictureFormat? picture = null;
        SlateSoundFormat? sound = null;
        string? problem = null;
        if (media.Tracks.FirstOrDefault(static track => track.Kind == TrackKind.Video) is { } video)
            (picture, problem) = SlatePictureFormat.Of(video);
        if (problem is null && media.Tracks.FirstOrDefault(static track => track.Kind == TrackKind.Audio) is { } audio)
            (sound, problem) = SlateSoundFormat.Of(audio);
        if (problem is null && picture is null && sound is null)
            problem = "it has neither a picture nor sound";
        return problem is null
            ? (new SlateFormat(rendition, media.Container, picture, sound, Step(averageBandwidth * 3 / 4)), null)
            : (null, problem);
    }

    /// <summary>
    /// Down to a power of two: what a broadcast measures of its bandwidth changes a little from one to the next, and the slate that
    /// was made for the last one is to fit the next one as well.
    /// </summary>
    private static long Step(long bitsPerSecond) =>
        Math.Max(LowestBitRate, bitsPerSecond <= 0 ? 0 : 1L << (int)Math.Log2(bitsPerSecond));
}

/// <param name="Codec">As in CODECS, <c>avc1.PPCCLL</c>.</param>
/// <param name="Width">Pixels, even.</param>
/// <param name="Height">Pixels, even.</param>
/// <param name="Rate">Of frames.</param>
/// <param name="Profile">H.264 profile as x264 calls it; never above the show's.</param>
/// <param name="Level">H.264 level such as <c>3.1</c>; the show's own.</param>
internal sealed record SlatePictureFormat(string Codec, int Width, int Height, FrameRate Rate, string Profile, string Level)
{
    public static (SlatePictureFormat? Format, string? Problem) Of(TrackReport video)
    {
        if (video.Codec is not { Length: 11 } codec || !codec.StartsWith("avc1.", StringComparison.Ordinal))
            return (
                null,
                $"its picture is {video.Codec ?? "of a kind that is not known"}; a slate is made for H.264 (avc1) only"
            );
        if (video is not { Width: { } width, Height: { } height } || width % 2 != 0 || height % 2 != 0)
            return (null, $"the size of its picture ({video.Width}x{video.Height}) is not one that H.264 can be encoded in here");
        if (
            !TryReadHex(codec, 5, out var profile)
            || !TryReadHex(codec, 7, out var constraints)
            || !TryReadHex(codec, 9, out var level)
        )
            return (null, $"its codec {codec} says no profile and level");
        if (level is < 9 or > 62)
            return (null, $"its codec {codec} says no level that H.264 knows");
        // ITU-T H.264 A.3.4: level 1b of the profiles without a level_idc of its own for it.
        var is1B = level == 9 || (level == 11 && profile is 66 or 77 or 88 && (constraints & 0x10) != 0);
        return (
            new SlatePictureFormat(
                codec,
                width,
                height,
                FrameRate.Near(video.FrameRate ?? 25),
                // What decodes a higher one decodes High.
                profile switch
                {
                    66 or 88 => "baseline",
                    77 => "main",
                    _ => "high",
                },
                is1B ? "1b" : $"{level / 10}.{level % 10}"
            ),
            null
        );
    }

    private static bool TryReadHex(string codec, int start, out int value) =>
        int.TryParse(
            codec.AsSpan(start, 2),
            System.Globalization.NumberStyles.AllowHexSpecifier,
            System.Globalization.CultureInfo.InvariantCulture,
            out value
        );
}

/// <param name="Codec">As in CODECS.</param>
/// <param name="Encoder">ffmpeg's name for the encoder.</param>
/// <param name="SampleRate">Hertz.</param>
/// <param name="Channels">How many.</param>
internal sealed record SlateSoundFormat(string Codec, string Encoder, int SampleRate, int Channels)
{
    public static (SlateSoundFormat? Format, string? Problem) Of(TrackReport audio)
    {
        var encoder = audio.Codec switch
        {
            "mp4a.40.2" => "aac",
            MpegAudioFrame.Mp3 => "libmp3lame",
            "ac-3" => "ac3",
            "ec-3" => "eac3",
            _ => null,
        };
        return encoder is null
            ? (
                null,
                $"its sound is {audio.Codec ?? "of a kind that is not known"}; a slate is made for AAC-LC, MP3 and AC-3 only"
            )
            : (new SlateSoundFormat(audio.Codec!, encoder, audio.SampleRate ?? 48_000, audio.Channels ?? 2), null);
    }
}
