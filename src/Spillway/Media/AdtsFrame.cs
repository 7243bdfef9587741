namespace Spillway.Media;

/// <summary>AAC with an ADTS header: ISO/IEC 13818-7 section 6.2, 14496-3 annex 1.A.2.2.</summary>
internal static class AdtsFrame
{
    private static ReadOnlySpan<int> Rates =>
        [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];

    public static bool TryRead(ReadOnlySpan<byte> header, out AudioFrame frame)
    {
        frame = default;
        if (header[0] != 0xFF || (header[1] & 0xF6) != 0xF0)
            return false;
        var rate = header[2] >> 2 & 0x0F;
        var length = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5;
        if (rate >= Rates.Length || length < ((header[1] & 1) != 0 ? 7 : 9))
            return false;
        var samples = 1024 * ((header[6] & 3) + 1);
        frame = new AudioFrame(
            length,
            samples,
            Rates[rate],
            Channels((header[2] & 1) << 2 | header[3] >> 6),
            CodecOf((header[2] >> 6) + 1)
        );
        return true;
    }

    /// <summary>Hertz, or null for an index without meaning.</summary>
    public static int? RateOf(int index) => index < Rates.Length ? Rates[index] : null;

    /// <summary>ISO/IEC 14496-3 table 1.19; null where a program config element tells.</summary>
    public static int? Channels(int configuration) =>
        configuration switch
        {
            >= 1 and <= 6 => configuration,
            7 or 12 or 14 => 8,
            11 => 7,
            _ => null,
        };

    public static string CodecOf(int objectType) =>
        objectType switch
        {
            2 => "mp4a.40.2",
            5 => "mp4a.40.5",
            29 => "mp4a.40.29",
            34 => MpegAudioFrame.Mp3,
            _ => $"mp4a.40.{objectType}",
        };
}
