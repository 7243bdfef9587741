namespace Spillway.Media;

/// <summary>AC-3 and E-AC-3 sync frames: ETSI TS 102 366 sections 4.4.1 and E.1.3.1.</summary>
internal static class Ac3Frame
{
    private static ReadOnlySpan<int> Rates => [48000, 44100, 32000];
    private static ReadOnlySpan<short> Kilobits =>
        [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640];
    private static ReadOnlySpan<byte> FullChannels => [2, 1, 2, 3, 3, 4, 4, 5];

    public static bool TryRead(ReadOnlySpan<byte> header, out AudioFrame frame)
    {
        frame = default;
        if (header[0] != 0x0B || header[1] != 0x77)
            return false;
        var version = header[5] >> 3;
        return version <= 10 ? TryReadPlain(header, out frame) : version <= 16 && TryReadEnhanced(header, out frame);
    }

    /// <summary>Hertz, or null for the reserved code.</summary>
    public static int? RateOf(int code) => code < Rates.Length ? Rates[code] : null;

    public static int Channels(int mode, bool lowFrequency) => FullChannels[mode & 7] + (lowFrequency ? 1 : 0);

    private static bool TryReadPlain(ReadOnlySpan<byte> header, out AudioFrame frame)
    {
        frame = default;
        int rate = header[4] >> 6,
            size = header[4] & 0x3F;
        if (rate == 3 || size >= Kilobits.Length * 2)
            return false;
        var kilobits = Kilobits[size >> 1];
        var words = rate switch
        {
            0 => kilobits * 2,
            1 => kilobits * 320 / 147 + (size & 1),
            _ => kilobits * 3,
        };
        var bits = new BitReader(header[6..]);
        var mode = (int)bits.Bits(3);
        // Mix levels stand before the low frequency flag only in the modes that have them (4.4.2.4 to 4.4.2.7).
        bits.Skip(((mode & 1) != 0 && mode != 1 ? 2 : 0) + ((mode & 4) != 0 ? 2 : 0) + (mode == 2 ? 2 : 0));
        frame = new AudioFrame(words * 2, 1536, Rates[rate], Channels(mode, bits.Flag()), "ac-3");
        return true;
    }

    private static bool TryReadEnhanced(ReadOnlySpan<byte> header, out AudioFrame frame)
    {
        frame = default;
        var bits = new BitReader(header[2..]);
        var type = bits.Bits(2);
        var substream = bits.Bits(3);
        var length = ((int)bits.Bits(11) + 1) * 2;
        var code = (int)bits.Bits(2);
        var detail = (int)bits.Bits(2);
        if (type == 3 || length < AudioFrame.LongestHeader || (code == 3 && detail == 3))
            return false;
        var rate = code == 3 ? Rates[detail] / 2 : Rates[code];
        var blocks = code == 3 || detail == 3 ? 6 : detail + 1;
        var channels = Channels((int)bits.Bits(3), bits.Flag());
        // Only the first independent substream makes time pass; the others sound together with it.
        var leads = type != 1 && substream == 0;
        frame = new AudioFrame(length, leads ? blocks * 256 : 0, rate, leads ? channels : null, "ec-3");
        return true;
    }
}
