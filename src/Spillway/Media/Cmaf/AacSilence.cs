namespace Spillway.Media.Cmaf;

/// <summary>
/// Access units of AAC-LC in which nothing is heard, to fill holes with: a player stops where one of its tracks has a hole, and
/// skips what the other one has there.
/// </summary>
internal static class AacSilence
{
    private const int SingleChannel = 0;
    private const int ChannelPair = 1;
    private const int LowFrequency = 3;
    private const uint End = 7;

    /// <summary>
    /// individual_channel_stream (ISO/IEC 14496-3 section 4.4.2.1) of zeros: a long window with no scale factor band (max_sfb 0), so
    /// that neither sections, scale factors nor spectrum follow. global_gain 8, ics_info 11, three flags for tools.
    /// </summary>
    private const int EmptyStream = 22;

    /// <param name="channels">channelConfiguration of the AudioSpecificConfig; null is returned for those beyond 7.</param>
    public static byte[]? Frame(int channels)
    {
        // Table 1.19: which elements make up a frame, in which order.
        ReadOnlySpan<int> elements = channels switch
        {
            1 => [SingleChannel],
            2 => [ChannelPair],
            3 => [SingleChannel, ChannelPair],
            4 => [SingleChannel, ChannelPair, SingleChannel],
            5 => [SingleChannel, ChannelPair, ChannelPair],
            6 => [SingleChannel, ChannelPair, ChannelPair, LowFrequency],
            7 => [SingleChannel, ChannelPair, ChannelPair, ChannelPair, LowFrequency],
            _ => [],
        };
        if (elements.IsEmpty)
            return null;
        var bits = new List<bool>();
        Span<int> tags = stackalloc int[4];
        foreach (var element in elements)
        {
            Add((uint)element, 3);
            // Elements of a kind are told apart by their tags.
            Add((uint)tags[element]++, 4);
            // A pair without a common window is two streams.
            Add(0, element == ChannelPair ? 1 + 2 * EmptyStream : EmptyStream);
        }
        Add(End, 3);
        var frame = new byte[(bits.Count + 7) / 8];
        for (var i = 0; i < bits.Count; i++)
            if (bits[i])
                frame[i / 8] |= (byte)(0x80 >> i % 8);
        return frame;

        void Add(uint value, int count)
        {
            for (var i = count - 1; i >= 0; i--)
                bits.Add(i < 32 && (value >> i & 1) != 0);
        }
    }
}
