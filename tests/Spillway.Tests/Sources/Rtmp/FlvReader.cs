using System.Buffers.Binary;
using Spillway.Sources.Rtmp;

namespace Spillway.Tests.Sources.Rtmp;

/// <summary>Reads FLV files as an RTMP server hands their messages on (Adobe FLV 10.1, annex E): H.264 and AAC.</summary>
internal static class FlvReader
{
    private const int Audio = 8;
    private const int Video = 9;

    public static List<RtmpMedia> Read(ReadOnlyMemory<byte> file)
    {
        var messages = new List<RtmpMedia>();
        for (var at = 13; at + 11 <= file.Length; )
        {
            var head = file.Span[at..];
            var size = Int24(head[1..]);
            long time = (uint)Int24(head[4..]) | (uint)head[7] << 24;
            if (Message(head[0] & 0x1F, time, file.Slice(at + 11, size)) is { } message)
                messages.Add(message);
            at += 11 + size + 4;
        }
        return messages;
    }

    /// <summary>The same, sent at another time.</summary>
    public static RtmpMedia Shift(RtmpMedia message, long milliseconds) => message with { Time = message.Time + milliseconds };

    private static RtmpMedia? Message(int type, long time, ReadOnlyMemory<byte> body) =>
        (type, body.Length > 1 ? body.Span[1] : 0) switch
        {
            (Audio, 0) => new RtmpAudioConfiguration(time, body[2..]),
            (Audio, 1) => new RtmpAudioFrame(time, body[2..]),
            (Video, 0) => new RtmpVideoConfiguration(time, body[5..]),
            (Video, 1) => new RtmpVideoFrame(time, Int24(body.Span[2..]) << 8 >> 8, body.Span[0] >> 4 == 1, body[5..]),
            _ => null,
        };

    private static int Int24(ReadOnlySpan<byte> bytes) => bytes[0] << 16 | BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]);
}
