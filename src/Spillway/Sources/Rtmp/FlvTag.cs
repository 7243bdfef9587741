namespace Spillway.Sources.Rtmp;

/// <summary>
/// Takes the body of an audio or video message apart (FLV 10.1, E.4.2 and E.4.3; Enhanced RTMP 2 for FourCC): H.264 and AAC, in
/// either way of writing.
/// </summary>
internal static class FlvTag
{
    private const int InfoFrame = 5;
    private const int Keyframe = 1;

    /// <summary>A seekable frame made by the server that the encoder reads from.</summary>
    private const int GeneratedKeyframe = 4;

    private static readonly FlvReading s_nothing = new(null, null);

    public static FlvReading ReadVideo(long time, ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
            return s_nothing;
        var first = body.Span[0];
        if (first >= 0x80)
            return ReadEnhancedVideo(time, body);
        if (first >> 4 == InfoFrame)
            return s_nothing;
        if ((first & 15) != FlvCodecs.Avc)
            return Refuse(FlvCodecs.RefuseVideo(first & 15));
        if (body.Length < 5)
            return s_nothing;
        return body.Span[1] switch
        {
            0 => Configuration(time, body[5..]),
            1 => Frame(time, first, Composition(body[2..]), body[5..]),
            // 2: the end of the sequence. What a publisher says by it comes in plainer words, too.
            _ => s_nothing,
        };
    }

    public static FlvReading ReadAudio(long time, ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
            return s_nothing;
        var format = body.Span[0] >> 4;
        if (format == FlvCodecs.EnhancedAudio)
            return ReadEnhancedAudio(time, body);
        if (format != FlvCodecs.Aac)
            return Refuse(FlvCodecs.RefuseAudio(format));
        return body.Length < 2 ? s_nothing : Audio(time, body.Span[1], body[2..]);
    }

    private static FlvReading ReadEnhancedVideo(long time, ReadOnlyMemory<byte> body)
    {
        var first = body.Span[0];
        var type = first & 15;
        if ((first >> 4 & 7) == InfoFrame)
            return s_nothing;
        if (type >= 6)
            return Refuse(FlvCodecs.RefuseTracks);
        if (body.Length < 5)
            return s_nothing;
        if (!body.Span.Slice(1, 4).SequenceEqual("avc1"u8))
            return Refuse(FlvCodecs.RefuseFourCC("video", body.Span.Slice(1, 4)));
        return type switch
        {
            0 => Configuration(time, body[5..]),
            1 when body.Length >= 8 => Frame(time, (byte)(first & 0x7f), Composition(body[5..]), body[8..]),
            3 => Frame(time, (byte)(first & 0x7f), 0, body[5..]),
            _ => s_nothing,
        };
    }

    private static FlvReading ReadEnhancedAudio(long time, ReadOnlyMemory<byte> body)
    {
        var type = body.Span[0] & 15;
        if (type >= 5)
            return Refuse(FlvCodecs.RefuseTracks);
        if (body.Length < 5)
            return s_nothing;
        return body.Span.Slice(1, 4).SequenceEqual("mp4a"u8)
            ? Audio(time, type, body[5..])
            : Refuse(FlvCodecs.RefuseFourCC("audio", body.Span.Slice(1, 4)));
    }

    private static FlvReading Configuration(long time, ReadOnlyMemory<byte> data) =>
        data.IsEmpty ? s_nothing : new FlvReading(new RtmpVideoConfiguration(time, data), null);

    private static FlvReading Frame(long time, byte first, int composition, ReadOnlyMemory<byte> data) =>
        data.IsEmpty
            ? s_nothing
            : new FlvReading(new RtmpVideoFrame(time, composition, first >> 4 is Keyframe or GeneratedKeyframe, data), null);

    private static FlvReading Audio(long time, int type, ReadOnlyMemory<byte> data) =>
        (type, data.IsEmpty) switch
        {
            (0, false) => new FlvReading(new RtmpAudioConfiguration(time, data), null),
            (1, false) => new FlvReading(new RtmpAudioFrame(time, data), null),
            _ => s_nothing,
        };

    /// <summary>Milliseconds: a signed number of 24 bits.</summary>
    private static int Composition(ReadOnlyMemory<byte> bytes) =>
        (bytes.Span[0] << 24 | bytes.Span[1] << 16 | bytes.Span[2] << 8) >> 8;

    private static FlvReading Refuse(string words) => new(null, words);
}

/// <param name="Media">What the tag brings; null: nothing that is needed.</param>
/// <param name="Refusal">Why the publisher cannot go on so, and what to set; null: it can.</param>
internal readonly record struct FlvReading(RtmpMedia? Media, string? Refusal);
