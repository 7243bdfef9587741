using System.Buffers;
using System.Buffers.Binary;

namespace Spillway.Sources.Rtmp;

/// <summary>
/// Cuts the server's messages into chunks (RTMP 1.0 section 5.3). All of them have time 0, so there is no need of the shorter
/// headers and of extended time stamps.
/// </summary>
internal sealed class RtmpChunkWriter(IBufferWriter<byte> output)
{
    private const int HeaderLength = 12;

    private int _chunkSize = RtmpChunkReader.DefaultChunkSize;

    /// <param name="chunkStream">From 2 to 63.</param>
    public void Write(int chunkStream, RtmpMessageType type, uint messageStream, ReadOnlySpan<byte> body)
    {
        var header = output.GetSpan(HeaderLength)[..HeaderLength];
        header.Clear();
        header[0] = (byte)chunkStream;
        header[4] = (byte)(body.Length >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(header[5..], (ushort)body.Length);
        header[7] = (byte)type;
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], messageStream);
        output.Advance(HeaderLength);
        while (true)
        {
            var part = body[..Math.Min(body.Length, _chunkSize)];
            output.Write(part);
            body = body[part.Length..];
            if (body.IsEmpty)
                return;
            output.Write([(byte)(0xc0 | chunkStream)]);
        }
    }

    /// <summary>Tells the client how long chunks are from now on.</summary>
    public void SetChunkSize(int size)
    {
        WriteNumber(RtmpMessageType.SetChunkSize, (uint)size);
        _chunkSize = size;
    }

    /// <summary>A protocol control message that is one number, and perhaps a byte.</summary>
    public void WriteNumber(RtmpMessageType type, uint number, params ReadOnlySpan<byte> more)
    {
        Span<byte> body = stackalloc byte[4 + more.Length];
        BinaryPrimitives.WriteUInt32BigEndian(body, number);
        more.CopyTo(body[4..]);
        Write(2, type, 0, body);
    }

    /// <summary>User control messages: section 7.1.7.</summary>
    public void WriteUserControl(ushort kind, uint value)
    {
        Span<byte> body = stackalloc byte[6];
        BinaryPrimitives.WriteUInt16BigEndian(body, kind);
        BinaryPrimitives.WriteUInt32BigEndian(body[2..], value);
        Write(2, RtmpMessageType.UserControl, 0, body);
    }

    /// <summary>What is not in chunks: the handshake.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes) => output.Write(bytes);
}
