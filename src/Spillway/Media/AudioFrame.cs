namespace Spillway.Media;

internal enum AudioCoding
{
    /// <summary>Known to be audio, but not taken apart.</summary>
    Unread,
    Adts,
    Mpeg,

    /// <summary>AC-3 and E-AC-3: the frames tell which.</summary>
    Ac3,
}

/// <summary>One frame of coded audio, from its header.</summary>
/// <param name="Length">Bytes, header included; always positive.</param>
/// <param name="Samples">Per channel; 0 for frames that run beside others, such as E-AC-3's dependent substreams.</param>
/// <param name="SampleRate">Hertz; always positive.</param>
/// <param name="Channels">Null where the header does not say.</param>
/// <param name="Codec">RFC 6381.</param>
internal readonly record struct AudioFrame(int Length, int Samples, int SampleRate, int? Channels, string Codec)
{
    /// <summary>The bytes that <see cref="TryRead"/> needs to see.</summary>
    public const int LongestHeader = 8;

    public static bool TryRead(AudioCoding coding, ReadOnlySpan<byte> data, out AudioFrame frame)
    {
        frame = default;
        return data.Length >= LongestHeader
            && coding switch
            {
                AudioCoding.Adts => AdtsFrame.TryRead(data, out frame),
                AudioCoding.Mpeg => MpegAudioFrame.TryRead(data, out frame),
                AudioCoding.Ac3 => Ac3Frame.TryRead(data, out frame),
                _ => false,
            };
    }
}
