using System.Buffers.Binary;
using Spillway.Sources.Rtmp;

namespace Spillway.Tests.Sources.Rtmp;

/// <summary>A client's way of cutting messages into chunks: any header that the specification allows, drawn at random.</summary>
/// <param name="random">Null: always the whole header.</param>
internal sealed class ChunkSender(Random? random = null)
{
    private readonly Dictionary<int, Sent> _sent = [];

    /// <summary>To be changed together with a message that says so.</summary>
    public int ChunkSize { get; set; } = 128;

    /// <summary>Formats that messages began with so far.</summary>
    public HashSet<int> Used { get; } = [];

    /// <summary>All of a message, uninterrupted.</summary>
    public byte[] Whole(int chunkStream, RtmpMessage message)
    {
        var bytes = new List<byte>();
        for (var at = 0; at < message.Body.Length || at == 0; at += ChunkSize)
            Add(bytes, chunkStream, message, at);
        return [.. bytes];
    }

    /// <summary>The chunk of a message that begins at an offset.</summary>
    /// <returns>Where the next begins.</returns>
    public int Add(List<byte> bytes, int chunkStream, RtmpMessage message, int at)
    {
        if (at == 0)
            Begin(bytes, chunkStream, message);
        else
        {
            AddBasic(bytes, 3, chunkStream);
            AddExtended(bytes, _sent[chunkStream].Field);
        }
        var length = Math.Min(ChunkSize, message.Body.Length - at);
        bytes.AddRange(message.Body.Span.Slice(at, length));
        return at + length;
    }

    private void Begin(List<byte> bytes, int chunkStream, RtmpMessage message)
    {
        var format = 0;
        var step = message.Time;
        if (random is not null && _sent.TryGetValue(chunkStream, out var last) && last.Message.Stream == message.Stream)
        {
            step = unchecked(message.Time - last.Message.Time);
            var alike = last.Message.Type == message.Type && last.Message.Body.Length == message.Body.Length;
            var most = alike ? (last.Field == step ? 3 : 2) : 1;
            format = random.Next(most + 1);
        }
        var field = format == 0 ? message.Time : step;
        Used.Add(format);
        AddBasic(bytes, format, chunkStream);
        if (format < 3)
            AddUInt24(bytes, (int)Math.Min(field, 0xffffff));
        if (format < 2)
        {
            AddUInt24(bytes, message.Body.Length);
            bytes.Add((byte)message.Type);
        }
        if (format == 0)
        {
            var stream = new byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(stream, message.Stream);
            bytes.AddRange(stream);
        }
        AddExtended(bytes, field);
        _sent[chunkStream] = new Sent(message, field);
    }

    private static void AddBasic(List<byte> bytes, int format, int chunkStream)
    {
        if (chunkStream < 64)
            bytes.Add((byte)(format << 6 | chunkStream));
        else if (chunkStream < 320)
            bytes.AddRange((byte)(format << 6), (byte)(chunkStream - 64));
        else
            bytes.AddRange((byte)(format << 6 | 1), (byte)(chunkStream - 64), (byte)(chunkStream - 64 >> 8));
    }

    private static void AddUInt24(List<byte> bytes, int value) =>
        bytes.AddRange((byte)(value >> 16), (byte)(value >> 8), (byte)value);

    private static void AddExtended(List<byte> bytes, uint field)
    {
        if (field < 0xffffff)
            return;
        var extended = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(extended, field);
        bytes.AddRange(extended);
    }

    private sealed record Sent(RtmpMessage Message, uint Field);
}
