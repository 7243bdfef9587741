using System.Buffers.Binary;

namespace Spillway.Sources.Rtmp;

/// <summary>
/// Puts the messages of a client together from their chunks (RTMP 1.0 section 5.3), however the bytes are cut. It does what
/// messages say to this layer, chunk sizes and aborts, itself.
/// </summary>
internal sealed class RtmpChunkReader
{
    public const int DefaultChunkSize = 128;

    /// <summary>Encoders use five or so.</summary>
    public const int MaxChunkStreams = 32;

    /// <summary>Bytes of a message that is neither audio nor video, and of any message while media are not taken.</summary>
    public const int MaxCommandLength = 64 * 1024;

    /// <summary>Bytes of an audio or video message: a keyframe of 2 s at 30 Mbit/s would still fit.</summary>
    public const int MaxMediaLength = 8 * 1024 * 1024;

    /// <summary>Bytes of all messages that have begun and not ended, by their declared lengths.</summary>
    public const int MaxBuffered = 2 * MaxMediaLength;

    private const int MaxBufferedCommands = 4 * MaxCommandLength;
    private const int LongestHeader = 3 + 11 + 4;
    private const uint ExtendedMark = 0xffffff;

    private readonly Dictionary<int, ChunkStream> _streams = [];
    private readonly byte[] _header = new byte[LongestHeader];
    private int _headerLength;
    private long _chunkSize = DefaultChunkSize;

    /// <summary>The stream whose chunk is being read, and how much of that chunk is still to come; null between chunks.</summary>
    private ChunkStream? _current;
    private int _left;

    /// <summary>False until the client has shown a key: who has not gets little memory.</summary>
    public bool TakesMedia { get; set; }

    /// <summary>What is wrong; null while nothing is. Nothing is read after it.</summary>
    public string? Problem { get; private set; }

    /// <summary>Bytes held for messages that are not whole yet.</summary>
    public int Buffered { get; private set; }

    /// <summary>Reads up to the end of the next message.</summary>
    /// <returns>The message; null: all bytes are used and it needs more, or there is a <see cref="Problem"/>.</returns>
    public RtmpMessage? Read(ReadOnlySpan<byte> bytes, out int used)
    {
        used = 0;
        while (Problem is null && used < bytes.Length)
        {
            if (_current is null && !ReadHeader(bytes, ref used))
                continue;
            var stream = _current!;
            var part = bytes.Slice(used, Math.Min(_left, bytes.Length - used));
            part.CopyTo(stream.Body.AsSpan(stream.Filled));
            stream.Filled += part.Length;
            used += part.Length;
            _left -= part.Length;
            if (_left > 0)
                break;
            _current = null;
            if (stream.Filled < stream.Length)
                continue;
            var message = new RtmpMessage(stream.Type, stream.Time, stream.MessageStream, stream.Body);
            Drop(stream);
            if (!Obey(message))
                return message;
        }
        if (Problem is not null)
            used = bytes.Length;
        return null;
    }

    /// <summary>True: a chunk's header is whole, and its stream is the current one.</summary>
    private bool ReadHeader(ReadOnlySpan<byte> bytes, ref int used)
    {
        while (HeaderLength() is var needed && needed > _headerLength)
        {
            var part = bytes.Slice(used, Math.Min(needed - _headerLength, bytes.Length - used));
            part.CopyTo(_header.AsSpan(_headerLength));
            used += part.Length;
            _headerLength += part.Length;
            if (_headerLength < needed)
                return false;
        }
        Begin();
        _headerLength = 0;
        return Problem is null;
    }

    /// <summary>How long the header is, as far as the bytes read of it tell.</summary>
    private int HeaderLength()
    {
        if (_headerLength == 0)
            return 1;
        var basic = BasicLength;
        if (_headerLength < basic)
            return basic;
        var format = _header[0] >> 6;
        var length = basic + (format == 3 ? 0 : 11 - 4 * format);
        if (_headerLength < length)
            return length;
        // Section 5.3.1.3: a type 3 chunk has the extended time stamp again when the header it stands for had one.
        var extended = format == 3 ? _streams.TryGetValue(Id, out var stream) && stream.Extended : Field == ExtendedMark;
        return extended ? length + 4 : length;
    }

    private int BasicLength =>
        (_header[0] & 63) switch
        {
            0 => 2,
            1 => 3,
            _ => 1,
        };

    private int Id =>
        (_header[0] & 63) switch
        {
            0 => 64 + _header[1],
            1 => 64 + _header[1] + 256 * _header[2],
            var id => id,
        };

    private uint Field => UInt24(_header.AsSpan(BasicLength));

    /// <summary>A chunk begins, and with it perhaps a message.</summary>
    private void Begin()
    {
        var format = _header[0] >> 6;
        if (!_streams.TryGetValue(Id, out var stream))
        {
            // Type 1 is known of encoders that begin with a ping; the others say nothing without a chunk before them.
            if (format > 1)
                Problem = "A chunk refers to one before it, and there is none.";
            else if (_streams.Count == MaxChunkStreams)
                Problem = $"It uses more than {MaxChunkStreams} chunk streams at once.";
            if (Problem is not null)
                return;
            _streams.Add(Id, stream = new ChunkStream());
        }
        if (stream.Body is null)
            BeginMessage(stream, format);
        else if (format != 3)
            Problem = "A message begins before the one on the same chunk stream has ended.";
        if (Problem is not null)
            return;
        _current = stream;
        _left = (int)Math.Min(_chunkSize, stream.Length - stream.Filled);
    }

    private void BeginMessage(ChunkStream stream, int format)
    {
        var header = _header.AsSpan(BasicLength);
        if (format < 3)
        {
            stream.Extended = Field == ExtendedMark;
            stream.Delta = stream.Extended ? BinaryPrimitives.ReadUInt32BigEndian(header[(11 - 4 * format)..]) : Field;
            if (format < 2)
            {
                stream.Length = (int)UInt24(header[3..]);
                stream.Type = (RtmpMessageType)header[6];
            }
        }
        else if (stream.Extended)
        {
            stream.Delta = BinaryPrimitives.ReadUInt32BigEndian(header);
        }
        if (format == 0)
        {
            stream.MessageStream = BinaryPrimitives.ReadUInt32LittleEndian(header[7..]);
            stream.Time = stream.Delta;
        }
        else
        {
            // Also of type 3 after type 0, where section 5.3.1.2.4 takes the absolute time for the difference, as ffmpeg does.
            stream.Time = unchecked(stream.Time + stream.Delta);
        }
        Reserve(stream);
    }

    /// <summary>Before any memory is taken for it.</summary>
    private void Reserve(ChunkStream stream)
    {
        var isMedia = stream.Type is RtmpMessageType.Audio or RtmpMessageType.Video or RtmpMessageType.Aggregate;
        var longest = TakesMedia && isMedia ? MaxMediaLength : MaxCommandLength;
        if (stream.Length > longest)
            Problem = $"A message of type {(int)stream.Type} says it is {stream.Length} bytes long; {longest} are taken at most.";
        else if (Buffered + stream.Length > (TakesMedia ? MaxBuffered : MaxBufferedCommands))
            Problem = "It has begun too many long messages at once.";
        else
            (stream.Body, Buffered) = (GC.AllocateUninitializedArray<byte>(stream.Length), Buffered + stream.Length);
    }

    private void Drop(ChunkStream stream)
    {
        Buffered -= stream.Body!.Length;
        (stream.Body, stream.Filled) = (null, 0);
    }

    /// <summary>Whether the message was for this layer.</summary>
    private bool Obey(RtmpMessage message)
    {
        if (message.Type is not (RtmpMessageType.SetChunkSize or RtmpMessageType.Abort))
            return false;
        var value = message.Body.Length >= 4 ? BinaryPrimitives.ReadUInt32BigEndian(message.Body.Span) : 0;
        if (message.Type == RtmpMessageType.Abort)
        {
            if (value <= int.MaxValue && _streams.TryGetValue((int)value, out var aborted) && aborted.Body is not null)
                Drop(aborted);
        }
        else if (value is 0 or > int.MaxValue)
            Problem = "It sets the chunk size to a number that is none.";
        else
            _chunkSize = value;
        return true;
    }

    private static uint UInt24(ReadOnlySpan<byte> bytes) => (uint)(bytes[0] << 16 | bytes[1] << 8 | bytes[2]);

    private sealed class ChunkStream
    {
        /// <summary>Milliseconds modulo 2^32, as <see cref="Delta"/>.</summary>
        public uint Time;
        public uint Delta;
        public bool Extended;
        public int Length;
        public RtmpMessageType Type;
        public uint MessageStream;

        /// <summary>The message that is being read; null between messages.</summary>
        public byte[]? Body;
        public int Filled;
    }
}
