namespace Spillway.Media;

/// <summary>MPEG-1, -2 and -2.5 audio, layers I to III: ISO/IEC 11172-3 section 2.4.2.3.</summary>
internal static class MpegAudioFrame
{
    /// <summary>The name that Apple's authoring specification and the players use for MP3, also inside MP4.</summary>
    public const string Mp3 = "mp4a.40.34";

    private static ReadOnlySpan<int> Rates => [44100, 48000, 32000];

    private static ReadOnlySpan<short> Layer1 => [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448];
    private static ReadOnlySpan<short> Layer2 => [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384];
    private static ReadOnlySpan<short> Layer3 => [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    private static ReadOnlySpan<short> LowLayer1 => [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256];
    private static ReadOnlySpan<short> LowLayer2And3 => [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

    public static bool TryRead(ReadOnlySpan<byte> header, out AudioFrame frame)
    {
        frame = default;
        var version = header[1] >> 3 & 3;
        var layer = 4 - (header[1] >> 1 & 3);
        var bitrate = header[2] >> 4;
        var rate = header[2] >> 2 & 3;
        // A bit rate of 0 is "free": its frames have no length of their own. Nobody streams that.
        if (header[0] != 0xFF || (header[1] & 0xE0) != 0xE0 || version == 1 || layer == 4 || bitrate is 0 or 15 || rate == 3)
            return false;
        var low = version != 3;
        var table = (low, layer) switch
        {
            (false, 1) => Layer1,
            (false, 2) => Layer2,
            (false, _) => Layer3,
            (true, 1) => LowLayer1,
            (true, _) => LowLayer2And3,
        };
        var hertz =
            Rates[rate]
            >> (
                version == 3 ? 0
                : version == 2 ? 1
                : 2
            );
        var samples = layer switch
        {
            1 => 384,
            3 when low => 576,
            _ => 1152,
        };
        var padding = header[2] >> 1 & 1;
        var bits = table[bitrate] * 1000;
        var length = layer == 1 ? (12 * bits / hertz + padding) * 4 : samples / 8 * bits / hertz + padding;
        frame = new AudioFrame(length, samples, hertz, header[3] >> 6 == 3 ? 1 : 2, CodecOf(layer));
        return true;
    }

    private static string CodecOf(int layer) =>
        layer switch
        {
            1 => "mp4a.40.32",
            2 => "mp4a.40.33",
            _ => Mp3,
        };
}
