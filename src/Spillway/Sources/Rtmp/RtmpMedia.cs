namespace Spillway.Sources.Rtmp;

/// <summary>One audio or video message of a publisher, taken out of FLV; times in milliseconds with 64 bits, wraps undone.</summary>
/// <param name="Time">Decoding time stamp in milliseconds since the publisher's own zero.</param>
internal abstract record RtmpMedia(long Time)
{
    /// <summary>Bytes of its payload.</summary>
    public abstract int Size { get; }
}

/// <param name="Time">As in <see cref="RtmpMedia"/>.</param>
/// <param name="Configuration">AVCDecoderConfigurationRecord (ISO/IEC 14496-15 5.3.3.1).</param>
internal sealed record RtmpVideoConfiguration(long Time, ReadOnlyMemory<byte> Configuration) : RtmpMedia(Time)
{
    public override int Size => Configuration.Length;
}

/// <param name="Time">As in <see cref="RtmpMedia"/>.</param>
/// <param name="Configuration">AudioSpecificConfig (ISO/IEC 14496-3 1.6.2.1).</param>
internal sealed record RtmpAudioConfiguration(long Time, ReadOnlyMemory<byte> Configuration) : RtmpMedia(Time)
{
    public override int Size => Configuration.Length;
}

/// <param name="Time">As in <see cref="RtmpMedia"/>.</param>
/// <param name="CompositionOffset">Milliseconds from decoding to presentation; may be negative.</param>
/// <param name="IsKeyframe">The publisher's word for it.</param>
/// <param name="Data">NAL units, each after its length.</param>
internal sealed record RtmpVideoFrame(long Time, int CompositionOffset, bool IsKeyframe, ReadOnlyMemory<byte> Data)
    : RtmpMedia(Time)
{
    public override int Size => Data.Length;
}

/// <param name="Time">As in <see cref="RtmpMedia"/>.</param>
/// <param name="Data">One raw AAC access unit.</param>
internal sealed record RtmpAudioFrame(long Time, ReadOnlyMemory<byte> Data) : RtmpMedia(Time)
{
    public override int Size => Data.Length;
}
