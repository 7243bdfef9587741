using System.Buffers.Binary;
using Spillway.Sources.Rtmp;

namespace Spillway.Tests.Sources.Rtmp;

/// <summary>What an encoder sends, piece by piece.</summary>
internal static class Client
{
    public const string Key = "a-key-that-opens-live";

    /// <summary>C0, C1 and C2.</summary>
    public static byte[] Hello { get; } = [3, .. new byte[2 * 1536]];

    public static readonly byte[] VideoConfiguration = [0x17, 0, 0, 0, 0, 1, 0x42, 0xc0, 0x1e, 0xff];
    public static readonly byte[] AudioConfiguration = [0xaf, 0, 0x11, 0x90];

    public static byte[] Connect(string app = RtmpAddress.App, string flashVer = "FMLE/3.0 (compatible; Test)") =>
        Command("connect", 1, values => values.Object(("app", app), ("flashVer", flashVer), ("tcUrl", "rtmp://h/live")));

    public static byte[] CreateStream() => Command("createStream", 4, static values => values.Null());

    public static byte[] Publish(string name = Key) =>
        Command("publish", 5, values => values.Null().Text(name).Text("live"), stream: 1);

    public static byte[] Command(string name, double transaction, Action<AmfWriter>? more = null, uint stream = 0)
    {
        var values = new AmfWriter().Text(name).Number(transaction);
        more?.Invoke(values);
        return Message(RtmpMessageType.Command, values.Written.ToArray(), stream: stream, chunkStream: 3);
    }

    public static byte[] Metadata(string encoder) =>
        Message(
            RtmpMessageType.Data,
            new AmfWriter()
                .Text("@setDataFrame")
                .Text("onMetaData")
                .Object(("width", 320d), ("encoder", encoder))
                .Written.ToArray()
        );

    public static byte[] Video(byte[] body, uint time = 0) => Message(RtmpMessageType.Video, body, time);

    public static byte[] Audio(byte[] body, uint time = 0) => Message(RtmpMessageType.Audio, body, time);

    /// <summary>A frame of H.264 whose data are its length.</summary>
    public static byte[] Frame(int length = 100, bool isKeyframe = false, int composition = 0) =>
        [
            (byte)(isKeyframe ? 0x17 : 0x27),
            1,
            (byte)(composition >> 16),
            (byte)(composition >> 8),
            (byte)composition,
            .. new byte[length],
        ];

    public static byte[] Number(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    public static byte[] Message(RtmpMessageType type, byte[] body, uint time = 0, uint stream = 1, int chunkStream = 4) =>
        new ChunkSender().Whole(chunkStream, new RtmpMessage(type, time, stream, body));
}
