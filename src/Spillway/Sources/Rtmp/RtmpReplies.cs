using System.Buffers;

namespace Spillway.Sources.Rtmp;

/// <summary>What the server says: RTMP 1.0 section 7.2, with the codes that encoders know.</summary>
internal sealed class RtmpReplies(IBufferWriter<byte> output)
{
    /// <summary>Bytes after which either side acknowledges; encoders do not wait for it.</summary>
    public const int Window = 2_500_000;

    private const int ChunkSize = 4096;
    private const int CommandChunks = 3;
    private const int StatusChunks = 5;
    private const byte DynamicLimit = 2;
    private const ushort StreamBegin = 0;
    private const ushort PingResponse = 7;

    public RtmpChunkWriter Chunks { get; } = new(output);

    public void Connected(double transaction)
    {
        Chunks.WriteNumber(RtmpMessageType.WindowSize, Window);
        Chunks.WriteNumber(RtmpMessageType.PeerBandwidth, Window, DynamicLimit);
        Chunks.SetChunkSize(ChunkSize);
        Send(
            CommandChunks,
            0,
            new AmfWriter()
                .Text("_result")
                .Number(transaction)
                // Encoders look for a version that begins so.
                .Object(("fmsVer", "FMS/3,0,1,123"), ("capabilities", 31d))
                .Object(
                    ("level", "status"),
                    ("code", "NetConnection.Connect.Success"),
                    ("description", "Connection succeeded."),
                    ("objectEncoding", 0d)
                )
        );
    }

    /// <summary>A command is done, and there is nothing more to say of it.</summary>
    public void Done(double transaction)
    {
        if (transaction > 0)
            Send(CommandChunks, 0, new AmfWriter().Text("_result").Number(transaction).Null().Null());
    }

    public void StreamCreated(double transaction, uint stream) =>
        Send(CommandChunks, 0, new AmfWriter().Text("_result").Number(transaction).Null().Number(stream));

    public void PublishStarted(uint stream)
    {
        Chunks.WriteUserControl(StreamBegin, stream);
        Status(stream, "status", "NetStream.Publish.Start", "Publishing.");
    }

    public void Unpublished(uint stream) => Status(stream, "status", "NetStream.Unpublish.Success", "The stream has ended.");

    public void Error(uint stream, string code, string description) => Status(stream, "error", code, description);

    public void Acknowledge(long bytes) => Chunks.WriteNumber(RtmpMessageType.Acknowledgement, unchecked((uint)bytes));

    public void WindowSize() => Chunks.WriteNumber(RtmpMessageType.WindowSize, Window);

    public void Pong(uint time) => Chunks.WriteUserControl(PingResponse, time);

    private void Status(uint stream, string level, string code, string description) =>
        Send(
            StatusChunks,
            stream,
            new AmfWriter()
                .Text("onStatus")
                .Number(0)
                .Null()
                .Object(("level", level), ("code", code), ("description", description))
        );

    private void Send(int chunkStream, uint messageStream, AmfWriter values) =>
        Chunks.Write(chunkStream, RtmpMessageType.Command, messageStream, values.Written);
}
